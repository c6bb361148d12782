// The org behind the console's proxy: the credential, which never leaves this process but to the org, and the requests.
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
/** By which an `auth` is told how requests reach the org: see `connect.js` of the package. */
const CONNECT = Symbol.for('okta-groups.connect');

export class Upstream {
  #base;
  #fetch;
  #fetchOptions;
  #userAgent;
  /** @type {{ auth: any, fetch: any, renews?: boolean, scopes?: string[] | undefined } | undefined} */
  #signedIn;

  /**
   * @param {{ orgUrl: string, fetch?: any, fetchOptions?: any, userAgent: string }} options `orgUrl` may have a path: that
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

  /** What the credential may do, if that is known here. */
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
   * Signs in with a token. It is given by a function: the package keeps a list of the tokens that it is given as texts.
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

  /** Drops the credential. What is on its way to the org is not called back: a write may have run. */
  forget() {
    this.#signedIn = undefined;
  }

  /**
   * Sends a request to the org and its answer to the page. The answer streams. The page that goes away ends the request.
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
      throw badGateway(`${this.org} answered with a redirect (${status}); the console follows none`);
    }
    for (const name of ANSWERED) {
      const value = answer.headers.get(name);
      // A browser would ask for a password by another scheme than those of tokens.
      if (value === null || (name === 'www-authenticate' && !/^(?:bearer|dpop)\b/i.test(value))) continue;
      response.setHeader(name, value);
      // The client reads the rate limit by the org's clock.
      if (name === 'date') response.sendDate = false;
    }
    response.writeHead(status);
    if (!answer.body) return response.end();
    await pipeline(Readable.fromWeb(answer.body), response, { signal });
  }

  /** The answer to a request. A service app's token or proof may be over: then the request goes once more with new ones. */
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

/** No answer of the org: the error that the page gets in place of one. */
function unreached(error, org) {
  if (isOktaError(error)) {
    const { kind, status, retryAfterMs } = /** @type {any} */ (error);
    const [words] = explained(error);
    if (kind === 'rate-limit') {
      const seconds = String(Math.ceil((retryAfterMs ?? 1000) / 1000));
      return new Refusal(429, 'E0000047', words, { 'retry-after': seconds });
    }
    // The org gave no token to a service app.
    const isRefused = kind === 'config' || (status >= 400 && status < 500);
    return isRefused ? signedOut(words) : badGateway(words);
  }
  let root = error;
  for (let depth = 0; root?.cause && depth < 5; depth++) root = root.cause;
  // Its message may hold what was sent; its code is a name of Node's.
  return badGateway(`the console could not reach ${org}${root?.code ? `: ${root.code}` : ''}`);
}

/** The scopes of an access token of Okta's, which is a JWT; of another kind of token they are not known. */
function scopesOf(token) {
  try {
    const { scp } = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString());
    const isScope = (each) => typeof each === 'string' && /^[\w.:-]{1,100}$/.test(each);
    return Array.isArray(scp) && scp.every(isScope) ? scp : undefined;
  } catch {
    return undefined;
  }
}
