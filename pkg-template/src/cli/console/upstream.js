// The org behind the console's proxy: holds the credential, which this process sends to the org only, and forwards requests.
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { bearer, isOktaError, ssws } from 'okta-groups';
import { explained } from '../errors.js';
import { Refusal, badGateway, malformed, signedOut } from './refusal.js';

const SENT = ['accept', 'content-type', 'x-okta-retry-for', 'x-okta-retry-count'];
/** The headers that the client reads. */
const ANSWERED = [
  'content-type',
  'date',
  'link',
  'retry-after',
  'www-authenticate',
  'x-okta-request-id',
  'x-rate-limit-limit',
  'x-rate-limit-remaining',
  'x-rate-limit-reset',
];
/** The method that connects an `auth` to the org: see `connect.js` of the package. */
const CONNECT = Symbol.for('okta-groups.connect');

export class Upstream {
  #base;
  #fetch;
  #fetchOptions;
  #userAgent;
  /** @type {{ auth: any, fetch: any, renews?: boolean, scopes?: string[] | undefined } | undefined} */
  #signedIn;

  /**
   * @param {{ orgUrl: string, fetch?: any, fetchOptions?: any, userAgent: string }} options `orgUrl` may have the path
   * of another proxy
   */
  constructor({ orgUrl, fetch, fetchOptions, userAgent }) {
    const url = new URL(orgUrl);
    this.#base = url.origin + url.pathname.replace(/\/+$/, '');
    this.#fetch = fetch ?? ((url, init) => globalThis.fetch(url, init));
    this.#fetchOptions = fetchOptions;
    this.#userAgent = userAgent;
  }

  /** The origin of the org. */
  get org() {
    return new URL(this.#base).origin;
  }

  get isSignedIn() {
    return this.#signedIn !== undefined;
  }

  /** The scopes of the credential, if they are known here. */
  get scopes() {
    return this.#signedIn?.scopes;
  }

  /** Signs in as a service app. @param {any} app */
  signInAs(app, scopes) {
    const options = { fetch: this.#fetch, fetchOptions: this.#fetchOptions, userAgent: this.#userAgent };
    const { auth, fetch } = app[CONNECT](options, this.#fetch, () => {});
    this.#signedIn = { auth, fetch, renews: true, scopes };
  }

  /**
   * Signs in with a token, by a function that returns it: the package would keep a token text in a list.
   * @param {'ssws' | 'bearer'} kind
   * @param {string} token
   */
  async signIn(kind, token) {
    const auth = /** @type {any} */ (kind === 'bearer' ? bearer : ssws)(() => token);
    try {
      await auth.authorize({ method: 'GET', url: this.#base });
    } catch (error) {
      if (!isOktaError(error)) throw error;
      throw malformed(explained(error)[0]);
    }
    this.#signedIn = { auth, fetch: this.#fetch, scopes: kind === 'bearer' ? scopesOf(token) : undefined };
  }

  /** Drops the credential. Requests in progress are not aborted, since a write may already have run. */
  forget() {
    this.#signedIn = undefined;
  }

  /**
   * Forwards a request to the org and streams the answer to the page. The request is aborted if the page disconnects.
   * @param {{ method: string, target: string, headers: any, body: Buffer, signal: AbortSignal }} request
   * @param {import('node:http').ServerResponse} response
   */
  async forward({ method, target, headers, body, signal }, response) {
    const url = this.#base + target;
    const sent = Object.fromEntries(
      SENT.flatMap((name) => (typeof headers[name] === 'string' ? [[name, headers[name]]] : [])),
    );
    const answer = await this.#answer({
      method,
      url,
      headers: { ...sent, 'user-agent': this.#userAgent },
      ...(method !== 'GET' && body.length > 0 && { body }),
      signal,
    });
    const { status } = answer;
    if (status < 200 || (status >= 300 && status < 400)) {
      await answer.body?.cancel();
      throw badGateway(`${this.org} answered with a redirect (${status}); the console does not follow it`);
    }
    for (const name of ANSWERED) {
      const value = answer.headers.get(name);
      // A challenge of another scheme, such as Basic, would make the browser show its password dialog.
      if (value === null || (name === 'www-authenticate' && !/^(?:bearer|dpop)\b/i.test(value))) continue;
      response.setHeader(name, value);
      // The org's `Date` replaces Node's: the client reads the rate limit by the org's clock.
      if (name === 'date') response.sendDate = false;
    }
    response.writeHead(status);
    if (!answer.body) return response.end();
    await pipeline(Readable.fromWeb(answer.body), response, { signal });
  }

  /** Sends a request. If the org refuses a service app's token or proof (401), sends it once more with new ones. */
  async #answer(request) {
    const began = performance.now();
    const signedIn = this.#signedIn;
    for (let attempt = 1; ; attempt += 1) {
      if (!signedIn || signedIn !== this.#signedIn)
        throw signedOut('the console is not signed in to the org');
      const { auth, fetch, renews } = signedIn;
      const { method, url, signal } = request;
      let answer;
      let proof;
      try {
        proof = await auth.authorize({ method, url, signal, attempt, began });
        const headers = { ...request.headers, ...proof };
        answer = await fetch(url, {
          ...this.#fetchOptions,
          ...request,
          headers,
          redirect: 'manual',
          credentials: 'omit',
        });
      } catch (error) {
        throw signal.aborted ? error : unreached(error, this.org);
      }
      if (answer.status !== 401 || !renews || attempt > 2) return answer;
      if (!auth.invalidate('unauthorized', proof, began)) return answer;
      await answer.body?.cancel();
    }
  }
}

/** The error for the page if the org did not answer. */
function unreached(error, org) {
  if (isOktaError(error)) {
    const { kind, status, retryAfterMs } = /** @type {any} */ (error);
    const [words] = explained(error);
    if (kind === 'rate-limit') {
      const seconds = String(Math.ceil((retryAfterMs ?? 1000) / 1000));
      return new Refusal(429, 'E0000047', words, { 'retry-after': seconds });
    }
    // The org refused a token to the service app.
    const isRefused = kind === 'config' || (status >= 400 && status < 500);
    return isRefused ? signedOut(words) : badGateway(words);
  }
  let root = error;
  for (let depth = 0; root?.cause && depth < 5; depth++) root = root.cause;
  // The error's message may quote the request; its code is one of Node's.
  return badGateway(`the console could not reach ${org}${root?.code ? `: ${root.code}` : ''}`);
}

/** The scopes of Okta's access token, which is a JWT; `undefined` for any other token. */
function scopesOf(token) {
  try {
    const { scp } = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString());
    const isScope = (each) => typeof each === 'string' && /^[\w.:-]{1,100}$/.test(each);
    return Array.isArray(scp) && scp.every(isScope) ? scp : undefined;
  } catch {
    return undefined;
  }
}
