// What the platform does for the core and Rust cannot do as well.

/** The headers of answers whose bodies were no UTF-8: their text holds U+FFFD in place of something else. */
const lossy = new WeakSet();

export function isLossy(headers) {
  return lossy.has(headers);
}

const can = (thing, method) => typeof thing?.[method] === 'function';

/**
 * Reads a body as text, at most `max` bytes of it: resolves to `undefined` where there are more. Throws what `unreadable`
 * gives where a mock's or another implementation's Response has nothing to read. The bytes never enter wasm memory.
 */
export async function readText(response, max, unreadable = () => new TypeError('no body can be read')) {
  const { body, headers } = response;
  if (Number(headers.get('content-length')) > max) {
    discard(body);
    return undefined;
  }
  const chunks = [];
  let size = 0;
  const take = (chunk) => {
    const bytes = typeof chunk === 'string' ? new TextEncoder().encode(chunk) : chunk;
    size += bytes.byteLength;
    if (size <= max) chunks.push(bytes);
    return size <= max;
  };
  if (can(body, 'getReader')) {
    const reader = body.getReader();
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      if (!take(value)) {
        discard(reader);
        return undefined;
      }
    }
  } else if (can(body, Symbol.asyncIterator)) {
    // A Node stream, as node-fetch gives: leaving the loop destroys it.
    for await (const chunk of body) if (!take(chunk)) return undefined;
  } else if (can(response, 'text')) {
    // As it was decoded there.
    const text = await response.text();
    if (text.includes('\ufffd')) lossy.add(headers);
    return take(text) ? text : undefined;
  } else if (can(response, 'arrayBuffer')) {
    if (!take(new Uint8Array(await response.arrayBuffer()))) return undefined;
  } else if (can(response, 'blob')) {
    const blob = await response.blob();
    if (blob.size > max || !take(new Uint8Array(await blob.arrayBuffer()))) return undefined;
  } else if (response.status !== 204) {
    throw unreadable();
  }
  // Decoded in one piece: a text put together from parts is slower to parse.
  const bytes = chunks.length === 1 ? chunks[0] : joined(chunks, size);
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    lossy.add(headers);
    return new TextDecoder().decode(bytes);
  }
}

/** Reads no more of a body, whatever it is. */
function discard(body) {
  const stop = async () => (can(body, 'cancel') ? body.cancel() : can(body, 'destroy') && body.destroy());
  stop().catch(() => {});
}

function joined(chunks, size) {
  const bytes = new Uint8Array(size);
  let at = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, at);
    at += chunk.byteLength;
  }
  return bytes;
}

/**
 * What `fetch` is told: the program's own options, and what takes their place. It inherits nothing: fetch would take a
 * polluted prototype's `dispatcher`. Okta's API has no redirects: one that is followed would carry the token along.
 * @returns {any}
 */
export function requestInit(options, own) {
  return { __proto__: null, ...options, redirect: 'manual', credentials: 'omit', body: undefined, ...own };
}

/** What has more parts takes long to look through, and may hold anything. */
const MOST_PARTS = 1000;

/**
 * What a thing shows to whoever logs it, as one text: messages, stacks, causes, and what hangs on it (errors of other
 * implementations hold the request). `seen` is left out. Throws where there is too much of it.
 */
export function shownBy(thing, ...seen) {
  const texts = [];
  const known = new Set(seen);
  const read = (get) => {
    try {
      look(get());
    } catch {
      // A getter that throws shows nothing.
    }
  };
  const look = (value) => {
    if (typeof value === 'string' || typeof value === 'symbol') texts.push(String(value));
    const isObject = (typeof value === 'object' && value) || typeof value === 'function';
    if (!isObject || ArrayBuffer.isView(value) || known.has(value) || known.size > MOST_PARTS) return;
    known.add(value);
    const keys = Reflect.ownKeys(value);
    for (const key of keys) {
      texts.push(String(key));
      read(() => value[key]);
    }
    // Of its class: a DOMException's message, a Request's headers.
    for (const key of ['message', 'stack', 'cause', 'url', 'headers']) {
      if (!keys.includes(key)) read(() => value[key]);
    }
    // A URL, a text in an object; Headers, a Map, FormData.
    for (const method of ['toJSON', 'valueOf']) read(() => value[method]?.());
    if (!Array.isArray(value)) read(() => [...(value.entries?.() ?? [])]);
  };
  look(thing);
  if (known.size > MOST_PARTS) throw new Error('there is too much of it');
  return texts.join('\0');
}

/**
 * What `fetch` threw, unless it shows a secret, which `redacted` takes out of a text: whoever logs it would log the token.
 */
export function withoutSecrets(cause, redacted) {
  let message = '';
  let code;
  try {
    const shown = shownBy(cause);
    if (redacted(shown) === shown) return cause;
    const at = (value, name) => (Object.hasOwn(Object(value), name) ? value[name] : undefined);
    message = `: ${redacted(String(typeof cause === 'string' ? cause : cause.message))}`;
    const inner = at(cause, 'cause');
    const codes = [at(at(inner, 'cause'), 'code'), at(inner, 'code'), at(cause, 'code')];
    code = codes.find((text) => typeof text === 'string' && redacted(text) === text);
  } catch {
    // A revoked proxy, or too much of it: nothing is known of it.
  }
  return new Error(`an error is left out, since it quotes the token${message}`, { cause: { code } });
}

/** Headers without what they quote; themselves, if that is nothing. */
export function redactedHeaders(headers, redacted) {
  const entries = [...(headers?.[Symbol.iterator] ? headers : [])];
  const shown = entries.join('\0');
  if (redacted(shown) === shown) return headers;
  const copy = new Headers();
  for (const [name, value] of entries) copy.append(name, redacted(String(value)));
  return copy;
}

/** A request of the core, to be sent once. */
export function request(method, url, body, attempt, timeoutMs, maxBytes) {
  return { method, url, body, attempt, timeoutMs, maxBytes };
}

/** A text that an error object has itself, not by a polluted prototype. */
export function errorText(body, name) {
  try {
    const text = typeof body === 'object' && body && Object.hasOwn(body, name) ? body[name] : undefined;
    return typeof text === 'string' ? text : undefined;
  } catch {
    // A revoked proxy, say: whatever `fetch` throws.
    return undefined;
  }
}

/** Whether this is a page, or a worker of one: whatever it holds, its user can read. */
export function isBrowser() {
  // workerd, a server, has a WorkerGlobalScope too, but is at no location.
  const isWorker = 'WorkerGlobalScope' in globalThis && typeof location === 'object';
  return typeof document === 'object' || isWorker;
}

const credentials = new WeakMap();
let lastCredential = 0;

/** A number for the credential behind an `auth`: the object's own, unless it was told to be another's too. */
export function credentialOf(auth) {
  if (!credentials.has(auth)) credentials.set(auth, ++lastCredential);
  return credentials.get(auth);
}

/** Tells that two `auth` objects give the same credential. */
export function sameCredential(auth, other) {
  credentials.set(auth, credentialOf(other));
}

/** Calls back with an event; what the callback throws is its own affair. */
export function tell(listener, event) {
  try {
    // Of an async one, too.
    listener(event)?.then?.(undefined, () => {});
  } catch {
    // An event stream may watch a call, never change how it ends.
  }
}

/** Whether a page at one origin is asking another, where answers can have hidden headers. */
export function isCrossOrigin(origin) {
  return isBrowser() && typeof location === 'object' && location.origin !== origin;
}

/** Whether it is an object with names: Headers, a Map and an array are read otherwise, and would be empty in silence. */
export function isRecord(value) {
  return typeof value === 'object' && value !== null && !value[Symbol.iterator];
}

/** How many records an array has, if it has nothing else. */
export function records(value) {
  return Array.isArray(value) && value.every(isRecord) ? value.length : undefined;
}

/** What `withResponse()`, pages and errors tell of an answer. */
export function responseMeta(status, headers, requestId, url, attempts, durationMs, waitedMs) {
  return {
    status,
    headers,
    ...(requestId === undefined ? {} : { requestId }),
    url,
    attempts,
    durationMs,
    waitedMs,
  };
}

export function reply(data, response) {
  return { data, response };
}

export function page(items, cursor, response) {
  return { items, cursor, response };
}

/** What an object of the caller's threw as it was read. It must not pass through wasm, which would be lost by it. */
let thrown;

/** An object's own property; `undefined` where there is none, or no object, or where it throws: see `takeThrown`. */
export function own(value, name) {
  try {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return undefined;
    return value[name];
  } catch (cause) {
    thrown ??= { cause };
    return undefined;
  }
}

/** `Array.isArray`, which asks a proxy that may have been revoked. */
export function isArray(value) {
  try {
    return Array.isArray(value);
  } catch (cause) {
    thrown ??= { cause };
    return false;
  }
}

/** What was thrown since it was asked last, as `{ cause }`. */
export function takeThrown() {
  const found = thrown;
  thrown = undefined;
  return found;
}

/** The text at the end of a path of one or two names, if objects alone lead there. */
export function textAt(value, first, second) {
  let found = isArray(value) ? undefined : own(value, first);
  if (second !== undefined) found = isArray(found) ? undefined : own(found, second);
  return typeof found === 'string' ? found : undefined;
}
