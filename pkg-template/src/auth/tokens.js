// The tokens of a service app at one org: sends token requests, shares each among all waiting calls, and renews a token
// before it expires. token-answer.js decides what an answer means.
import { now } from 'okta-groups-web/clock.js';
import { headerOf } from 'okta-groups-web/body.js';
import { requestInit } from '../request-init.js';
import { tell } from '../tell.js';
import { isOktaError } from '../error-classes.js';
import { Kept, Question, pause, renewAt } from '../flight.js';
import { signed } from './jws.js';
import { API, Clock, Proofs, TOKENS } from './proofs.js';
import { Next, PATH, next, read, unanswered } from './token-answer.js';

/** A failed renewal is not retried for this time, while the old token is valid. */
const RESPITE_MS = 5_000;
/** The life of an assertion. Okta allows an hour; assertions have no `iat`, so the clock may be off by nearly an hour. */
const ASSERTION_S = 300;

export class Tokens {
  #app;
  /** The URL that requests go to, and the org's own; they differ behind a proxy. */
  #base;
  #org;
  #clock = new Clock();
  #proofs;
  #kept = new Kept();
  #question = new Question();
  #limited;

  /**
   * `app` is `{ clientId, key, keyId, scope, dpop }`; `key()` imports the key that signs. Requests go to `base`; assertions
   * and proofs name `org`.
   */
  constructor(app, base, org) {
    this.#app = app;
    this.#base = base;
    this.#org = org;
    if (app.dpop === true) this.#prove();
  }

  /** Makes the headers that authenticate a request. `client` has the options by which token requests are sent. */
  async headers(client, { method, url, ...attempt }) {
    const { token, isDpop } = await this.#get(client, attempt);
    if (!isDpop) return { authorization: `Bearer ${token}` };
    // The URL that Okta receives: a proxy replaces its own base by the org.
    const htu = this.#org + url.slice(this.#base.length);
    return { authorization: `DPoP ${token}`, dpop: await this.#proofs.proof(API, method, htu, token) };
  }

  /**
   * Handles a 401 to these headers in a call that began at `began`. Returns whether the next headers have another token or
   * proof.
   */
  invalidate(refused, began = now()) {
    if (this.#proofs?.isAbout(refused)) return true;
    const { current } = this.#kept;
    if (!current || !refused.authorization.endsWith(` ${current.token}`)) return true;
    return this.#kept.refuse(began);
  }

  /** Sends an API request by `fetch`, and learns from the answer to its proof. */
  async watched(fetch, url, init) {
    return this.#proofs ? this.#proofs.watched(fetch)(url, init) : fetch(url, init);
  }

  #prove() {
    this.#proofs = new Proofs(this.#clock);
  }

  async #get(client, attempt) {
    const current = this.#kept.for(attempt.began ?? now());
    return current ?? this.#question.join((signal) => this.#renew(client, signal), attempt);
  }

  /** The current token, if it is valid and not refused. */
  #good() {
    const { current } = this.#kept;
    return current?.ends > Date.now() && !current.isRefused ? current : undefined;
  }

  async #renew(client, signal) {
    const kept = this.#kept;
    const { current: old, reason } = kept;
    // After a 401 the client itself sends the event.
    if (client.onEvent && reason !== 'unauthorized') tell(client.onEvent, { type: 'token', reason });
    const started = Date.now();
    try {
      const { token, isDpop, life } = await this.#ask(client, signal);
      const ends = life > 0 ? started + life : Infinity;
      kept.give({ token, isDpop, ends, renewAt: renewAt(started, ends), isOver: ends <= Date.now() }, reason);
      return kept.current;
    } catch (failed) {
      // The renewal failed, but the old token is still valid.
      if (this.#good() && kept.current === old && typeof failed === 'function') {
        old.renewAt = Math.min(old.ends, Date.now() + RESPITE_MS);
        return old;
      }
      if (!signal.aborted) kept.fail(failed);
      throw failed;
    }
  }

  /** Sends token requests until one succeeds. Throws a function that makes the error, so that each call gets its own. */
  async #ask(client, signal) {
    const { timeout, maxAttempts, baseDelay, maxDelay, maxRateLimitWait } = client.limits;
    const started = now();
    const done = new Set();
    let failures = 0;
    let waited = 0;
    // While the old token is valid, a failed renewal is not waited for: calls use the old token.
    const isUrgent = !this.#good();
    const wait = async (delay, error) => {
      // Not past the timeout: the waiting attempt would fail with a timeout, which says less than this error.
      if (!isUrgent || now() - started + delay > timeout) throw error;
      await pause(delay, signal);
      waited += delay;
    };
    if (this.#limited) {
      const { until, error } = this.#limited;
      const left = until - now();
      if (left > 0) await wait(left, error);
      this.#limited = undefined;
    }
    for (let attempts = 1; ; attempts++) {
      const answer = await this.#send(client, signal, { attempts, started, waited });
      if (answer.token) return answer;
      const { status, code, headers, error, tried } = answer;
      const then = next(status, code, tried);
      if (then === Next.Fail || done.has(then)) throw error;
      if (then !== Next.Limited && then !== Next.Backoff) {
        done.add(then);
        if (then === Next.Prove) this.#prove();
        continue;
      }
      const backoff = Math.random() * Math.min(maxDelay, baseDelay * 2 ** failures);
      const delay = Math.max(
        then === Next.Limited ? (untilReset(headers) ?? backoff) : backoff,
        asked(headers),
      );
      if (then === Next.Limited) this.#limited = { until: now() + delay, error };
      if (++failures >= maxAttempts || (then === Next.Limited && delay > maxRateLimitWait)) throw error;
      await wait(delay, error);
      this.#limited = undefined;
    }
  }

  async #send(client, signal, progress) {
    const { clientId, key: keyOf, keyId, scope, dpop } = this.#app;
    const { key, alg, kid } = await keyOf();
    const [url, issued] = [this.#base + PATH, this.#org + PATH];
    const exp = this.#clock.seconds() + ASSERTION_S;
    const claims = { iss: clientId, sub: clientId, aud: issued, exp, jti: crypto.randomUUID() };
    const assertion = await signed({ alg, kid: keyId ?? kid }, claims, key);
    const proof = await this.#proofs?.proof(TOKENS, 'POST', issued);
    const headers = new Headers({
      accept: 'application/json',
      'content-type': 'application/x-www-form-urlencoded',
      ...(client.userAgent && { 'user-agent': client.userAgent }),
      ...(proof && { dpop: proof }),
    });
    const body = new URLSearchParams({
      grant_type: 'client_credentials',
      scope,
      client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
      client_assertion: assertion,
    }).toString();
    const init = requestInit(client.fetchOptions, { method: 'POST', headers, body, signal });
    signal.throwIfAborted();
    const secrets = [assertion, proof ?? ''].flatMap((jws) => [jws, ...jws.split('.')]).filter(Boolean);
    let answer;
    try {
      const response = await client.fetch(url, init);
      const told = { url, ...progress, secrets, hasProof: Boolean(proof), mustBind: dpop === true };
      answer = await read(response, told);
    } catch (cause) {
      signal.throwIfAborted();
      if (isOktaError(cause)) throw cause;
      return { ...unanswered(cause, url, progress.attempts, secrets), tried: {} };
    }
    const otherProof = proof && this.#proofs.heard(TOKENS, answer.headers, proof);
    this.#clock.learn(answer.headers);
    const wrongTime = this.#clock.isAway(exp - ASSERTION_S);
    return { ...answer, tried: { mayProve: !proof && dpop === 'auto', otherProof, wrongTime } };
  }
}

/**
 * The time until the endpoint's rate limit resets, by its own clock, plus up to a second at random, since other programs
 * wait for it, too. `undefined` for a concurrency limit, which has no reset.
 */
function untilReset(headers) {
  const isConcurrency = number(headers, 'x-rate-limit-limit') === 0;
  // The header has whole seconds, rounded down.
  const left =
    (number(headers, 'x-rate-limit-reset') + 1) * 1000 - Date.parse(headerOf(headers, 'date') ?? '');
  return Number.isFinite(left) && !isConcurrency ? Math.max(left, 0) + 1000 * Math.random() : undefined;
}

/** The wait in `Retry-After`, in milliseconds. */
function asked(headers) {
  return number(headers, 'retry-after') * 1000 || 0;
}

function number(headers, name) {
  const text = headerOf(headers, name);
  return text ? Number(text) : NaN;
}
