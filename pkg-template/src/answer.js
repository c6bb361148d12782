// What the core is told of an answer, or of none: facts, never a body.
import { isOktaError } from './error-classes.js';
import { faultTexts } from './fault.js';
import { headerOf } from 'okta-groups-web/body.js';
import { isRecord } from './is-record.js';
import { ANSWER, NO_ANSWER, Record, written } from './records.js';

/** How much of a body says what it is. */
const BEGINNING = 1024;

/** The facts of an answer, and its body, where it has one of JSON. */
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
      // An HTML page, or half of the answer.
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

/** The id of an object, and what it says as an error object. Gives the causes. */
function objectFacts(body, record, isGood) {
  // What is no text is no id.
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

/** The facts of what `fetch` threw for `url`. */
export function faultFacts(cause, url) {
  if (isOktaError(cause)) return written(NO_ANSWER, { __proto__: null, fault: 'refused' });
  const { codes, says, isUnsent } = faultTexts(cause, url);
  return written(NO_ANSWER, { __proto__: null, fault: 'failed', says, isUnsent }, codes);
}

/** Of an answer with more bytes than are read. */
export function tooLarge(status) {
  return written(NO_ANSWER, { __proto__: null, fault: 'too-large', status });
}

/** A text that an error object has itself, not by a polluted prototype. */
function errorText(body, name) {
  try {
    const text = typeof body === 'object' && body && Object.hasOwn(body, name) ? body[name] : undefined;
    return typeof text === 'string' ? text : undefined;
  } catch {
    // A revoked proxy, say: whatever `fetch` throws.
    return undefined;
  }
}

/** How many records an array has, if it has nothing else. */
function records(value) {
  return Array.isArray(value) && value.every(isRecord) ? value.length : undefined;
}
