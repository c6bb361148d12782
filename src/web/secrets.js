// Finds secrets in what `fetch` throws. The front end links it, and the package's JavaScript imports it.

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
