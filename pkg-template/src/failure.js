// Makes errors and events from the core's records. The core decides kind and message.
import { isOktaError, oktaError, withFields } from './error-classes.js';
import { responseMeta } from './response-meta.js';
import { EVENT, LIMIT } from './records.js';

const NUMBERS = [
  'status',
  'attempts',
  'attempt',
  'from',
  'to',
  'timeoutMs',
  'retryAfterMs',
  'limit',
  'remaining',
  'resetsInMs',
  'inFlight',
];
/** Fields that the core writes in thousandths of a millisecond. */
const TIMES = ['durationMs', 'delayMs', 'waitMs', 'waitedMs', 'resetAt'];

/**
 * The fields of these names that the record has.
 * @returns {any}
 */
function present(record, names) {
  const fields = { __proto__: null };
  for (const name of names) {
    const value = record[name];
    if (value === undefined) continue;
    fields[name] = NUMBERS.includes(name) ? Number(value) : TIMES.includes(name) ? value / 1000 : value;
  }
  return fields;
}

const FIELDS = [
  'argument',
  'phase',
  'timeoutMs',
  'reason',
  'status',
  'code',
  'summary',
  'errorId',
  'requestId',
  'missingScope',
  'method',
  'path',
  'contentType',
  'snippet',
  'attempts',
  'retryAfterMs',
];

/** Makes the error of a failure; `left` is the attempt that failed, `items` the items of the page that arrived. */
export function failure(record, left, items) {
  const { kind, message, cursor, summary, maybeCors, rest } = record;
  // Warnings follow the causes in `rest`, five fields each.
  const warnings = [];
  for (let left = record.warnings; left > 0; left--) {
    const [parameter, attr, op, reason, message] = rest.splice(-5);
    warnings.unshift({ parameter, ...(attr && { attr }), op, reason, message });
  }
  const told = {
    ...(record.mayHaveRun && { mayHaveRun: true }),
    ...(cursor && { cursor }),
  };
  // An error of this package that the program's code or the token request threw stays as it is.
  if (isOktaError(left?.cause)) return withFields(left.cause, told);
  return oktaError(kind, message, {
    ...present(record, FIELDS),
    ...(summary && { causes: rest, retryable: Boolean(record.transient) }),
    ...(warnings.length > 0 && { warnings }),
    ...(maybeCors && { maybeCors: maybeCors === '1', retryable: Boolean(record.transient) }),
    ...(left?.hasCause && { cause: left.cause }),
    ...told,
    ...(record.hasPage && { items }),
    ...(record.answerAttempts && {
      response: meta({ ...record, requestId: record.answerId, attempts: record.answerAttempts }, left),
    }),
  });
}

/** The metadata of the answer to an attempt, as `withResponse()` and errors have it. */
export function meta({ requestId, attempts, durationMs, waitedMs }, { status, headers, order }) {
  const times = [Number(attempts), durationMs / 1000, waitedMs / 1000];
  return responseMeta(status, headers, requestId, order.url, ...times);
}

/** The state of a rate-limit bucket. The name is empty if `bucketOf` returned an empty text. */
export function limitOf(record) {
  return { bucket: '', ...present(record, LIMIT) };
}

export function eventOf(record) {
  return { ...present(record, EVENT) };
}
