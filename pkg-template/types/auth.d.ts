/**
 * Credentials that need more than one header: service apps, DPoP and sessions. They need WebCrypto (Node 20.16 and
 * newer, Deno, Bun, Workers, pages at https or localhost) and nothing else.
 *
 * No error, event or log holds a key, token, assertion or proof: the objects show their `kind` only.
 *
 * @packageDocumentation
 * @module okta-groups/auth
 */
import type { Auth, Open, TokenSource } from './index.js';

/** The scopes of the Groups API, as Okta's reference names them. */
export type GroupsScope = Open<'okta.groups.read' | 'okta.groups.manage'>;

/** A CryptoKey, typed by the library `dom` or by Node's types alone. */
export type Key = Awaited<ReturnType<typeof globalThis.crypto.subtle.importKey>>;

/** A private key as JSON (RFC 7517), RSA or EC. */
export interface PrivateJwk {
  /** `RSA` or `EC`. */
  kty?: string | undefined;
  /** The key's id. */
  kid?: string | undefined;
  /** The algorithm of the signature, such as `RS256`. */
  alg?: string | undefined;
  /** EC: the curve. */
  crv?: string | undefined;
  /** The private part. */
  d?: string | undefined;
  /** EC: a coordinate. */
  x?: string | undefined;
  /** EC: a coordinate. */
  y?: string | undefined;
  /** RSA: the modulus. */
  n?: string | undefined;
  /** RSA: the public exponent. */
  e?: string | undefined;
  /** RSA: a prime. */
  p?: string | undefined;
  /** RSA: a prime. */
  q?: string | undefined;
  /** RSA: the exponent of the prime `p`. */
  dp?: string | undefined;
  /** RSA: the exponent of the prime `q`. */
  dq?: string | undefined;
  /** RSA: the coefficient of the primes. */
  qi?: string | undefined;
  /** The use of the key, such as `sig`; not read. */
  use?: string | undefined;
  /** The operations of the key, such as `sign`; not read. */
  key_ops?: string[] | undefined;
  /** Whether the key may be exported; not read. */
  ext?: boolean | undefined;
}

/** How a service app signs in. */
export interface ServiceAppOptions {
  /** The app's client ID: `0oa…`. */
  clientId: string;
  /**
   * The private key, RSA or EC (P-256, P-384, P-521). The app in Okta holds its public half. It may be:
   *
   * - a PEM text of PKCS#8 (`-----BEGIN PRIVATE KEY-----`), or the bytes of such a file. Line breaks may be written as
   *   `\n` or be missing, the text may hold other blocks (certificates, parameters), and quotes around it are ignored;
   * - a JWK, as an object or as JSON text, as Okta's console shows it when it makes the key;
   * - a PEM text or JWK in base64, or the bytes of PKCS#8's DER;
   * - a CryptoKey with the usage `sign`; it need not be extractable.
   *
   * The key signs with RS256 or with the ES algorithm of its curve. A JWK's `alg` or a CryptoKey's hash can select RS384
   * or RS512.
   */
  privateKey: Key | PrivateJwk | string | Uint8Array;
  /**
   * The `kid` of the key, for an app with several keys.
   *
   * @defaultValue the `kid` of the JWK
   */
  keyId?: string | undefined;
  /**
   * The scopes of the token. An admin must have granted them to the app.
   *
   * @defaultValue ['okta.groups.read']
   */
  scopes?: readonly GroupsScope[] | undefined;
  /**
   * Whether tokens are bound to a key pair (DPoP). The key pair is made in this process and cannot be exported. With
   * `auto`, tokens are bound if the app requires it in Okta; the answer to the first token request shows that.
   *
   * @defaultValue 'auto'
   */
  dpop?: boolean | 'auto' | undefined;
  /**
   * The origin of the org, for requests that reach it through a proxy. Assertions name this origin as their audience
   * (`aud`), and DPoP proofs name it in the URL of the request (`htu`), since Okta compares both with the URL that it
   * receives. A client's option `org` takes precedence.
   *
   * @defaultValue the client's `org`, or else the origin that requests are sent to
   */
  org?: string | URL | undefined;
}

/** A service app: the `auth` of a client, or of requests that a program sends without a client. */
export interface ServiceApp extends Auth {
  /**
   * Makes the headers of one request, for programs that send the request themselves, such as a proxy. The token comes
   * from the server of `url` (the part before `/api/v1/`), by the global `fetch`, and is cached as for a client. Build
   * `url` from your own configuration, never from a caller's input: the server that it names gets the token.
   *
   * @example
   * ```js
   * import { serviceApp } from 'okta-groups/auth';
   *
   * const { OKTA_ORG_URL: org = '', OKTA_CLIENT_ID: clientId = '', OKTA_PRIVATE_KEY: privateKey = '' } = process.env;
   * const auth = serviceApp({ clientId, privateKey });
   * const url = `${org}/api/v1/groups?limit=1`;
   * const headers = await auth.authorize({ method: 'GET', url });
   * const answer = await fetch(url, { headers, redirect: 'error' });
   * if (answer.status === 401) auth.invalidate('unauthorized', headers);
   * ```
   *
   * @throws `OktaConfigError` in a page, or if `url` is not a URL of the API; otherwise the errors of a client's call.
   */
  authorize(request: {
    method?: string | undefined;
    url: string;
    attempt?: number | undefined;
    signal?: AbortSignal | undefined;
  }): Promise<Readonly<Record<string, string>>>;
  /**
   * Drops the token of a request that was answered with 401. `refused` is the headers that
   * {@link ServiceApp.authorize} made for that request. Returns whether the next headers have another token.
   */
  invalidate(why: 'unauthorized', refused: Readonly<Record<string, string>>): boolean;
}

/**
 * A service app: OAuth 2.0 client credentials with a signed assertion (`private_key_jwt`), at the org's own
 * authorization server, `{orgUrl}/oauth2/v1/token`. For servers and scripts; the app needs its scopes granted and an
 * admin role.
 *
 * All clients with this object at one org share one token, and one token request answers all calls that wait for it.
 * The token is renewed a minute before it expires, or once when the org answers 401. The token request uses the
 * client's `fetch`, `fetchOptions` and `userAgent`, but not its `middleware`; a redirect is an error. A token request
 * that is answered with 429 or 5xx, or not at all, is retried as the client's `retry` says, each time with a new
 * assertion, within `timeout`; calls use the old token meanwhile, as long as it is valid. Assertions and proofs use
 * the org's clock if the machine's is wrong.
 *
 * Without a token, calls reject with an `OktaApiError` (`path` is `/oauth2/v1/token`, `code` is OAuth's `error`, such
 * as `invalid_client`, and `summary` its description), an `OktaResponseError` or an `OktaConnectionError`, and no
 * request is sent to the Groups API.
 *
 * @example
 * ```js
 * import { OktaGroups } from 'okta-groups';
 * import { serviceApp } from 'okta-groups/auth';
 *
 * const { OKTA_ORG_URL: orgUrl = '', OKTA_CLIENT_ID = '', OKTA_PRIVATE_KEY = '' } = process.env;
 * const auth = serviceApp({
 *   clientId: OKTA_CLIENT_ID,
 *   privateKey: OKTA_PRIVATE_KEY,
 *   scopes: ['okta.groups.manage'],
 * });
 * const client = new OktaGroups({ orgUrl, auth });
 * await client.groups.list().first();
 * ```
 *
 * @throws `OktaConfigError` that names the wrong option. A fault of the key that only its import shows rejects the
 * first call instead. In a page, `new OktaGroups` throws one unless `dangerouslyAllowBrowser` is set.
 */
export declare function serviceApp(options: ServiceAppOptions): ServiceApp;

/** A token that is bound to a key pair, and the key pair. */
export interface DpopOptions {
  /** The access token, or a function that returns one, as for `bearer`. */
  token: TokenSource;
  /**
   * The key pair that the org bound the token to, ECDSA or RSASSA-PKCS1-v1_5. The private key should not be
   * extractable.
   */
  keyPair: {
    /** Signs the proofs. */
    readonly privateKey: Key;
    /** Is part of each proof. */
    readonly publicKey: Key;
  };
}

/**
 * `Authorization: DPoP …` with a proof of possession (RFC 9449), for tokens that the org bound to a key pair of the
 * program. Each attempt gets a new proof of its method and URL. Proofs carry the org's nonce once the org requires one,
 * and use the org's clock if the machine's is wrong.
 *
 * `@okta/okta-auth-js` does not export its key pairs and makes the proofs itself: with it, write an {@link Auth} around
 * its `getDPoPAuthorizationHeaders()`, as the guide shows.
 *
 * @throws `OktaConfigError`
 */
export declare function dpop(options: DpopOptions): Auth;

/** How a session is used. */
export interface SessionOptions {
  /**
   * Returns the token that Okta's pages send with writes in the header `X-Okta-XsrfToken`. Called for each write.
   *
   * @defaultValue reads the element `#_xsrfToken` of the page, if the page is of the org's origin
   */
  xsrfToken?: (() => string | undefined | Promise<string | undefined>) | undefined;
}

/**
 * The cookies of the user who is signed in to the org in this browser, for extensions and pages of the org itself:
 * requests are sent with `credentials: 'include'`. A page of another origin needs a Trusted Origin with CORS in the org,
 * and a browser that sends third-party cookies. The org answers 403 `E0000005` after the session has ended.
 *
 * @throws `OktaConfigError`
 */
export declare function session(options?: SessionOptions): Auth;
