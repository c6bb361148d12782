// The error classes. `instanceof` checks a brand in the global symbol registry, so it works across two copies of the
// package (two bundles, main and slim). The wasm makes its errors by this file, too, so this file imports nothing.
const BRAND = Symbol.for('okta-groups.error');

export class OktaError extends Error {
  constructor(message, fields = {}) {
    const { cause, response, items, retryable, ...shown } = /** @type {any} */ ({
      __proto__: null,
      ...fields,
    });
    super(message, cause === undefined ? undefined : { cause });
    Object.assign(this, shown);
    if (response !== undefined) hide(this, 'response', response);
    if (items !== undefined) hide(this, 'items', items);
    if (retryable !== undefined) hide(this, 'retryable', retryable);
  }

  get retryable() {
    return false;
  }

  toJSON() {
    return Object.assign({ name: this.name, message: this.message }, this);
  }

  static [Symbol.hasInstance](value) {
    return Object.hasOwn(this, BRAND)
      ? Boolean(value?.[BRAND]?.includes(this[BRAND]))
      : Function.prototype[Symbol.hasInstance].call(this, value);
  }
}

export class OktaConfigError extends OktaError {}
export class OktaArgumentError extends OktaError {}
export class OktaExpressionError extends OktaError {}
export class OktaAbortError extends OktaError {}
export class OktaTimeoutError extends OktaError {
  get retryable() {
    return true;
  }
}
export class OktaConnectionError extends OktaError {
  get retryable() {
    return true;
  }
}
export class OktaResponseError extends OktaError {}
export class OktaPaginationError extends OktaError {}
export class OktaInternalError extends OktaError {}
export class OktaBulkError extends OktaError {}
export class OktaLookupError extends OktaError {}
export class OktaApiError extends OktaError {
  get retryable() {
    const { status } = /** @type {any} */ (this);
    return status === 429 || status >= 500;
  }
}
export class OktaForbiddenError extends OktaApiError {}
export class OktaNotFoundError extends OktaApiError {}
export class OktaConflictError extends OktaApiError {}
export class OktaRateLimitError extends OktaApiError {}
export class OktaServerError extends OktaApiError {}

// Names as texts: a minifier may rename the classes.
/** @type {[typeof OktaError, string, string?][]} */
const NAMED = [
  [OktaError, 'OktaError'],
  [OktaConfigError, 'OktaConfigError', 'config'],
  [OktaArgumentError, 'OktaArgumentError', 'argument'],
  [OktaExpressionError, 'OktaExpressionError', 'expression'],
  [OktaAbortError, 'OktaAbortError', 'aborted'],
  [OktaTimeoutError, 'OktaTimeoutError', 'timeout'],
  [OktaConnectionError, 'OktaConnectionError', 'connection'],
  [OktaResponseError, 'OktaResponseError', 'response'],
  [OktaPaginationError, 'OktaPaginationError', 'pagination'],
  [OktaInternalError, 'OktaInternalError', 'internal'],
  [OktaBulkError, 'OktaBulkError', 'bulk'],
  [OktaLookupError, 'OktaLookupError', 'lookup'],
  [OktaApiError, 'OktaApiError', 'api'],
  [OktaForbiddenError, 'OktaForbiddenError', 'forbidden'],
  [OktaNotFoundError, 'OktaNotFoundError', 'not-found'],
  [OktaConflictError, 'OktaConflictError', 'conflict'],
  [OktaRateLimitError, 'OktaRateLimitError', 'rate-limit'],
  [OktaServerError, 'OktaServerError', 'server'],
];
const TYPES = {};
for (const [type, name, kind] of NAMED) {
  hide(type, 'name', name);
  hide(type, BRAND, name);
  hide(type.prototype, BRAND, [...(Object.getPrototypeOf(type.prototype)[BRAND] ?? []), name]);
  hide(type.prototype, 'name', type === OktaAbortError ? 'AbortError' : name);
  if (kind) {
    hide(type.prototype, 'kind', kind);
    TYPES[kind] = type;
  }
}

export function hide(target, key, value) {
  // Without a prototype, so that a polluted Object.prototype (`get`, for example) does not become part of it.
  /** @type {any} */
  const descriptor = { __proto__: null, value, writable: true, configurable: true };
  Object.defineProperty(target, key, descriptor);
}

/** Makes the error of a kind. The kinds `bad-request`, `unauthorized` and `api` share the class OktaApiError. */
export function oktaError(kind, message, fields) {
  const Type = TYPES[kind] ?? OktaApiError;
  return withoutWasm(new Type(message, { kind, ...fields }));
}

/** The error of a kind with one field. The wasm throws it for a wrong argument or a list that cannot begin. */
export function errorOf(kind, message, field, value) {
  return oktaError(kind, message, { [field]: value });
}

/** Removes the frames of the wasm and its bindings from V8's stack: their names in a release are minified. */
function withoutWasm(error) {
  const frames = error.stack?.split('\n    at ') ?? [];
  let last = frames.length - 1;
  while (last > 0 && !frames[last].includes('wasm-function[')) last--;
  // The frame after the wasm's is the guard of the core's exports: dropped, too.
  if (last > 0) hide(error, 'stack', [frames[0], ...frames.slice(last + 2)].join('\n    at '));
  return error;
}

/** The fields of an error that are not enumerable. */
export function hidden(error) {
  const names = ['cause', 'response', 'items'].filter((name) => Object.hasOwn(error, name));
  return Object.fromEntries(names.map((name) => [name, error[name]]));
}

/** Copies an error with more fields: other calls may have thrown the same object. */
export function withFields(error, fields) {
  if (Object.keys(fields).length === 0) return error;
  const { kind, message, stack } = error;
  const copy = oktaError(kind, message, { ...error, ...hidden(error), ...fields });
  hide(copy, 'stack', stack);
  return copy;
}

export function isOktaError(value, kind) {
  return value instanceof OktaError && (kind === undefined || /** @type {any} */ (value).kind === kind);
}
