import { own } from '../own.js';
import { CONNECT } from '../connect.js';
import { Hidden } from '../hidden.js';
import { configError, optionsOf } from './base.js';

const MAKER = 'session';

/** The cookies of whoever is signed in to the org. */
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
    // Reading needs none; and a page at another origin would have to ask first whether it may send the header.
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

/** The org's own pages hold it in an element, which Okta does not document. */
function fromPage(url) {
  if (typeof document !== 'object' || location.origin !== new URL(url).origin) return undefined;
  return document.getElementById('_xsrfToken')?.textContent?.trim();
}
