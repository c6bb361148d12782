import { own } from '../own.js';
import { CONNECT } from '../connect.js';
import { TokenAuth } from '../token.js';
import { Hidden } from '../hidden.js';
import { optionsOf } from './base.js';
import { API, Clock, Proofs, checkedPair } from './proofs.js';

const MAKER = 'dpop';

/** Makes an `auth` of a token that is bound to a key pair; each request carries a proof of the key. */
export function dpop(options) {
  return new DpopAuth(options);
}

class DpopAuth extends Hidden {
  #token;
  #proofs;

  constructor(given) {
    super(MAKER);
    const { token, keyPair } = optionsOf(MAKER, given, ['token', 'keyPair']);
    this.#token = new TokenAuth(MAKER, 'DPoP', token);
    this.#proofs = new Proofs(new Clock(), checkedPair(MAKER, keyPair));
    Object.freeze(this);
  }

  async authorize({ method, url, ...attempt }) {
    const { authorization } = await this.#token.authorize(attempt);
    const token = authorization.slice('DPoP '.length);
    return { authorization, dpop: await this.#proofs.proof(API, method, url, token) };
  }

  invalidate(why, refused, began) {
    return this.#proofs.isAbout(refused) || this.#token.invalidate(why, refused, began);
  }

  [CONNECT](options, platform) {
    const { fetch = platform } = own(options);
    return typeof fetch === 'function' ? { fetch: this.#proofs.watched(fetch) } : {};
  }
}
