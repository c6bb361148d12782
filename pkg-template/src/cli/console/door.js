// The console's server answers a browser that opened a link of the command: the link is exchanged for a cookie.
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';

const OPEN = '/console/open/';

/**
 * A link opens the console once: it is exchanged for a cookie, and the next link is printed. A link that stays in the
 * history of a browser, in a log or in a list of processes opens nothing later, and a second browser has a link of its own.
 */
export class Door {
  #link = secret();
  #cookie = secret();
  #name;

  /** Browsers send a cookie to every port of a host: two consoles need two names. @param {number} port */
  constructor(port) {
    this.#name = `okta_groups_console_${port}`;
  }

  /** The path of the link that opens the console next. */
  get path() {
    return OPEN + this.#link;
  }

  isLink(path) {
    return path.startsWith(OPEN);
  }

  /** Uses a link up. Gives the cookie for it, if it is the one that opens. */
  opened(path) {
    if (!same(path.slice(OPEN.length), this.#link)) return undefined;
    this.#link = secret();
    return `${this.#name}=${this.#cookie}; HttpOnly; SameSite=Strict; Path=/`;
  }

  /** Whether the header `Cookie` holds the run's cookie. A server at another port may have set others of its name. */
  knows(cookies = '') {
    const start = `${this.#name}=`;
    return cookies
      .split(';')
      .map((each) => each.trim())
      .some((each) => each.startsWith(start) && same(each.slice(start.length), this.#cookie));
  }
}

const secret = () => randomBytes(32).toString('base64url');

/** Compares in a time that says nothing of where two texts differ. */
const same = (a, b) => timingSafeEqual(hashed(a), hashed(b));
const hashed = (text) => createHash('sha256').update(text).digest();
