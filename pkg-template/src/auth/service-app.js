import { isBrowser } from '../../../src/web/host.js';
import { oktaError } from '../../../src/web/errors.js';
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
  /** By the URL of the org: a token of one is never sent to another. */
  #orgs = new Map();

  constructor(given) {
    super(MAKER);
    const {
      clientId,
      privateKey,
      keyId,
      scopes = ['okta.groups.read'],
      dpop = 'auto',
    } = optionsOf(MAKER, given, ['clientId', 'privateKey', 'keyId', 'scopes', 'dpop']);
    const isText = (value) => typeof value === 'string' && /^[\x21-\x7e]+$/.test(value);
    if (!isText(clientId)) throw configError(MAKER, 'clientId', 'must be the id of an app, such as 0oa1…');
    if (keyId !== undefined && !isText(keyId)) throw configError(MAKER, 'keyId', 'must be a text');
    if (!Array.isArray(scopes) || scopes.length === 0 || !scopes.every(isText)) {
      throw configError(MAKER, 'scopes', 'must be an array of scopes, such as okta.groups.read');
    }
    if (dpop !== true && dpop !== false && dpop !== 'auto') {
      throw configError(MAKER, 'dpop', "must be true, false or 'auto'");
    }
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

  authorize() {
    throw configError(MAKER, 'auth', 'proves the requests of a client: new OktaGroups({ auth })');
  }

  [CONNECT](given, platform, sameCredential) {
    const options = own(given);
    if (isBrowser() && !options.dangerouslyAllowBrowser) {
      throw oktaError(
        'config',
        'auth is a private key, and whoever opens the page can use it: use bearer() or dpop() with a token of the ' +
          'user, a proxy of your own, or dangerouslyAllowBrowser',
        { argument: 'auth' },
      );
    }
    const { fetch = platform } = options;
    // What is wrong with the options, the client says.
    if (typeof fetch !== 'function') return {};
    const tokensOf = (url) => {
      const base = baseOf(url);
      const known = this.#orgs.get(base) ?? new Tokens(this.#app, base);
      this.#orgs.set(base, known);
      return known;
    };
    const auth = new Connected(clientOf(options, fetch), tokensOf);
    sameCredential(auth, this.#credential);
    return { auth, fetch: (url, init) => tokensOf(url).watched(fetch, url, init) };
  }
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

  invalidate(why, refused) {
    this.#tokens.invalidate(refused);
    return true;
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

/** The org's URL, as the client reads it: a request's up to the API's path, of which ids and queries hold no part. */
function baseOf(url) {
  const path = url.split('?', 1)[0];
  return path.slice(0, path.lastIndexOf('/api/v1/'));
}
