// Reads the headers of an answer, and its body within a bound. The front end links it, and the package's JavaScript imports it.

/** The headers of answers whose bodies were no UTF-8: their text holds U+FFFD in place of something else. */
const lossy = new WeakSet();

export function isLossy(headers) {
  return lossy.has(headers);
}

const can = (thing, method) => typeof thing?.[method] === 'function';

/**
 * The text of a header. A `fetch` that gives the lines of a header as an array means what `Headers` would give: the lines,
 * joined. What is no text is no header, and headers without `get()` are none.
 */
export function headerOf(headers, name) {
  try {
    const text = headers.get(name);
    if (typeof text === 'string') return text;
    const areLines = Array.isArray(text) && text.every((line) => typeof line === 'string');
    return areLines ? text.join(', ') : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Reads a body as text, at most `max` bytes of it: resolves to `undefined` where there are more. Throws what `unreadable`
 * gives where a mock's or another implementation's Response has nothing to read. The bytes never enter wasm memory.
 */
export async function readText(response, max, unreadable = () => new TypeError('no body can be read')) {
  const { body, headers } = response;
  if (Number(headerOf(headers, 'content-length')) > max) {
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
  if (typeof body?.getReader === 'function') {
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
