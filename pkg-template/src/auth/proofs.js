// Makes DPoP proofs (RFC 9449): each proves that the sender of a token holds the key that the token is bound to. Learns
// nonces and the org's clock from answers.
import { algorithmOf, base64url, claimsOf, isCryptoKey, signed, subtle } from './jws.js';
import { configError } from './base.js';
import { headerOf } from 'okta-groups-web/body.js';

/** A refused proof whose time was off by more than this was refused for its time. */
const MAX_SKEW_MS = 5_000;

/** The org's clock by its `Date` headers, since the machine's clock may be wrong. */
export class Clock {
  #offset = 0;

  seconds() {
    return Math.floor((Date.now() + this.#offset) / 1000);
  }

  /** Reads the `Date` of an answer. CORS may hide it from a page of another origin. */
  learn(headers) {
    const date = Date.parse(headerOf(headers, 'date') ?? '');
    if (Number.isFinite(date)) this.#offset = date - Date.now();
  }

  /** Whether a time in seconds since 1970 differs too much from the org's time. */
  isAway(seconds) {
    return Math.abs(seconds - this.seconds()) * 1000 > MAX_SKEW_MS;
  }
}

/** The token endpoint and the API: each has its own nonces (RFC 9449, section 8). */
export const TOKENS = 0;
export const API = 1;

/** Makes a new proof for each request, with one key pair. */
export class Proofs {
  #pair;
  #clock;
  #nonces = [];
  /** Proofs that the org refused for a fault of the proof, until the client reports the 401 by `isAbout`. */
  #refused = new Set();

  constructor(clock, pair) {
    this.#clock = clock;
    this.#pair = pair;
  }

  /** Makes a proof for a request, bound to the `token` of that request. */
  async proof(server, method, url, token) {
    const { key, alg, jwk } = await this.#key();
    const claims = {
      htm: method,
      htu: url.replace(/[?#].*$/s, ''),
      iat: this.#clock.seconds(),
      jti: crypto.randomUUID(),
      ...(this.#nonces[server] === undefined ? {} : { nonce: this.#nonces[server] }),
      ...(token === undefined ? {} : { ath: await hashed(token) }),
    };
    return signed({ typ: 'dpop+jwt', alg, jwk }, claims, key);
  }

  /** Learns nonce and time from the answer to `proof`. Returns whether a new proof would differ in either. */
  heard(server, headers, proof) {
    const { nonce, iat } = claimsOf(proof);
    this.#clock.learn(headers);
    this.#nonces[server] = headerOf(headers, 'dpop-nonce') ?? this.#nonces[server];
    return nonce !== this.#nonces[server] || this.#clock.isAway(iat);
  }

  /** Wraps the `fetch` of API requests to learn from the answers to their proofs. */
  watched(fetch) {
    return async (url, init) => {
      const response = await fetch(url, init);
      const proof = new Headers(init.headers).get('dpop');
      const headers = response?.headers;
      if (proof && typeof headers?.get === 'function' && this.heard(API, headers, proof)) {
        const challenge = headers.get('www-authenticate') ?? '';
        const isRefused = /use_dpop_nonce|invalid_dpop_proof/.test(challenge);
        if (response.status === 401 && isRefused) this.#refused.add(proof);
      }
      return response;
    };
  }

  /** Whether the 401 to these headers refused their proof, not their token. */
  isAbout({ dpop }) {
    return this.#refused.delete(dpop);
  }

  #key() {
    return (this.#pair = Promise.resolve(this.#pair ?? generated()).then(prepared));
  }
}

async function generated() {
  // Not extractable: code that takes over the program later cannot copy the key.
  return subtle().generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, false, ['sign', 'verify']);
}

async function prepared(pair) {
  if (pair.jwk) return pair;
  const { kty, crv, x, y, n, e } = await subtle().exportKey('jwk', pair.publicKey);
  const jwk = kty === 'EC' ? { kty, crv, x, y } : { kty, n, e };
  return { key: pair.privateKey, alg: algorithmOf(pair.privateKey.algorithm), jwk };
}

async function hashed(token) {
  const digest = await subtle().digest('SHA-256', new TextEncoder().encode(token));
  return base64url(new Uint8Array(digest));
}

/** Checks that a key pair can make proofs. */
export function checkedPair(maker, pair) {
  const { privateKey, publicKey } = pair ?? {};
  const wrong = (reason) => configError(maker, 'keyPair', reason);
  if (!isCryptoKey(privateKey) || !isCryptoKey(publicKey)) {
    throw wrong('must be a CryptoKeyPair, as crypto.subtle.generateKey() gives it');
  }
  const alg = algorithmOf(privateKey.algorithm);
  if (!alg || !privateKey.usages.includes('sign')) {
    throw wrong('must be a signing key: ECDSA or RSASSA-PKCS1-v1_5');
  }
  if (alg !== algorithmOf(publicKey.algorithm)) throw wrong('holds two keys of different algorithms');
  if (!publicKey.extractable) throw wrong('must have an extractable public key, which each proof holds');
  return { privateKey, publicKey };
}
