// Runs the calls of the core: waits, asks for tokens and sends. What is to be done next, the core decides.
import { after, now } from '../../src/web/clock.js';
import { oktaError } from '../../src/web/errors.js';
import { isRecord, readText, requestInit } from '../../src/web/host.js';
import { headerList } from './options.js';
import { proved, redactedError } from './redact.js';
import { onAbort } from './signal.js';
import { calls, instance } from './trap.js';

/**
 * Runs the call that `begin` gives, if it gives one. `stop(error)` ends it, as `signal` does and a trap.
 * @param {() => any} begin
 * @param {{ auth: any, fetch: Function, fetchOptions?: object }} link
 * @param {any} signal
 * @returns {{ done: Promise<any>, stop(error?: Error): void }}
 */
export function drive(begin, link, signal) {
  let over = false;
  const began = now();
  let attempt;
  let writes = false;
  let goOn = (_) => {};
  let fail;
  let unlisten = () => {};
  const wake = () => goOn(undefined);

  const stop = (error = aborted()) => {
    over = true;
    fail(writes ? Object.assign(error, { mayHaveRun: true }) : error);
    attempt?.abort();
    wake();
  };

  /** What `work` comes to; `undefined` when `ms` are over, or something wakes it. */
  const within = (ms, work) =>
    new Promise((resolve, reject) => {
      const timer = after(ms, () => resolve(undefined));
      // A timer that is left would keep a process from its end.
      const settle = (end) => (value) => {
        clearTimeout(timer);
        end(value);
      };
      goOn = settle(resolve);
      work?.then(goOn, settle(reject));
    });

  /** Sends once. Gives what to tell the core, unless it is too late for that. */
  const send = async (call, { method, url, body, attempt: number, maxBytes }, { signal: ended }) => {
    const { auth, fetch } = link;
    let proof;
    try {
      const given = await auth.authorize({ method, url, attempt: number, signal: ended, began });
      if (!isRecord(given)) throw new Error('authorize() gave no plain object of headers');
      proof = headerList(given);
      proved(auth, proof);
    } catch (cause) {
      return () => call.unproven(redactedError(cause, call, auth));
    }
    if (ended.aborted) return undefined;
    const headers = call.prove(proof);
    writes ||= method !== 'GET';
    try {
      const init = requestInit(link.fetchOptions, { method, headers, body, signal: ended });
      // Two plain arguments, not a Request: another implementation's fetch (undici's, node-fetch) does not know this
      // platform's class.
      const response = await fetch(url, init);
      if (typeof response !== 'object' || !response) throw new Error('fetch did not resolve to a Response');
      const text = await readText(response, maxBytes, () => unreadable(response, method, url));
      return () => call.answered(response.status, response.headers, text);
    } catch (cause) {
      return () => call.unanswered(redactedError(cause, call, auth));
    }
  };

  /** Gives up an attempt whose time is over. What it waits for is told whether another will follow. */
  const late = (call) => {
    let isLast = true;
    try {
      const next = call.late();
      isLast = false;
      return next;
    } finally {
      const reason = new DOMException('the attempt took too long', 'TimeoutError');
      attempt.abort(Object.assign(reason, { isLast }));
    }
  };

  const run = async () => {
    const call = begin();
    if (!call) return undefined;
    const made = instance();
    try {
      unlisten = onAbort(signal, () => stop(aborted(signal.reason)));
      let next = over || call.ask(wake);
      while (!over) {
        if (next === undefined) {
          const asked = call.begin();
          attempt = new AbortController();
          const told = await within(asked.timeoutMs, send(call, asked, attempt));
          if (over) break;
          next = told ? told() : late(call);
          attempt = undefined;
          writes = call.mayHaveRun();
        } else if (typeof next === 'number') {
          if (next > 0) await within(next);
          next = over || call.ask(wake);
        } else {
          return next;
        }
      }
      return undefined;
    } catch (error) {
      throw made === instance() ? redactedError(error, call, link.auth) : error;
    } finally {
      // Given back to the core that it is of: a trap may have put another in its place.
      if (made === instance()) call.free();
    }
  };

  const done = new Promise((resolve, reject) => {
    fail = reject;
    calls.add(stop);
    run()
      .finally(() => {
        calls.delete(stop);
        unlisten();
      })
      .then(resolve, reject);
  });
  return { done, stop };
}

/** The error of a Response with json() alone, of a mock: of its body neither the size nor the exact text is known. */
function unreadable({ status }, method, url) {
  const message = 'the Response that fetch gave has only json(): it needs a body, text() or arrayBuffer()';
  return oktaError('response', message, { reason: 'json', status, method, path: new URL(url).pathname });
}

export function aborted(cause) {
  return oktaError('aborted', 'the call was aborted', { cause });
}
