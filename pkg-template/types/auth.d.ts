/**
 * Ways to prove who is asking that need more than a header: service apps, DPoP and sessions. They take WebCrypto
 * (Node 20.16 and newer, Deno, Bun, Workers, pages at https or localhost) and nothing else.
 *
 * No key, token, assertion or proof is in an error, an event or a log: the objects show their `kind` only.
 *
 * @packageDocumentation
 * @module okta-groups/auth
 */
import type { Auth, Open, TokenSource } from './index.js';

/** Scopes of the Groups API, by its reference. */
export type GroupsScope = Open<'okta.groups.read' | 'okta.groups.manage'>;

/** A CryptoKey, with the types of browsers or of Node alone. */
export type Key = Awaited<ReturnType<typeof globalThis.crypto.subtle.importKey>>;

/** A private key as JSON (RFC 7517), RSA or EC. */
export interface PrivateJwk {
  /** `RSA` or `EC`. */
  kty?: string | undefined;
  /** The key's name. */
  kid?: string | undefined;
  /** What it signs with. */
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
  /** RSA. */
  dp?: string | undefined;
  /** RSA. */
  dq?: string | undefined;
  /** RSA. */
  qi?: string | undefined;
  /** What it is for. */
  use?: string | undefined;
  /** What it is for. */
  key_ops?: string[] | undefined;
  /** Whether it may be exported. */
  ext?: boolean | undefined;
}

/** How a service app signs in. */
export interface ServiceAppOptions {
  /** The app's client ID: `0oa…`. */
  clientId: string;
  /**
   * The private key whose public half the app has in Okta, RSA or EC (P-256, P-384, P-521):
   *
   * - a PEM text of PKCS#8 (`-----BEGIN PRIVATE KEY-----`), or its bytes as a file is read. Line breaks may be written as
   *   `\n` or be lost, other blocks (certificates, parameters) may be beside it, and quotes around it are left out;
   * - a JWK, as an object or as JSON text: what Okta's console shows when it makes the key;
   * - either of these in base64, as deployments keep files; or the bytes of PKCS#8's DER;
   * - a CryptoKey with the usage `sign`, which need not be extractable.
   *
   * It signs with RS256 or the ES algorithm of its curve; a JWK's `alg` or a CryptoKey's hash may ask for RS384 or
   * RS512.
   */
  privateKey: Key | PrivateJwk | string | Uint8Array;
  /**
   * `kid` of the key, if the app has several.
   *
   * @defaultValue that of the JWK
   */
  keyId?: string | undefined;
  /**
   * The scopes to ask for, which an admin has granted to the app.
   *
   * @defaultValue ['okta.groups.read']
   */
  scopes?: readonly GroupsScope[] | undefined;
  /**
   * Whether tokens are bound to a key pair, which is made in this process and cannot leave it. `auto` does so if the
   * app requires it in Okta, which its first request for a token tells.
   *
   * @defaultValue 'auto'
   */
  dpop?: boolean | 'auto' | undefined;
  /**
   * The origin of the org, where requests reach it through a proxy. Assertions name it as their audience and DPoP proofs as
   * the place of the request, since these are compared with the URL that Okta gets. A client's option `org` comes first.
   *
   * @defaultValue that of the client, or where requests are sent
   */
  org?: string | URL | undefined;
}

/** A service app: for a client, or to sign requests that are sent without one. */
export interface ServiceApp extends Auth {
  /**
   * The headers for one request, for programs that send it themselves, such as a proxy. It asks for a token where `url`
   * leads (the part before `/api/v1/`), with the global `fetch`, and keeps it as for a client. Build `url` of your own
   * configuration, not of what a caller sent: whoever it leads to gets the token.
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
   * @throws `OktaConfigError` in a page, or if `url` is none of the API; otherwise as calls of a client.
   */
  authorize(request: {
    method?: string | undefined;
    url: string;
    attempt?: number | undefined;
    signal?: AbortSignal | undefined;
  }): Promise<Readonly<Record<string, string>>>;
  /** After a 401 to headers that {@link ServiceApp.authorize} gave: the next ones have another token. */
  invalidate(why: 'unauthorized', refused: Readonly<Record<string, string>>): boolean;
}

/**
 * A service app: OAuth 2.0 client credentials with a signed assertion (`private_key_jwt`), at the org's own
 * authorization server, `{orgUrl}/oauth2/v1/token`. For servers and scripts; the app needs its scopes granted and an
 * admin role.
 *
 * One token serves all calls that wait for it, of all clients with this object at that org, and is renewed a minute
 * before it ends, or once when the org answers 401. It is asked for with the client's `fetch`, `fetchOptions` and
 * `userAgent`, past its `middleware`; no redirect is followed. An answer of 429 or 5xx, or none, is asked for again
 * by the client's `retry`, each time with a new assertion, as long as `timeout` allows; while the old token is good,
 * nobody waits for that. The org's clock counts where the machine's is wrong.
 *
 * If there is no token, calls reject with an `OktaApiError` (`path` is `/oauth2/v1/token`, `code` is OAuth's
 * `error`, such as `invalid_client`, and `summary` its description), an `OktaResponseError` or an
 * `OktaConnectionError`, and the Groups API is not asked.
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
 * @throws `OktaConfigError` that names the option that is wrong, here or, for what only an import shows of a
 * key, from the first call. In a page, `new OktaGroups` throws one unless `dangerouslyAllowBrowser` is set.
 */
export declare function serviceApp(options: ServiceAppOptions): ServiceApp;

/** A token that is bound to a key pair. */
export interface DpopOptions {
  /** The access token, or a function that gives one; as for `bearer`. */
  token: TokenSource;
  /**
   * The key pair that the token was asked for with, ECDSA or RSASSA-PKCS1-v1_5. The private key need not be
   * extractable, and should not be.
   */
  keyPair: {
    /** Signs the proofs. */
    readonly privateKey: Key;
    /** Is in each of them. */
    readonly publicKey: Key;
  };
}

/**
 * `Authorization: DPoP …` with a proof of possession (RFC 9449), for tokens that the org bound to a key pair of the
 * program's. Each attempt has a new proof, of its method and URL; a nonce is taken up when the org asks for one, and
 * its clock where the machine's is wrong.
 *
 * `@okta/okta-auth-js` keeps its key pairs to itself and makes the proofs too: with it, write an {@link Auth} around
 * its `getDPoPAuthorizationHeaders()`, as the guide shows.
 *
 * @throws `OktaConfigError`
 */
export declare function dpop(options: DpopOptions): Auth;

/** How a session is used. */
export interface SessionOptions {
  /**
   * The token that Okta's pages send with writes, in `X-Okta-XsrfToken`; called for each write.
   *
   * @defaultValue what the element `#_xsrfToken` of the page holds, if the page is the org's
   */
  xsrfToken?: (() => string | undefined | Promise<string | undefined>) | undefined;
}

/**
 * The cookies of whoever is signed in to the org in this browser, for extensions and pages of the org itself:
 * requests are sent with `credentials: 'include'`. At another origin it takes a Trusted Origin with CORS, and a browser
 * that still sends third-party cookies. A session that has ended is answered with 403 `E0000005`.
 *
 * @throws `OktaConfigError`
 */
export declare function session(options?: SessionOptions): Auth;
