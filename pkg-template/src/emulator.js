// A local Okta org in the page or process: `createOrg(...).fetch` takes the place of the network. Rust decides each answer;
// this file converts a fetch call into a request of the org and the org's answer into a Response.

import { initSync, EmulatedOrg } from 'okta-groups-emulator-core';
import { explained } from './explain.js';
import { bytesOf } from './inline.js';
import { served } from './serve.js';
import wasm from './emulator-inline.js';

const DEFAULT_ORG_URL = 'https://example.okta.com';
let urls = 0;

/** A new origin for each org: clients of one origin share its rate limits, and tests should not delay each other. */
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

/**
 * Makes an org, and `answer`, by which a host gets a raw answer: its headers are pairs, since a name may occur twice.
 */
function made(options) {
  compileOnce();
  // Date is looked up at each call: fake timers may replace it after the org was made.
  const { now = () => Date.now(), orgUrl = nextUrl(), rateLimit, ...rest } = options;
  // A test that has the default URL in its code means its only org: every org with a made-up URL also answers there.
  const also = options.orgUrl === undefined ? DEFAULT_ORG_URL : undefined;
  if (typeof now !== 'function') {
    throw new TypeError('createOrg: now is not a function that returns milliseconds');
  }
  const origin = new URL(orgUrl).origin;
  const settings = JSON.stringify({ ...rest, orgUrl: origin, rateLimit: rateLimitOf(rateLimit) });
  let org = newOrg(settings);

  async function answer(method, pathAndQuery, headers, body, signal) {
    // The org counts concurrent requests: it refuses some creates of rules while other creates are in progress.
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

// Waits for one turn of the event loop before an answer, so that a long list does not freeze the page. Not by a timer, which
// browsers delay by 4 ms, unless the platform has nothing else (jsdom).
function turn() {
  return new Promise((resolve) => {
    if (typeof MessageChannel === 'undefined') return void setTimeout(resolve);
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      // Closing one port closes both, but later: until then a leak detector of tests reports the other.
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
    // The error of Rust is a text.
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
  // Pairs are appended, because Link occurs twice.
  const headers = new Headers(answer.headers);
  const response = new Response(status === 204 ? null : body, { status, headers });
  // A constructed Response has no url of its own.
  Object.defineProperty(response, 'url', { value: url });
  return response;
}

// The body: a text, or a stream if a fault slows it or breaks the connection.
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

// The error that Node's fetch throws when a connection breaks.
function broken(message) {
  const cause = Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET' });
  return new TypeError(message, { cause });
}

// Waits; with Infinity until the signal aborts. It keeps the process alive, as an open connection does.
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
