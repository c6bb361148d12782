import { own } from '../own.js';
import { CONNECT } from '../connect.js';
import { Hidden } from '../hidden.js';
import { configError, optionsOf } from './base.js';

const MAKER = 'session';

/** Makes an `auth` of the cookies of the user who is signed in to the org. */
export function session(options = {}) {
  return new SessionAuth(options);
}

class SessionAuth extends Hidden {
  #xsrfToken;

  constructor(given) {
    super(MAKER);
    const { xsrfToken = fromPage } = optionsOf(MAKER, given, ['xsrfToken']);
    if (typeof xsrfToken !== 'function') throw configError(MAKER, 'xsrfToken', 'must be a function');
    this.#xsrfToken = xsrfToken;
    Object.freeze(this);
  }

  async authorize({ method, url }) {
    // Reads need no token, and the header would cost a page of another origin a CORS preflight.
    const token = method === 'GET' ? undefined : await this.#xsrfToken(url);
    return token ? { 'x-okta-xsrftoken': token } : {};
  }

  [CONNECT](options, platform) {
    const { fetch = platform } = own(options);
    if (typeof fetch !== 'function') return {};
    return {
      fetch: (url, init) => fetch(url, { __proto__: null, ...init, credentials: 'include' }),
    };
  }
}

/** Reads the token from an element of the org's own pages, which Okta does not document. */
function fromPage(url) {
  if (typeof document !== 'object' || location.origin !== new URL(url).origin) return undefined;
  return document.getElementById('_xsrfToken')?.textContent?.trim();
}
