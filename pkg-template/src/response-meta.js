// Makes the metadata of an answer.

/** The metadata of an answer, as `withResponse()`, pages and errors have it. */
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

/** Redacts headers. Returns the same object if they quote no secret. */
export function redactedHeaders(headers, redacted) {
  const entries = [...(headers?.[Symbol.iterator] ? headers : [])];
  const shown = entries.join('\0');
  if (redacted(shown) === shown) return headers;
  const copy = new Headers();
  for (const [name, value] of entries) copy.append(name, redacted(String(value)));
  return copy;
}
