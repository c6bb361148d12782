// API tokens and access tokens: fixed ones, and those of a source that the program provides. Decides when the source is
// called again. Private fields hold tokens: neither inspection nor JSON shows them.
import { now } from 'okta-groups-web/clock.js';
import { oktaError } from './error-classes.js';
import { alwaysGives, sameCredential } from './credential.js';
import { Kept, Question, renewAt } from './flight.js';
import { Hidden } from './hidden.js';

/** `Authorization: Bearer …`: an OAuth 2.0 access token of the org's own authorization server. */
export function bearer(token) {
  return new TokenAuth('bearer', 'Bearer', token);
}

/** `Authorization: SSWS …`: an API token. It has its owner's rights, so use it on servers only. */
export function ssws(token) {
  return new TokenAuth('ssws', 'SSWS', token);
}

/** One object for each fixed token in use, by scheme and token: two `auth` objects of one token are one credential. */
const fixed = new Map();
/** At this number of entries, those that are no longer in use are dropped. */
let full = 8;

/** The shared object of a fixed token. Its cost does not grow with the number of tokens in use. */
function shared(scheme, token) {
  // Some Workers have no WeakRef; there, each `auth` object is its own credential.
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
    // The token of the join, not of `#kept`: a 401 to another call may have replaced that meanwhile.
    return this.#header(current ?? (await this.#question.join((signal) => this.#renew(signal), attempt)));
  }

  #header({ token }) {
    return { authorization: `${this.#scheme} ${token}` };
  }

  /**
   * Handles a 401 to these headers in a call that began at `began`. Returns whether another `authorize()` may help. A newer
   * token than the refused one is kept.
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
      // Seconds in place of milliseconds are refused: each call would call the source. 1e12 is in the year 2001.
      if (!(ends > 1e12)) throw wrong(this.kind, 'expiresAt must be a Date, or milliseconds since 1970');
      const renewed = {
        token: checked(this.kind, token),
        renewAt: renewAt(began, ends),
        ends,
        isOver: ends <= Date.now(),
      };
      // After an abort nobody waits for this token, and a newer one may be in use.
      if (!signal.aborted || !kept.current || kept.current.isRefused) kept.give(renewed, reason);
      return kept.current;
    } catch (error) {
      if (!signal.aborted) kept.fail(error);
      throw error;
    }
  }
}

/** Returns a function that makes a new error each time. Its message does not hold the token. */
function wrong(kind, reason) {
  return () => oktaError('config', `${kind}: ${reason}`, { argument: 'auth' });
}

/**
 * Checks a token and drops one newline at its end, as files and shells add it. Throws a function that makes the error.
 * `fault` of Rust's `auth.rs` decides the same; a table of fixtures holds the two equal.
 */
function checked(kind, token) {
  const refuse = (reason) => {
    throw wrong(kind, `the token ${reason}`);
  };
  if (typeof token !== 'string') refuse(`must be a string, not ${token === null ? 'null' : typeof token}`);
  const text = token.replace(/\r?\n$/, '');
  if (text === '') refuse('is empty');
  // Some readers of env files leave quotes around values.
  if (/^["'`]|["'`]$/.test(text)) refuse('must not be in quotes');
  if (/^(ssws|bearer|dpop) /i.test(text)) refuse('must not begin with its scheme');
  if (/^(undefined|null|none|nil|nan)$|^\[object /i.test(text)) {
    refuse('looks like a missing value (undefined, null, [object Object], …)');
  }
  if (!/^[\x21-\x7e]+$/.test(text)) refuse('holds a character that no token has (a blank, a line break, …)');
  return text;
}
