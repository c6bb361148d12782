// Reads the facts of an answer, or of a failed fetch, that the core decides by: status, headers, the body's shape and an
// error's texts. The body itself never enters the wasm.
import { isOktaError } from './error-classes.js';
import { faultTexts } from './fault.js';
import { headerOf } from 'okta-groups-web/body.js';
import { isRecord } from './is-record.js';
import { ANSWER, NO_ANSWER, Record, written } from './records.js';

/** The characters of a body's beginning that the core gets, for an error's snippet. */
const BEGINNING = 1024;

/** Returns the record of an answer's facts, and the decoded body if it is JSON. */
export function answerFacts(status, headers, text, { expects = '', looks }) {
  const header = (name) => headerOf(headers, name);
  /** @type {any} */
  const record = new Record();
  record.status = status;
  record.limit = header('x-rate-limit-limit');
  record.remaining = header('x-rate-limit-remaining');
  record.reset = header('x-rate-limit-reset');
  record.date = header('date');
  record.retryAfter = header('retry-after');
  record.requestId = header('x-okta-request-id');
  record.contentType = header('content-type');
  record.wwwAuthenticate = header('www-authenticate');
  if (expects === 'array') record.link = header('link');
  let body;
  let rest;
  if (text) {
    record.shape = 'text';
    try {
      body = JSON.parse(text);
      record.items = records(body);
      record.shape =
        record.items !== undefined
          ? 'array'
          : typeof body === 'object' && body && !Array.isArray(body)
            ? 'object'
            : 'other';
    } catch {
      // Not JSON: an HTML page, or a body that is cut off.
    }
    if (record.shape === 'object') rest = objectFacts(body, record, status < 300);
    else if (looks && record.shape === 'array') {
      rest = body.flatMap((group) => [
        errorText(group, 'type') ?? '',
        (Object.hasOwn(group, 'profile') && errorText(group.profile, 'name')) || '',
      ]);
    }
    if (record.shape !== expects || status >= 300) record.beginning = text.slice(0, BEGINNING);
  }
  return [written(ANSWER, record, rest), body];
}

/** Records the id of an object and its texts as an error object. Returns the causes. */
function objectFacts(body, record, isGood) {
  // An id that is not a text never equals the expected one.
  if (Object.hasOwn(body, 'id')) record.id = errorText(body, 'id') || '\ufffd';
  if (isGood && !Object.hasOwn(body, 'errorCode') && !Object.hasOwn(body, 'error')) return [];
  for (const name of ['errorCode', 'errorSummary', 'error_description', 'message', 'error', 'errorId']) {
    record[name] = errorText(body, name);
  }
  const causes =
    Object.hasOwn(body, 'errorCauses') && Array.isArray(body.errorCauses) ? body.errorCauses : [];
  return causes
    .map((cause) => errorText(cause, 'errorSummary') ?? (typeof cause === 'string' ? cause : undefined))
    .filter((cause) => cause !== undefined);
}

/** Returns the record of the facts of an error that `fetch` threw for `url`. */
export function faultFacts(cause, url) {
  if (isOktaError(cause)) return written(NO_ANSWER, { __proto__: null, fault: 'refused' });
  const { codes, says, isUnsent } = faultTexts(cause, url);
  return written(NO_ANSWER, { __proto__: null, fault: 'failed', says, isUnsent }, codes);
}

/** Returns the record of an answer whose body is longer than `maxBytes`. */
export function tooLarge(status) {
  return written(NO_ANSWER, { __proto__: null, fault: 'too-large', status });
}

/** A text member of the object itself, not of a polluted prototype. */
function errorText(body, name) {
  try {
    const text = typeof body === 'object' && body && Object.hasOwn(body, name) ? body[name] : undefined;
    return typeof text === 'string' ? text : undefined;
  } catch {
    // `fetch` may throw or return any object, such as a revoked proxy.
    return undefined;
  }
}

/** The length of an array whose items are all records; `undefined` for any other value. */
function records(value) {
  return Array.isArray(value) && value.every(isRecord) ? value.length : undefined;
}
