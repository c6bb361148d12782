// The tokens of a service app at one org: asked for once for all who wait, before the old one ends.
import { now } from 'okta-groups-web/clock.js';
import { headerOf } from 'okta-groups-web/body.js';
import { requestInit } from '../request-init.js';
import { tell } from '../tell.js';
import { isOktaError } from '../error-classes.js';
import { Kept, Question, pause, renewAt } from '../flight.js';
import { signed } from './jws.js';
import { API, Clock, Proofs, TOKENS } from './proofs.js';
import { Next, PATH, next, read, unanswered } from './token-answer.js';

/** A failure to renew is not tried again for so long, while the old token is good. */
const RESPITE_MS = 5_000;
/** How long an assertion is good. Okta allows an hour; `iat` is left out, so that a clock may be off by as much. */
const ASSERTION_S = 300;

export class Tokens {
  #app;
  /** Where the org is reached, and where it is: not the same behind a proxy. */
  #base;
  #org;
  #clock = new Clock();
  #proofs;
  #kept = new Kept();
  #question = new Question();
  #limited;

  /**
   * `app` is `{ clientId, key, keyId, scope, dpop }`, of which `key()` gives the key to sign with; requests go to `base`,
   * and assertions and proofs name `org`.
   */
  constructor(app, base, org) {
    this.#app = app;
    this.#base = base;
    this.#org = org;
    if (app.dpop === true) this.#prove();
  }

  /** The headers that prove a request. `client` is how the client that sends it reaches the org. */
  async headers(client, { method, url, ...attempt }) {
    const { token, isDpop } = await this.#get(client, attempt);
    if (!isDpop) return { authorization: `Bearer ${token}` };
    // The URL that Okta gets: a proxy sends the request on to the org, without the prefix that it has there.
    const htu = this.#org + url.slice(this.#base.length);
    return { authorization: `DPoP ${token}`, dpop: await this.#proofs.proof(API, method, htu, token) };
  }

  /**
   * Told of a 401 to these headers, of a call that began then: whether the next ones have another token than theirs, or
   * another proof.
   */
  invalidate(refused, began = now()) {
    if (this.#proofs?.isAbout(refused)) return true;
    const { current } = this.#kept;
    if (!current || !refused.authorization.endsWith(` ${current.token}`)) return true;
    return this.#kept.refuse(began);
  }

  /** `fetch` for the API's requests. */
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

  /** The token that is there, while it is good. */
  #good() {
    const { current } = this.#kept;
    return current?.ends > Date.now() && !current.isRefused ? current : undefined;
  }

  async #renew(client, signal) {
    const kept = this.#kept;
    const { current: old, reason } = kept;
    // The client itself tells of what follows a 401.
    if (client.onEvent && reason !== 'unauthorized') tell(client.onEvent, { type: 'token', reason });
    const started = Date.now();
    try {
      const { token, isDpop, life } = await this.#ask(client, signal);
      const ends = life > 0 ? started + life : Infinity;
      kept.give({ token, isDpop, ends, renewAt: renewAt(started, ends), isOver: ends <= Date.now() }, reason);
      return kept.current;
    } catch (failed) {
      // The old token is as good as it was.
      if (this.#good() && kept.current === old && typeof failed === 'function') {
        old.renewAt = Math.min(old.ends, Date.now() + RESPITE_MS);
        return old;
      }
      if (!signal.aborted) kept.fail(failed);
      throw failed;
    }
  }

  /** Asks until there is a token. Throws a function that makes the error, so that each who waits has one. */
  async #ask(client, signal) {
    const { timeout, maxAttempts, baseDelay, maxDelay, maxRateLimitWait } = client.limits;
    const started = now();
    const done = new Set();
    let failures = 0;
    let waited = 0;
    // While the old token is good, nobody is made to wait for the next.
    const isUrgent = !this.#good();
    const wait = async (delay, error) => {
      // The attempt that waits for the token would time out, and tell less.
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
 * Until the endpoint's rate limit ends, by its own clock, and a little at random: others wait for it too. A limit of
 * requests at the same time has no such end.
 */
function untilReset(headers) {
  const isConcurrency = number(headers, 'x-rate-limit-limit') === 0;
  // Cut to the second.
  const left =
    (number(headers, 'x-rate-limit-reset') + 1) * 1000 - Date.parse(headerOf(headers, 'date') ?? '');
  return Number.isFinite(left) && !isConcurrency ? Math.max(left, 0) + 1000 * Math.random() : undefined;
}

/** What the endpoint asks to wait. */
function asked(headers) {
  return number(headers, 'retry-after') * 1000 || 0;
}

function number(headers, name) {
  const text = headerOf(headers, name);
  return text ? Number(text) : NaN;
}
