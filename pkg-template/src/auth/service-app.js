import { isBrowser } from 'okta-groups-web/browser.js';
import { oktaError } from '../error-classes.js';
import { own } from '../own.js';
import { CONNECT } from '../connect.js';
import { Hidden } from '../hidden.js';
import { configError, optionsOf } from './base.js';
import { privateKeyOf } from './jws.js';
import { Tokens } from './tokens.js';

const MAKER = 'serviceApp';

/** A service app: it signs for itself, without a user. */
export function serviceApp(options) {
  return new ServiceApp(options);
}

/** An object for each app in use, by which its `auth` objects are known to be one credential. */
const apps = new Map();

function appOf(clientId) {
  for (const [id, app] of apps) if (!app.deref()) apps.delete(id);
  const known = apps.get(clientId)?.deref();
  if (known) return known;
  const app = {};
  // Some Workers have no WeakRef; there, a credential is an object.
  if (typeof WeakRef !== 'undefined') apps.set(clientId, new WeakRef(app));
  return app;
}

class ServiceApp extends Hidden {
  #app;
  #credential;
  #org;
  /** By the URL where an org is reached, and the org: a token of one is never sent to another. */
  #orgs = new Map();

  constructor(given) {
    super(MAKER);
    const {
      clientId,
      privateKey,
      keyId,
      scopes = ['okta.groups.read'],
      dpop = 'auto',
      org,
    } = optionsOf(MAKER, given, ['clientId', 'privateKey', 'keyId', 'scopes', 'dpop', 'org']);
    const isText = (value) => typeof value === 'string' && /^[\x21-\x7e]+$/.test(value);
    if (!isText(clientId)) throw configError(MAKER, 'clientId', 'must be the id of an app, such as 0oa1…');
    if (keyId !== undefined && !isText(keyId)) throw configError(MAKER, 'keyId', 'must be a text');
    if (!Array.isArray(scopes) || scopes.length === 0 || !scopes.every(isText)) {
      throw configError(MAKER, 'scopes', 'must be an array of scopes, such as okta.groups.read');
    }
    if (dpop !== true && dpop !== false && dpop !== 'auto') {
      throw configError(MAKER, 'dpop', "must be true, false or 'auto'");
    }
    this.#org = org === undefined ? undefined : originOf(org);
    const imported = privateKeyOf(MAKER, privateKey);
    let key;
    this.#app = {
      clientId,
      keyId,
      scope: scopes.join(' '),
      dpop,
      key: () => (key ??= imported()),
    };
    this.#credential = appOf(clientId);
    Object.freeze(this);
  }

  /** The headers for a request that is sent without a client, as a proxy sends it. */
  async authorize({ method = 'GET', url, ...attempt }) {
    if (isBrowser()) throw inPage();
    const known = URL.canParse(url) ? new URL(url) : undefined;
    const isSafe =
      known?.protocol === 'https:' ||
      (known?.protocol === 'http:' && /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(known?.hostname ?? ''));
    if (!isSafe || !known.pathname.includes(API)) {
      throw configError(
        MAKER,
        'url',
        'must be the https URL of a request to the API, with its path from /api/v1/ on',
      );
    }
    const fetch = (url, init) => globalThis.fetch(url, init);
    return this.#tokensOf(known.href).headers(clientOf(own({}), fetch), {
      method,
      url: known.href,
      ...attempt,
    });
  }

  /** Told of a 401 to headers that {@link authorize} gave: whether the next ones have another token. */
  invalidate(why, refused, began) {
    return [...this.#orgs.values()].map((tokens) => tokens.invalidate(refused, began)).every(Boolean);
  }

  /** The tokens for a URL of the API at `org`, which a proxy may stand before. */
  #tokensOf(url, org = this.#org) {
    const base = baseOf(url);
    const key = `${base} ${org ?? ''}`;
    const known = this.#orgs.get(key) ?? new Tokens(this.#app, base, org ?? base);
    this.#orgs.set(key, known);
    return known;
  }

  [CONNECT](given, platform, sameCredential) {
    const options = own(given);
    if (isBrowser() && !options.dangerouslyAllowBrowser) throw inPage();
    const { fetch = platform } = options;
    // What is wrong with the options, the client says.
    if (typeof fetch !== 'function') return {};
    const org = options.org === undefined ? this.#org : originOf(options.org);
    const tokensOf = (url) => this.#tokensOf(url, org);
    const auth = new Connected(clientOf(options, fetch), tokensOf);
    sameCredential(auth, this.#credential);
    return { auth, fetch: (url, init) => tokensOf(url).watched(fetch, url, init) };
  }
}

function inPage() {
  return oktaError(
    'config',
    'auth is a private key, and whoever opens the page can use it: use bearer() or dpop() with a token of the ' +
      'user, a proxy of your own, or dangerouslyAllowBrowser',
    { argument: 'auth' },
  );
}

/** The origin of an org. Okta compares the text, so that it is written as Okta does. */
function originOf(org) {
  const url = URL.canParse(String(org)) ? new URL(String(org)) : undefined;
  const isOrigin = url?.protocol.startsWith('http') && url.href === `${url.origin}/`;
  if (!isOrigin)
    throw configError(MAKER, 'org', 'must be the origin of an org, such as https://example.okta.com');
  return url?.origin;
}

/** A service app as one client uses it. */
class Connected extends Hidden {
  #client;
  #tokensOf;
  #tokens;

  constructor(client, tokensOf) {
    super(MAKER);
    this.#client = client;
    this.#tokensOf = tokensOf;
  }

  async authorize(request) {
    this.#tokens = this.#tokensOf(request.url);
    return this.#tokens.headers(this.#client, request);
  }

  invalidate(why, refused, began) {
    return this.#tokens.invalidate(refused, began);
  }
}

/** How a client reaches its org, with the defaults of its options. */
function clientOf({ fetchOptions, userAgent, onEvent, timeout = 30_000, retry = {} }, fetch) {
  const { maxAttempts = 4, baseDelay = 500, maxDelay = 20_000, maxRateLimitWait = 90_000 } = own(retry);
  const limits = {
    timeout,
    maxAttempts: retry === false ? 1 : maxAttempts,
    baseDelay,
    maxDelay,
    maxRateLimitWait,
  };
  return { fetch, fetchOptions, userAgent, onEvent, limits };
}

const API = '/api/v1/';

/** Where the org is reached: a request's URL up to the API's path, of which ids and queries hold no part. */
function baseOf(url) {
  const path = url.split(/[?#]/, 1)[0];
  return path.slice(0, path.lastIndexOf(API));
}
