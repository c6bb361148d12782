// Checks and copies option objects and arguments: own properties only (a polluted `Object.prototype` has no effect), no
// unknown key, each value of its type. Errors name the option. The core checks ranges.
import { oktaError } from './error-classes.js';
import { isBrowser } from 'okta-groups-web/browser.js';
import { isRecord } from './is-record.js';
import { isExpression } from './brand.js';
import { own } from './own.js';
import { jsonText, profileText } from './profile.js';

/** The longest delay of `setTimeout`. */
const MAX_MS = 2 ** 31 - 1;

// A check returns the fault of a value as text, and an empty text for a valid value.

const must = (wanted, is) => (value) => (is(value) ? '' : `must be ${wanted}, not ${typeOf(value)}`);
export const any = () => '';
export const flag = must('a boolean', (value) => typeof value === 'boolean');
export const callback = must('a function', (value) => typeof value === 'function');
const object = must('an object', (value) => typeof value === 'object' && value);
// Not instanceof: a signal may come from another realm or a polyfill.
export const signal = must(
  'an AbortSignal',
  (value) => typeof value?.aborted === 'boolean' && typeof value.addEventListener === 'function',
);
const isString = must('a string', (value) => typeof value === 'string');
// Half of a surrogate pair cannot be encoded: the platform would silently send U+FFFD.
const text = (value) =>
  isString(value) || (/\p{Surrogate}/u.test(value) ? 'holds half of a surrogate pair' : '');
/** A text that is not empty: an empty expression would list everything. */
export const someText = (value) => text(value) || (value === '' ? 'is empty; leave it out' : '');
const EXPRESSION = SLIM
  ? 'a string (okta-groups/slim has no expressions; the text of one made elsewhere is String(expression))'
  : 'a string or an expression (fromJSON() makes one from a copy)';
const expression = (value) =>
  typeof value === 'string' || (!SLIM && isExpression(value))
    ? someText(String(value))
    : must(EXPRESSION, () => false)(value);
const texts = (value) =>
  typeof value === 'string'
    ? someText(value)
    : must('an array of strings', Array.isArray)(value) || value.map(someText).find(Boolean) || '';
export const whole = (min, max) => (value) => {
  if (Number.isInteger(value) && value >= min && value <= max) return '';
  const range = `must be a whole number from ${min} to ${max}`;
  return typeof value === 'number' ? range : `${range}, not ${typeOf(value)}`;
};
const count = whole(1, 2 ** 32 - 1);
export const millis = whole(1, MAX_MS);
export const share = (value) =>
  typeof value === 'number' && value >= 0 && value <= 1 ? '' : 'must be a number from 0 to 1';
export const oneOf =
  (...names) =>
  (value) =>
    names.includes(value) ? '' : `must be one of ${names.join(', ')}`;
const headers = (value) =>
  object(value) ||
  (isRecord(value) ? '' : 'must be a plain object of names and values') ||
  Object.values(value).map(text).find(Boolean) ||
  '';
/** `false`, or an object of these options. */
export const offOr = (known) => (value, key, kind) => {
  if (value !== false) checked(value, key, kind, known);
  return '';
};

const RETRY = { maxAttempts: whole(1, 100), baseDelay: millis, maxDelay: millis, maxRateLimitWait: millis };
const RATE_LIMIT = { maxConcurrency: whole(1, 1000), reserve: share, bucketOf: callback };
// A URL object counts as its text.
const url = (value) => text(typeof value === 'object' && value ? String(value) : value);
const CLIENT = {
  orgUrl: url,
  org: (value) => url(value) || someText(String(value)),
  auth: object,
  fetch: callback,
  fetchOptions: object,
  // middleware.js checks it.
  middleware: any,
  headers,
  timeout: millis,
  totalTimeout: millis,
  maxResponseBytes: count,
  nextLink: oneOf('rebase', 'reject'),
  userAgent: text,
  retry: offOr(RETRY),
  rateLimit: offOr(RATE_LIMIT),
  onEvent: callback,
  dangerouslyAllowBrowser: flag,
};
export const CALL = { signal, timeout: millis, totalTimeout: millis, retry: offOr(RETRY), headers };
export const PAGES = { cursor: someText };
export const TO_ARRAY = { max: any, onExceed: oneOf('throw', 'truncate') };
const LIST = { cursor: someText, prefetch: whole(0, 1), ...CALL };
/** The options of single operations, by name. */
export const OWN = {
  q: someText,
  filter: expression,
  search: expression,
  // A keyword, not an expression.
  'rules.search': someText,
  after: someText,
  // The core checks the range of each operation.
  limit: must('a number', (value) => typeof value === 'number'),
  expand: texts,
  sortBy: someText,
  sortOrder: oneOf('asc', 'desc'),
  fields: texts,
  removeUsers: flag,
  ifExists: oneOf('throw', 'return'),
  ifMissing: oneOf('throw', 'ignore'),
};
/** The options of `request` and `paginate`. */
export const REQUEST = { query: any, body: any, idempotent: flag, ...CALL };
export const PAGINATE = { query: any, link: oneOf('required', 'optional'), ...LIST };

/** The checks of an operation's options: those of these names, and those of every call or list. */
export function optionsOf(resource, names, isList) {
  const own = names.map((name) => [name, OWN[`${resource}.${name}`] ?? OWN[name]]);
  return { ...Object.fromEntries(own), ...(isList ? LIST : CALL) };
}
/** The options of `findByName`. */
export const FIND = { type: someText, ...CALL };

/** Checks options and returns a copy; `undefined` counts as no options. */
function checked(given, what, kind, known) {
  if (given !== undefined && (typeof given !== 'object' || !given || Array.isArray(given))) {
    throw wrong(kind, what, `must be an object, not ${typeOf(given)}`);
  }
  // Each property is read once: a getter cannot answer differently after the check.
  const options = own(given);
  for (const key in options) {
    const value = options[key];
    if (!Object.hasOwn(known, key)) {
      throw wrong(kind, key, `is not an option; options are ${Object.keys(known).join(', ')}`);
    }
    const reason = value !== undefined && known[key](value, key, kind);
    if (reason) throw wrong(kind, key, reason);
  }
  return options;
}

/** Checks the options of a call. */
export function callOptions(given, known) {
  return checked(given, 'options', 'argument', known);
}

/** Checks the options of a list. */
export function listOptions(given, known) {
  const options = callOptions(given, known);
  if (options.cursor !== undefined && options.after !== undefined) {
    throw wrong('argument', 'after', 'cannot go with cursor');
  }
  return options;
}

/** Checks the options of `new OktaGroups(options)`. */
export function clientOptions(given) {
  const options = checked(given, 'options', 'config', CLIENT);
  const { auth } = options;
  for (const key of ['orgUrl', 'auth']) {
    if (options[key] === undefined) throw wrong('config', key, 'is missing');
  }
  if (typeof auth.authorize !== 'function') {
    throw wrong('config', 'auth', 'must be an object with authorize(), as bearer() gives');
  }
  if (auth.kind === 'ssws' && isBrowser() && !options.dangerouslyAllowBrowser) {
    const reason =
      'is an API token, which every visitor of the page can read: use bearer(), ' +
      'a proxy of your own, or dangerouslyAllowBrowser';
    throw wrong('config', 'auth', reason);
  }
  return options;
}

/** Checks an argument that is a text. */
export function textArgument(argument, value) {
  const reason = text(value);
  if (reason) throw wrong('argument', argument, reason);
  return value;
}

/** The JSON text of a value. `toText` writes it, or throws the fault of the value as text. */
export function jsonArgument(argument, value, toText = jsonText) {
  try {
    return toText(value);
  } catch (reason) {
    throw wrong('argument', argument, typeof reason === 'string' ? reason : 'cannot be written as JSON');
  }
}

/** The JSON text of a profile. */
export function profileArgument(argument, profile) {
  return jsonArgument(argument, profile, profileText);
}

/** The path of segments, each encoded. The core refuses segments that would change the path, such as `..`. */
export function pathArgument(path) {
  const reason =
    must('an array of strings, not one string', Array.isArray)(path) || (path.length ? '' : 'is empty');
  if (reason) throw wrong('argument', 'path', reason);
  // Array.from visits holes, too, which are refused.
  return Array.from(path, (segment, at) => encodeURIComponent(textArgument(`path[${at}]`, segment))).join(
    '/',
  );
}

/** The text of a query, each name and value encoded. */
export function queryArgument(query) {
  const reason = query === undefined || isRecord(query) ? '' : 'must be an object of names and values';
  if (reason) throw wrong('argument', 'query', reason);
  const pairs = [];
  for (const [name, value] of Object.entries(own(query))) {
    if (value === undefined) continue;
    for (const part of [value].flat()) {
      const isPlain = isExpression(part) || typeof part === 'boolean' || Number.isFinite(part);
      if (!isPlain) textArgument(`query.${name}`, part);
    }
    pairs.push(`${encodeURIComponent(textArgument('query', name))}=${encodeURIComponent(String(value))}`);
  }
  return pairs.join('&');
}

export function wrong(kind, argument, reason) {
  return oktaError(kind, `${argument} ${reason}`, { argument });
}

export function typeOf(value) {
  if (value === undefined || value === null) return String(value);
  if (Array.isArray(value)) return 'an array';
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`;
}

// Fields of the records for the core. Headers are lists of alternating names and values.

/** The fields of a call, or of all calls of a client. */
export function callFields({ timeout, totalTimeout, retry }) {
  if (retry === undefined) return { timeout, totalTimeout };
  const given = own(retry === false ? { maxAttempts: 1 } : retry);
  // `0` selects the default: the field tells the core that `retry` is set.
  const { maxAttempts = retry && '0', baseDelay, maxDelay, maxRateLimitWait } = given;
  return { timeout, totalTimeout, maxAttempts, baseDelay, maxDelay, maxRateLimitWait };
}

/** The fields of a client. */
export function clientFields({ maxResponseBytes, rateLimit }) {
  const { maxConcurrency = isBrowser() ? 6 : undefined, reserve } = own(rateLimit);
  // `reserve` crosses in millionths.
  return {
    maxResponseBytes,
    maxConcurrency,
    reserve: reserve === undefined ? '' : `${Math.round(reserve * 1e6)}`,
  };
}

export function headerList(headers) {
  if (!headers) return [];
  // A value that is not a text becomes empty, which the core refuses.
  return Object.entries(own(headers)).flatMap(([name, value]) => [
    name,
    typeof value === 'string' ? value : '',
  ]);
}
