// Who is asking. A token lives in a private field only: neither inspection nor JSON shows it.
import { now } from 'okta-groups-web/clock.js';
import { oktaError } from './error-classes.js';
import { alwaysGives, sameCredential } from './credential.js';
import { Kept, Question, renewAt } from './flight.js';
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
  #kept = new Kept();
  #question = new Question();

  constructor(kind, scheme, source) {
    super(kind);
    this.#scheme = scheme;
    if (typeof source === 'function') this.#source = source;
    else {
      try {
        this.#kept.current = shared(scheme, checked(kind, source));
      } catch (/** @type {any} */ make) {
        throw make();
      }
      sameCredential(this, this.#kept.current);
      alwaysGives(this, this.#header(this.#kept.current).authorization);
    }
    Object.freeze(this);
  }

  async authorize(attempt) {
    const kept = this.#kept;
    const current = this.#source ? kept.for(attempt?.began ?? now()) : kept.current;
    // Not read from the field: a 401 to another call may have changed that by now.
    return this.#header(current ?? (await this.#question.join((signal) => this.#renew(signal), attempt)));
  }

  #header({ token }) {
    return { authorization: `${this.#scheme} ${token}` };
  }

  /**
   * Told of a 401 to these headers, of a call that began then: whether asking again may help. A newer token than theirs
   * is kept.
   */
  invalidate(why, { authorization }, began = now()) {
    if (!this.#source) return false;
    const { current } = this.#kept;
    if (!current || this.#header(current).authorization !== authorization) return true;
    return this.#kept.refuse(began);
  }

  async #renew(signal) {
    const kept = this.#kept;
    const { reason } = kept;
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
      if (!signal.aborted || !kept.current || kept.current.isRefused) kept.give(renewed, reason);
      return kept.current;
    } catch (error) {
      if (!signal.aborted) kept.fail(error);
      throw error;
    }
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
  if (/^(undefined|null|none|nil|nan)$|^\[object /i.test(text)) {
    refuse('is what a program writes for a missing value (undefined, null, [object Object], …)');
  }
  if (!/^[\x21-\x7e]+$/.test(text)) refuse('holds a character that no token has (a blank, a line break, …)');
  return text;
}
