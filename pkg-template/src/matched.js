// Reads the objects that an expression is matched against. The wasm calls it: it imports nothing.

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
