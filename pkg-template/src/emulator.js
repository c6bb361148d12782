// A local Okta org in the page or process: `createOrg(...).fetch` answers where the network would.
// What it answers is decided in Rust; this file converts a fetch call to it and its answer back.

import { initSync, EmulatedOrg } from 'okta-groups-emulator-core';
import { explained } from './explain.js';
import { bytesOf } from './inline.js';
import { served } from './serve.js';
import wasm from './emulator-inline.js';

const DEFAULT_ORG_URL = 'https://example.okta.com';
let urls = 0;

/** An origin for each org: clients of one share its rate limits, whose tests are not to hold up each other. */
function nextUrl() {
  urls++;
  return urls > 1 ? `https://example-${urls}.okta.com` : DEFAULT_ORG_URL;
}

let compiled = false;

function compileOnce() {
  if (!compiled) {
    try {
      initSync({ module: bytesOf(wasm) });
    } catch (error) {
      throw explained(error);
    }
    compiled = true;
  }
}

export function createOrg(options = {}) {
  return made(options).org;
}

/** The org, and how a host has it answer: a raw answer, whose headers are pairs and whose names may be there twice. */
function made(options) {
  compileOnce();
  // Looked up late: fake timers may take the clock over after the org was made.
  const { now = () => Date.now(), orgUrl = nextUrl(), rateLimit, ...rest } = options;
  // Whoever wrote down the first one's means the only one that there is.
  const also = options.orgUrl === undefined ? DEFAULT_ORG_URL : undefined;
  if (typeof now !== 'function') {
    throw new TypeError('createOrg: now is not a function that returns milliseconds');
  }
  const origin = new URL(orgUrl).origin;
  const settings = JSON.stringify({ ...rest, orgUrl: origin, rateLimit: rateLimitOf(rateLimit) });
  let org = newOrg(settings);

  async function answer(method, pathAndQuery, headers, body, signal) {
    // The org refuses some creates of rules that come while others are under way.
    org.begin(method, pathAndQuery);
    try {
      await turn();
      signal.throwIfAborted();
      const answer = org.handle(method, pathAndQuery, headers, body, now());
      if (answer.delayMs > 0) await pause(answer.delayMs, signal);
      if (answer.act === 'hang') await pause(Infinity, signal);
      if (answer.act === 'reset') throw broken('fetch failed');
      return { ...answer, body: bodyOf(answer, signal) };
    } finally {
      org.end(method, pathAndQuery);
    }
  }

  const publicOrg = {
    orgUrl: origin,

    async fetch(input, init) {
      const request = new Request(input instanceof Request ? input : new URL(input, origin), init);
      request.signal.throwIfAborted();
      const url = new URL(request.url);
      if (url.origin !== origin && url.origin !== also) {
        throw new TypeError(`fetch failed: the emulated org answers on ${origin}, not on ${url.origin}`);
      }
      const signal = init?.signal ?? request.signal;
      const body = new Uint8Array(await request.arrayBuffer());
      const headers = [...request.headers].flat();
      const path = url.pathname + url.search;
      return toResponse(await answer(request.method, path, headers, body, signal), url.href);
    },

    reset() {
      const previous = org;
      org = newOrg(settings);
      previous.free();
    },

    setFaults(faults = {}) {
      try {
        org.setFaults(JSON.stringify(faults) ?? 'null');
      } catch (problem) {
        throw new TypeError(`setFaults: ${problem}`);
      }
    },

    snapshot: () => JSON.parse(org.snapshot()),
  };
  return { org: publicOrg, answer };
}

/** @param {any} options */
export async function serveOrg(options = {}) {
  const { port = 0, tls, ...rest } = options;
  if (!Number.isInteger(port) || port < 0 || port > 65_535) {
    throw new TypeError('serveOrg: port is not a whole number from 0 to 65535');
  }
  if (tls !== undefined && !(tls?.key && tls?.cert)) {
    throw new TypeError('serveOrg: tls is not an object with a key and a cert');
  }
  return served((url) => made({ ...rest, orgUrl: rest.orgUrl ?? url }), port, tls);
}

// An answer takes a turn of the event loop, as the network's would: a long list does not freeze the page. Not by
// a timer, which browsers hold back for 4 ms, unless there is nothing else (jsdom).
function turn() {
  return new Promise((resolve) => {
    if (typeof MessageChannel === 'undefined') return void setTimeout(resolve);
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      // Closing one side closes both, but only later: until then a sanitizer sees a leak.
      port1.close();
      port2.close();
      resolve(undefined);
    };
    port2.postMessage(null);
  });
}

function newOrg(settings) {
  try {
    return new EmulatedOrg(settings);
  } catch (problem) {
    // Rust throws a text.
    throw new TypeError(`createOrg: ${problem}`);
  }
}

function rateLimitOf(rateLimit) {
  if (rateLimit === 'off') return { enforced: false };
  if (typeof rateLimit === 'number') {
    return { group: rateLimit, groups: rateLimit, users: rateLimit, schemas: rateLimit };
  }
  return rateLimit;
}

function toResponse(answer, url) {
  const { status, body } = answer;
  // Pairs are appended, because Link is there twice.
  const headers = new Headers(answer.headers);
  const response = new Response(status === 204 ? null : body, { status, headers });
  // A constructed Response has no url of its own.
  Object.defineProperty(response, 'url', { value: url });
  return response;
}

// A text, or a stream of one that is slow or breaks off.
function bodyOf(answer, signal) {
  const { cutAfter, chunk, pauseMs, body } = answer;
  if (cutAfter === undefined && chunk === undefined) return body;
  let rest = new TextEncoder().encode(body);
  if (cutAfter !== undefined) rest = rest.subarray(0, cutAfter);
  return new ReadableStream({
    async pull(controller) {
      if (rest.length === 0) {
        if (cutAfter === undefined) controller.close();
        else controller.error(broken('terminated'));
        return;
      }
      if (chunk !== undefined) await pause(pauseMs, signal);
      const size = chunk ?? rest.length;
      controller.enqueue(rest.subarray(0, size));
      rest = rest.subarray(size);
    },
  });
}

// What Node's fetch throws when a connection breaks.
function broken(message) {
  const cause = Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET' });
  return new TypeError(message, { cause });
}

// Infinity is until the signal aborts. As an open connection would, it keeps the process from ending.
function pause(milliseconds, signal) {
  return new Promise((resolve, reject) => {
    let timer;
    const stop = () => {
      clearTimeout(timer);
      reject(signal.reason);
    };
    if (signal.aborted) {
      stop();
      return;
    }
    signal.addEventListener('abort', stop, { once: true });
    if (milliseconds === Infinity) {
      timer = setInterval(() => {}, 2 ** 31 - 1);
      return;
    }
    timer = setTimeout(() => {
      signal.removeEventListener('abort', stop);
      resolve(undefined);
    }, milliseconds);
  });
}
