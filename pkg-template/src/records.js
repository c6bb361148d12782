// Encodes the records that cross the border of the wasm as text. A record has named fields, and a list after them. The names
// and their order are those of src/records.rs; a test there holds the two equal.
//
// Each part of a record is a sign, a text and U+0000. The sign encodes the place of the field, and is a blank for an item of
// the list. A field without a part is empty. U+0002 separates two records. In a text, U+0000 to U+0002 are escaped.

export const CLIENT = [
  'orgUrl',
  'org',
  'userAgent',
  'credential',
  'maxResponseBytes',
  'maxConcurrency',
  'reserve',
  'rejectsLinks',
  'isSession',
  'prevents',
  'pageOrigin',
  'listens',
  'namesBuckets',
  'authorization',
  'timeout',
  'totalTimeout',
  'maxAttempts',
  'baseDelay',
  'maxDelay',
  'maxRateLimitWait',
];
export const CALL = [
  'operation',
  'method',
  'idempotent',
  'goal',
  'ids',
  'query',
  'body',
  'name',
  'update',
  'isBulk',
  'timeout',
  'totalTimeout',
  'maxAttempts',
  'baseDelay',
  'maxDelay',
  'maxRateLimitWait',
];
export const LIST = [
  'operation',
  'ids',
  'cursor',
  'query',
  'link',
  'timeout',
  'totalTimeout',
  'maxAttempts',
  'baseDelay',
  'maxDelay',
  'maxRateLimitWait',
];
export const ANSWER = [
  'status',
  'limit',
  'remaining',
  'reset',
  'date',
  'retryAfter',
  'requestId',
  'contentType',
  'wwwAuthenticate',
  'link',
  'shape',
  'items',
  'beginning',
  'id',
  'errorCode',
  'errorSummary',
  'error_description',
  'message',
  'error',
  'errorId',
];
export const NO_ANSWER = ['fault', 'says', 'isUnsent', 'status'];
export const MEMBERS = [
  'group',
  'plans',
  'runs',
  'desired',
  'by',
  'skipsUnresolved',
  'mode',
  'ruleManaged',
  'removals',
  'count',
  'allowEmpty',
  'keep',
  'order',
  'concurrency',
  'stopsOn',
  'totalTimeout',
  'maxFailedAdds',
  'ifStale',
  'verify',
  'dryRun',
  'org',
  'updated',
  'at',
  'add',
  'remove',
  'unchanged',
  'unknown',
  'kept',
  'planRuleManaged',
  'planRemovals',
  'planCount',
  'planned',
  'done',
  'unresolved',
  'unresolvedValue',
  'unresolvedReason',
  'planSkips',
];
export const STEP = ['place', 'kind', 'code', 'status', 'type', 'updated', 'at', 'isLast'];
export const ORDER = [
  'order',
  'place',
  'search',
  'name',
  'rules',
  'ms',
  'status',
  'org',
  'updated',
  'at',
  'adds',
  'removes',
  'unchanged',
  'skipped',
  'warnings',
  'removals',
  'count',
  'ruleManaged',
  'keep',
  'alreadyOk',
  'planned',
  'done',
  'ok',
  'stopped',
  'withheld',
  'verifies',
  'unverified',
];
export const PROGRESS = ['total', 'done', 'failed', 'inFlight', 'etaMs', 'resetAt'];
export const OUTPUT = [
  'order',
  'call',
  'ms',
  'method',
  'url',
  'body',
  'attempt',
  'maxBytes',
  'expects',
  'looks',
  'mayHaveRun',
  'of',
  'requestId',
  'attempts',
  'durationMs',
  'waitedMs',
  'item',
  'cursor',
];
export const FAILURE = [
  'kind',
  'message',
  'argument',
  'phase',
  'timeoutMs',
  'maybeCors',
  'reason',
  'status',
  'method',
  'path',
  'contentType',
  'snippet',
  'requestId',
  'code',
  'summary',
  'errorId',
  'missingScope',
  'attempts',
  'retryAfterMs',
  'mayHaveRun',
  'transient',
  'cursor',
  'of',
  'hasPage',
  'answerId',
  'answerAttempts',
  'durationMs',
  'waitedMs',
  'warnings',
];
export const LIMIT = ['bucket', 'limit', 'remaining', 'resetAt', 'resetsInMs', 'inFlight', 'kind'];
export const EVENT = [
  'type',
  'id',
  'method',
  'path',
  'attempt',
  'status',
  'durationMs',
  'requestId',
  'delayMs',
  'bucket',
  'reason',
  'waitMs',
  'from',
  'to',
];

/** The inputs of a call, by number; any other number aborts the call. */
export const INPUTS = [
  'named',
  'woken',
  'proof',
  'noProof',
  'answer',
  'noAnswer',
  'renewed',
  'merged',
  'timeUp',
  'abort',
];

/** The inputs of a bulk run, by number; any other number aborts the run. */
export const MEMBER_INPUTS = [
  'next',
  'abort',
  'stop',
  'group',
  'page',
  'users',
  'rules',
  'unread',
  'user',
  'wrote',
  'looked',
];

/** The sign of the first field. */
const FIRST = 0x21;

/** The text of a `Record`, or of another object without prototype. The value `true` is a flag. */
export function written(fields, record, rest = []) {
  let text = '';
  for (let at = 0; at < fields.length; at++) {
    const value = record[fields[at]];
    if (value) text += `${String.fromCharCode(FIRST + at)}${value === true ? '1' : escaped(value, FIELD)}\0`;
  }
  for (const part of rest) text += ` ${escaped(part, FIELD)}\0`;
  return text;
}

/** The text of a list without fields, or in a field: each item ends with U+0003, which is escaped, too. */
export function joined(parts) {
  let text = '';
  for (const part of parts) text += `${escaped(part, ITEM)}\x03`;
  return text;
}

/** A record without prototype: a missing field is `undefined`. An object literal with `__proto__: null` is slower. */
export class Record {
  /** The list after the fields. */
  rest = [];
}
Object.setPrototypeOf(Record.prototype, null);

/**
 * Reads a record from its text.
 * @returns {any}
 */
export function read(fields, text) {
  /** @type {any} */
  const record = new Record();
  const isPlain = !text.includes('\x01');
  for (let start = 0, end; (end = text.indexOf('\0', start)) > 0; start = end + 1) {
    const part = text.slice(start + 1, end);
    const value = isPlain ? part : part.replace(/\x01(.)/g, (_, digit) => String.fromCharCode(digit));
    const field = fields[text.charCodeAt(start) - FIRST];
    if (field) record[field] = value;
    else record.rest.push(value);
  }
  return record;
}

/** Reads a record; missing fields are empty texts. */
const filled = (fields) => (text) => {
  const record = read(fields, text);
  for (const field of fields) record[field] ??= '';
  return record;
};
export const readOrder = /* @__PURE__ */ filled(ORDER);
export const readProgress = /* @__PURE__ */ filled(PROGRESS);

/** The characters that are escaped in a field, and in an item of a list. */
const FIELD = /[\0-\x02]/g;
const ITEM = /[\0-\x03]/g;

function escaped(value, signs) {
  const text = String(value);
  return text.search(signs) < 0 ? text : text.replace(signs, (sign) => `\x01${sign.charCodeAt(0)}`);
}
