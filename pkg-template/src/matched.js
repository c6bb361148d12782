// Reads the objects that an expression is matched against. The wasm calls these functions, so this file imports nothing.

/** The error that a getter or proxy of the program threw. It must not pass through wasm frames: that would be a trap. */
let thrown;

/** An object's own property; `undefined` if it is missing, if `value` is no object, or if reading throws (`takeThrown`). */
export function own(value, name) {
  try {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return undefined;
    return value[name];
  } catch (cause) {
    thrown ??= { cause };
    return undefined;
  }
}

/** `Array.isArray`, which throws for a revoked proxy; see `takeThrown`. */
export function isArray(value) {
  try {
    return Array.isArray(value);
  } catch (cause) {
    thrown ??= { cause };
    return false;
  }
}

/** Returns and clears the first error since the last call, as `{ cause }`. */
export function takeThrown() {
  const found = thrown;
  thrown = undefined;
  return found;
}

/** The text at a path of one or two names; `undefined` if an array or another value is on the path. */
export function textAt(value, first, second) {
  let found = isArray(value) ? undefined : own(value, first);
  if (second !== undefined) found = isArray(found) ? undefined : own(found, second);
  return typeof found === 'string' ? found : undefined;
}
