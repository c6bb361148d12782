// Who is asking. A token lives in a private field only: neither inspection nor JSON shows it.
import { now } from 'okta-groups-web/clock.js';
import { oktaError } from './error-classes.js';
import { sameCredential } from './credential.js';
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

/** What stands for each fixed token, by scheme and token, as long as it is in use: two of the same are one credential. */
const fixed = new Map();
/** With so many entries it is time to look for those that are not in use any more. */
let full = 8;

/** The one object of a fixed token. A new token costs no more where many are in use. */
function shared(scheme, token) {
  // Some Workers have no WeakRef; there, each is a credential of its own.
  if (typeof WeakRef === 'undefined') return { token };
  const name = `${scheme} ${token}`;
  let found = fixed.get(name)?.deref();
  if (!found) {
    if (fixed.size >= full) {
      for (const [other, entry] of fixed) if (!entry.deref()) fixed.delete(other);
      full = Math.max(8, 2 * fixed.size);
    }
    found = { token };
    fixed.set(name, new WeakRef(found));
  }
  return found;
}

export class TokenAuth extends Hidden {
  #scheme;
  #source;
  #current;
  #question = new Question();
  /** When the source gave the token there is. */
  #given = -1;
  /** When it gave the last one in place of a refused one. */
  #renewed = -1;
  #failed;

  constructor(kind, scheme, source) {
    super(kind);
    this.#scheme = scheme;
    if (typeof source === 'function') this.#source = source;
    else {
      try {
        this.#current = shared(scheme, checked(kind, source));
      } catch (/** @type {any} */ make) {
        throw make();
      }
      sameCredential(this, this.#current);
    }
    Object.freeze(this);
  }

  async authorize(attempt) {
    const began = attempt?.began ?? now();
    let current = this.#current;
    if (this.#source && !this.#serves(current, began)) {
      if (began < this.#failed?.at) throw made(this.#failed.error);
      // Not read from the field: a 401 to another call may have changed that by now.
      current = await this.#question.join((signal) => this.#renew(signal), attempt);
    }
    return { authorization: this.#header(current) };
  }

  /**
   * Whether a call that began then uses the token, or has another asked for. One that the source gave since then is used
   * whatever is wrong with it: however many calls wait, the source is asked once.
   */
  #serves(current, began) {
    if (!current) return false;
    if (current.isRefused) return began < this.#renewed;
    const time = Date.now();
    if (time < current.renewAt) return true;
    return began < this.#given && (time < current.ends || current.isOver);
  }

  #header({ token }) {
    return `${this.#scheme} ${token}`;
  }

  /**
   * Told of a 401 to these headers, of a call that began then: whether asking again may help. A newer token than theirs
   * is kept.
   */
  invalidate(why, { authorization }, began = now()) {
    if (!this.#source) return false;
    const current = this.#current;
    if (!current || this.#header(current) !== authorization) return true;
    current.isRefused = true;
    // Otherwise the source gave this one because of a 401, since the call began.
    return !(began < this.#renewed);
  }

  async #renew(signal) {
    const old = this.#current;
    const reason = !old ? 'first' : old.isRefused ? 'unauthorized' : 'expiring';
    const began = Date.now();
    try {
      const given = await this.#source({ reason, signal });
      const { token, expiresAt = Infinity } =
        typeof given === 'object' && given ? given : { token: given, expiresAt: Infinity };
      const ends = Number(expiresAt);
      // A time of no use would have a token asked for with each call. The first one here is in 2001.
      if (!(ends > 1e12)) throw wrong(this.kind, 'expiresAt must be a Date, or milliseconds since 1970');
      const renewed = {
        token: checked(this.kind, token),
        renewAt: renewAt(began, ends),
        ends,
        isOver: ends <= Date.now(),
      };
      // Where nobody waits for it any more, there may be a newer one.
      if (!signal.aborted || !this.#current || this.#current.isRefused) {
        this.#current = renewed;
        this.#failed = undefined;
        this.#given = now();
        if (reason === 'unauthorized') this.#renewed = this.#given;
      }
      return this.#current;
    } catch (error) {
      // For calls that wait already. One that begins from now on has the source asked again.
      if (!signal.aborted) this.#failed = { at: now(), error };
      throw error;
    }
  }
}

/** What failed, of which `wrong` makes one for each call. */
function made(failed) {
  return typeof failed === 'function' ? failed() : failed;
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
