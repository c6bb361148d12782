// Who is asking. A token lives in a private field only: neither inspection nor JSON shows it.
import { oktaError } from '../../src/web/errors.js';
import { sameCredential } from '../../src/web/host.js';
import { Question, renewAt } from './flight.js';
import { Hidden } from './hidden.js';

/** `Authorization: Bearer …`: an OAuth 2.0 access token of the org's own authorization server. */
export function bearer(token) {
  return new TokenAuth('bearer', 'Bearer', token);
}

/** `Authorization: SSWS …`: an API token. It carries its owner's rights, so it belongs on servers only. */
export function ssws(token) {
  return new TokenAuth('ssws', 'SSWS', token);
}

/** Those of a fixed token, as long as they are in use, so that two of the same token are known to be one credential. */
const fixed = new Set();

export class TokenAuth extends Hidden {
  #scheme;
  #source;
  #current;
  #question = new Question();
  #reason = 'first';

  constructor(kind, scheme, source) {
    super(kind);
    this.#scheme = scheme;
    if (typeof source === 'function') this.#source = source;
    else {
      try {
        this.#current = { token: checked(kind, source), renewAt: Infinity };
      } catch (/** @type {any} */ make) {
        throw make();
      }
      this.#join();
    }
    Object.freeze(this);
  }

  #join() {
    // Some Workers have no WeakRef; there, a credential is an object.
    if (typeof WeakRef === 'undefined') return;
    let other;
    for (const entry of fixed) {
      const auth = entry.deref();
      if (!auth) fixed.delete(entry);
      else if (auth.#scheme === this.#scheme && auth.#current.token === this.#current.token) other = auth;
    }
    if (other) sameCredential(this, other);
    fixed.add(new WeakRef(this));
  }

  async authorize(attempt) {
    let current = this.#current;
    if (this.#source && !(current?.renewAt > Date.now())) {
      // Not read from the field: a 401 to another call may have emptied that by now.
      current = await this.#question.join((signal) => this.#renew(signal), attempt);
    }
    return { authorization: this.#header(current) };
  }

  #header({ token }) {
    return `${this.#scheme} ${token}`;
  }

  /** Told of a 401 to these headers: whether asking again may help. A newer token than theirs is kept. */
  invalidate(why, { authorization }) {
    if (!this.#source) return false;
    if (this.#current && this.#header(this.#current) === authorization) {
      this.#current = undefined;
      this.#reason = 'unauthorized';
    }
    return true;
  }

  async #renew(signal) {
    const reason = this.#current ? 'expiring' : this.#reason;
    const began = Date.now();
    const given = await this.#source({ reason, signal });
    const { token, expiresAt = Infinity } =
      typeof given === 'object' && given ? given : { token: given, expiresAt: Infinity };
    // A time of no use would have a token asked for with each call. The first one here is in 2001.
    if (!(Number(expiresAt) > 1e12)) {
      throw wrong(this.kind, 'expiresAt must be a Date, or milliseconds since 1970');
    }
    const until = renewAt(began, Number(expiresAt));
    const renewed = { token: checked(this.kind, token), renewAt: until };
    // Where nobody waits for it any more, there may be a newer one.
    if (!signal.aborted) this.#current = renewed;
    return (this.#current ??= renewed);
  }
}

/** Makes an error, as often as it is called, that says what is wrong, and never with what. */
function wrong(kind, reason) {
  return () => oktaError('config', `${kind}: ${reason}`, { argument: 'auth' });
}

/**
 * A token, less the newline that files and shells end it with. Throws what makes an error. `fault` of Rust's `auth.rs`
 * decides the same: a table of fixtures holds the two equal.
 */
function checked(kind, token) {
  const refuse = (reason) => {
    throw wrong(kind, `the token ${reason}`);
  };
  if (typeof token !== 'string') refuse(`must be a string, not ${token === null ? 'null' : typeof token}`);
  const text = token.replace(/\r?\n$/, '');
  if (text === '') refuse('is empty');
  // Files of environment variables leave them around values.
  if (/^["'`]|["'`]$/.test(text)) refuse('is in quotes, which must be left out');
  if (/^(ssws|bearer|dpop) /i.test(text)) refuse('begins with its scheme, which is to be left out');
  if (!/^[\x21-\x7e]+$/.test(text)) refuse('holds a character that no token has (a blank, a line break, …)');
  return text;
}
