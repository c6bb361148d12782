// What crosses the border of the wasm in one text: a record whose fields have names, and after them a list. The names and
// their order are those of src/records.rs, whose test holds the two equal.
//
// Fields are apart by U+0000, records by U+0002; in a field, these and U+0001 are escaped. An absent field is empty.

import { own } from './own.js';

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
  'answerStatus',
  'answerId',
  'url',
  'answerAttempts',
  'durationMs',
  'waitedMs',
  'warnings',
];
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

/** What a call is told, by these numbers; another one aborts it. */
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

/** What a run of memberships is told, by these numbers; another one aborts it. */
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

/** The text of a record, which inherits nothing. Of its values, `true` is a flag. */
export function written(fields, record, rest = []) {
  let text = '';
  for (let at = 0; at < fields.length; at++) {
    const value = record[fields[at]];
    if (at) text += '\0';
    if (value) text += value === true ? '1' : escaped(value);
  }
  for (const part of rest) text += `\0${escaped(part)}`;
  return text;
}

/** The text of a list alone. */
export function joined(parts) {
  return parts.map(escaped).join('\0');
}

/**
 * Gives what reads the record in a text, and the list after it as `rest`; each field when it is used.
 * @returns {(text: string) => any}
 */
function reader(fields) {
  /** @this {any} */
  function Record(text) {
    this.parts = text.split('\0');
  }
  /** @param {(parts: string[]) => any} read */
  const field = (read) =>
    own({
      /** @this {any} */
      get: function () {
        return read(this.parts);
      },
    });
  const getters = fields.map((name, at) => [name, field((parts) => plain(parts[at]))]);
  const rest = field((parts) => parts.slice(fields.length).map(plain));
  Record.prototype = Object.create(null, own({ ...Object.fromEntries(getters), rest }));
  return (text) => new Record(text);
}

export const readOutput = reader(OUTPUT);
export const readFailure = reader(FAILURE);
export const readEvent = reader(EVENT);
export const readOrder = reader(ORDER);
export const readProgress = reader(PROGRESS);

function escaped(value) {
  const text = String(value);
  return /[\0-\x02]/.test(text) ? text.replace(/[\0-\x02]/g, (sign) => `\x01${sign.charCodeAt(0)}`) : text;
}

function plain(part) {
  return part.includes('\x01') ? part.replace(/\x01(.)/g, (_, digit) => String.fromCharCode(digit)) : part;
}
