import { isBrowser } from 'okta-groups-web/browser.js';
import { oktaError } from '../error-classes.js';
import { own } from '../own.js';
import { CONNECT } from '../connect.js';
import { Hidden } from '../hidden.js';
import { configError, optionsOf } from './base.js';
import { privateKeyOf } from './jws.js';
import { Tokens } from './tokens.js';

const MAKER = 'serviceApp';

/** Makes an `auth` of a service app, which signs in by its own key, without a user. */
export function serviceApp(options) {
  return new ServiceApp(options);
}

/** One object for each client ID in use: all `auth` objects of an app are one credential. */
const apps = new Map();

function appOf(clientId) {
  for (const [id, app] of apps) if (!app.deref()) apps.delete(id);
  const known = apps.get(clientId)?.deref();
  if (known) return known;
  const app = {};
  // Some Workers have no WeakRef; there, each `auth` object is its own credential.
  if (typeof WeakRef !== 'undefined') apps.set(clientId, new WeakRef(app));
  return app;
}

class ServiceApp extends Hidden {
  #app;
  #credential;
  #org;
  /** The tokens by base URL and org: a token of one org is never sent to another. */
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
    if (keyId !== undefined && !isText(keyId)) throw configError(MAKER, 'keyId', 'must be a string');
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

  /** Makes the headers of a request that a program, such as a proxy, sends without a client. */
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

  /** Handles a 401 to headers of {@link authorize}. Returns whether the next headers have another token. */
  invalidate(why, refused, began) {
    return [...this.#orgs.values()].map((tokens) => tokens.invalidate(refused, began)).every(Boolean);
  }

  /** The tokens for a URL of the API. The URL may be that of a proxy in front of `org`. */
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
    // The client itself refuses invalid options.
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
    'auth is a private key, which every visitor of the page can use: use bearer() or dpop() with a token of the ' +
      'user, a proxy of your own, or dangerouslyAllowBrowser',
    { argument: 'auth' },
  );
}

/** The origin of an org, normalised: Okta compares it as text. */
function originOf(org) {
  const url = URL.canParse(String(org)) ? new URL(String(org)) : undefined;
  const isOrigin = url?.protocol.startsWith('http') && url.href === `${url.origin}/`;
  if (!isOrigin)
    throw configError(MAKER, 'org', 'must be the origin of an org, such as https://example.okta.com');
  return url?.origin;
}

/** The `auth` of one client of a service app. */
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

/** The options by which token requests are sent, with the client's defaults. */
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

/** The base URL of an org: a request's URL up to the API's path. The query is cut first, since it may hold that path. */
function baseOf(url) {
  const path = url.split(/[?#]/, 1)[0];
  return path.slice(0, path.lastIndexOf(API));
}
