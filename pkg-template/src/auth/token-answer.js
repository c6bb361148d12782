// Decides what an answer of the token endpoint means: a token, another request, or an error. tokens.js sends and waits.
import { now } from 'okta-groups-web/clock.js';
import { isCrossOrigin } from 'okta-groups-web/browser.js';
import { headerOf, readText } from 'okta-groups-web/body.js';
import { redactedHeaders, responseMeta } from '../response-meta.js';
import { withoutSecrets } from 'okta-groups-web/secrets.js';
import { oktaError } from '../error-classes.js';
import { isRecord } from '../is-record.js';
import { own } from '../own.js';
import { connectionFault } from './fault.js';
import { redactor } from './redact.js';

export const PATH = '/oauth2/v1/token';

/** The largest body that is read, in bytes; a token has a few KB. */
const MAX_BYTES = 1 << 20;

/** The next step after an answer without a token. */
export const Next = {
  /** Retry with the first proof of possession. */
  Prove: 'prove',
  /** Retry with another proof: the answer had a nonce or the org's time. */
  Reprove: 'reprove',
  /** Retry with an assertion by the org's clock. */
  Clock: 'clock',
  /** Retry when the rate limit allows it. */
  Limited: 'limited',
  /** Retry after a backoff. */
  Backoff: 'backoff',
  /** Give up. */
  Fail: 'fail',
};

/**
 * The next step after an error of the endpoint. `tried` describes the request: `mayProve`, it had no proof and may have one;
 * `otherProof`, a new proof would differ; `wrongTime`, the clock of its assertion was wrong.
 */
export function next(status, code, tried) {
  switch (code) {
    case 'use_dpop_nonce':
    case 'invalid_dpop_proof':
      if (tried.mayProve) return Next.Prove;
      if (tried.otherProof) return Next.Reprove;
      break;
    case 'invalid_client':
      if (tried.wrongTime) return Next.Clock;
  }
  if (status === 429) return Next.Limited;
  return status >= 500 ? Next.Backoff : Next.Fail;
}

/** Reads an answer: `{ token }`, or `{ status, code, headers, error }`, where `error()` makes a new error each time. */
export async function read(response, { url, attempts, started, waited, secrets, hasProof, mustBind }) {
  const { status, headers } = response;
  const redacted = redactor(secrets);
  const header = (name) => {
    const value = headerOf(headers, name);
    return value === undefined ? undefined : redacted(value);
  };
  const requestId = header('x-okta-request-id');
  const about = () => {
    const shown = redactedHeaders(headers, redacted);
    const meta = responseMeta(status, shown, requestId, url, attempts, now() - started, waited);
    return { status, method: 'POST', path: PATH, ...(requestId && { requestId }), response: meta };
  };
  const place = (code) => `Okta ${status}${code ? ` ${code}` : ''} on POST ${PATH}: `;
  const contentType = header('content-type');
  // Without a snippet of the body, which may begin with a token.
  const unusable = (reason) => ({
    status,
    headers,
    error: () =>
      oktaError('response', place() + REASONS[reason], {
        reason: reason === 'unbound' || reason === 'bound' ? 'shape' : reason,
        ...about(),
        ...(contentType && { contentType }),
      }),
  });

  if (status === 0 || (status >= 300 && status < 400)) return unusable('redirect');
  const body = await readText(response, MAX_BYTES);
  if (body === undefined) return unusable('too-large');
  let json;
  try {
    json = JSON.parse(body);
  } catch {
    json = undefined;
  }
  const given = own(isRecord(json) ? json : undefined);
  const isMarkup = /^[\s\ufeff]*</.test(body);
  if (status >= 200 && status < 300) {
    const token = given.access_token;
    if (json === undefined) return unusable(isMarkup ? 'html' : 'json');
    if (typeof token !== 'string' || !/^[\x21-\x7e]+$/.test(token)) return unusable('shape');
    const isDpop = /^dpop$/i.test(given.token_type);
    if (mustBind && !isDpop) return unusable('unbound');
    if (isDpop && !hasProof) return unusable('bound');
    return { token, isDpop, life: Number(given.expires_in) * 1000, headers };
  }

  const said = (name) => {
    const value = given[name];
    return typeof value === 'string' && value ? redacted(value) : undefined;
  };
  const code = said('error') ?? said('errorCode');
  const summary =
    said('error_description') ??
    said('errorSummary') ??
    code ??
    (isMarkup ? 'an HTML page, not an OAuth error' : 'no OAuth error');
  const errorId = said('errorId');
  const message = place(code) + summary + (requestId ? ` (request ${requestId})` : '');
  const fields = { ...(code && { code }), summary, causes: [], ...(errorId && { errorId }), attempts };
  return {
    status,
    code,
    headers,
    error: () =>
      oktaError(KINDS[status] ?? (status >= 500 ? 'server' : 'api'), message, { ...fields, ...about() }),
  };
}

/** The result of a request without an answer. A refused certificate is final (status 0): a retry would meet it again. */
export function unanswered(failed, url, attempts, secrets) {
  const redacted = redactor(secrets);
  const { code, isCertificate } = connectionFault(failed, url);
  const fields = {
    method: 'POST',
    path: PATH,
    attempts,
    maybeCors: isCrossOrigin(new URL(url).origin),
    retryable: !isCertificate,
    cause: withoutSecrets(failed, redacted),
  };
  const suffix = code ? ` (${redacted(code)})` : '';
  return {
    status: isCertificate ? 0 : 503,
    error: () => oktaError('connection', `no answer of POST ${url}: the network failed${suffix}`, fields),
  };
}

const KINDS = {
  400: 'bad-request',
  401: 'unauthorized',
  403: 'forbidden',
  404: 'not-found',
  409: 'conflict',
  412: 'conflict',
  429: 'rate-limit',
};

const REASONS = {
  html: 'an HTML page instead of a token (a proxy, a login page or a wrong orgUrl)',
  json: 'a body that is not JSON, or is cut off',
  shape: 'JSON without a token',
  unbound: 'a token that is not bound to a key, although dpop is true',
  bound: 'a token that is bound to a key, for a request without a proof',
  'too-large': 'a body far larger than a token',
  redirect: 'a redirect, which is not followed',
};
