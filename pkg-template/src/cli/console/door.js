// Decides which browsers may use the console's server: a link of the command is exchanged once for a cookie.
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';

const OPEN = '/console/open/';

/**
 * Each link works once: it is exchanged for a cookie, and the command prints the next link. So a link in a browser's
 * history, a log or a list of processes opens nothing later. A second browser uses the next link.
 */
export class Door {
  #link = secret();
  #cookie = secret();
  #name;

  /** The cookie's name has the port: browsers send cookies to all ports of a host. @param {number} port */
  constructor(port) {
    this.#name = `okta_groups_console_${port}`;
  }

  /** The path of the link that works next. */
  get path() {
    return OPEN + this.#link;
  }

  isLink(path) {
    return path.startsWith(OPEN);
  }

  /** Exchanges the current link for its cookie and makes the next link. Any other path gets no cookie. */
  opened(path) {
    if (!same(path.slice(OPEN.length), this.#link)) return undefined;
    this.#link = secret();
    return `${this.#name}=${this.#cookie}; HttpOnly; SameSite=Strict; Path=/`;
  }

  /** Whether the header `Cookie` has this run's cookie. Servers at other ports may have set cookies of the same name. */
  knows(cookies = '') {
    const start = `${this.#name}=`;
    return cookies
      .split(';')
      .map((each) => each.trim())
      .some((each) => each.startsWith(start) && same(each.slice(start.length), this.#cookie));
  }
}

const secret = () => randomBytes(32).toString('base64url');

/** Compares in constant time, so that the time does not show where two texts differ. */
const same = (a, b) => timingSafeEqual(hashed(a), hashed(b));
const hashed = (text) => createHash('sha256').update(text).digest();
