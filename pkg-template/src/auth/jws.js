// Signs JSON Web Signatures (RFC 7515) and imports private keys, by WebCrypto alone. The library jose would cost 5.8 KB
// after brotli for this; this file costs a tenth.
import { oktaError } from '../error-classes.js';
import { configError } from './base.js';

/** The algorithms that Okta's token endpoint accepts, by JWS name, with WebCrypto's parameters for importing and signing. */
const ALGORITHMS = {
  RS256: { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' },
  RS384: { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-384' },
  RS512: { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-512' },
  ES256: { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' },
  ES384: { name: 'ECDSA', namedCurve: 'P-384', hash: 'SHA-384' },
  ES512: { name: 'ECDSA', namedCurve: 'P-521', hash: 'SHA-512' },
};
const NAMES = Object.keys(ALGORITHMS).join(', ');
/** The algorithms to try for a key, the likeliest first. */
const OF_KEY = ['RS256', 'ES256', 'ES384', 'ES512'];

export function subtle() {
  const platform = globalThis.crypto?.subtle;
  if (platform) return platform;
  throw oktaError('config', 'auth needs WebCrypto, which a page has at https or localhost only', {
    argument: 'auth',
  });
}

/** The JWS name of the algorithm of a CryptoKey; `undefined` if Okta does not accept it. */
export function algorithmOf({ name, hash, namedCurve }) {
  return Object.keys(ALGORITHMS).find((key) => {
    const known = ALGORITHMS[key];
    return known.name === name && (known.namedCurve ?? known.hash) === (namedCurve ?? hash?.name);
  });
}

export function base64url(bytes) {
  return btoa(String.fromCharCode(...bytes))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '');
}

/** Signs `claims` with `key`; returns the compact form. */
export async function signed(header, claims, key) {
  const encode = (part) => base64url(new TextEncoder().encode(JSON.stringify(part)));
  const text = `${encode(header)}.${encode(claims)}`;
  const bytes = new TextEncoder().encode(text);
  // WebCrypto's ECDSA signatures already have the form of JWS.
  const signature = await subtle().sign(ALGORITHMS[header.alg], key, bytes);
  return `${text}.${base64url(new Uint8Array(signature))}`;
}

/** The claims of a JWS that this package made. */
export function claimsOf(jws) {
  return JSON.parse(atob(jws.split('.')[1].replaceAll('-', '+').replaceAll('_', '/')));
}

/** Whether a value is a CryptoKey, also one of another realm. */
export function isCryptoKey(value) {
  return Object.prototype.toString.call(value) === '[object CryptoKey]';
}

/**
 * Returns a function that imports a private key as `{ key, alg, kid }`. The key is a CryptoKey, a JWK (an object or JSON
 * text), a PEM text of PKCS#8 or its DER. Faults of its form are thrown at once; no message quotes the key.
 */
export function privateKeyOf(maker, given) {
  const wrong = (reason) => configError(maker, 'privateKey', reason);
  if (isCryptoKey(given)) {
    const alg = algorithmOf(given.algorithm);
    if (!alg) throw wrong(`is a key for ${given.algorithm.name}; Okta takes ${NAMES}`);
    if (!given.usages.includes('sign')) throw wrong('is a CryptoKey that may not sign');
    return async () => ({ key: given, alg, kid: undefined });
  }
  // The bytes of a file: DER, which begins with 0x30, or a text. No text of a key begins with this byte (the digit 0).
  if (given instanceof Uint8Array) {
    if (given[0] === 0x30) return imported('pkcs8', given, OF_KEY, undefined, wrong);
    given = new TextDecoder().decode(given);
  }
  if (typeof given === 'string') return ofText(given, wrong, true);
  if (typeof given !== 'object' || given === null) throw wrong(WANTED);
  return fromJwk(given, wrong);
}

const WANTED = 'must be a CryptoKey, a JWK or a PEM text';

/** Reads a key in the form that files, shells and deployment variables have. With `mayDecode` it may be in base64. */
function ofText(given, wrong, mayDecode) {
  let text = given.trim();
  // The key as a JSON string, or in quotes that a reader of an env file left.
  if (/^"[^]*"$/.test(text)) text = parsed(text) ?? text;
  text = text.replace(/^["'`]+|["'`]+$/g, '').trim();
  if (text.startsWith('{')) {
    const jwk = parsed(text) ?? parsed(text.replace(/\\+"/g, '"'));
    if (!jwk) throw wrong('begins like a JWK but is not JSON');
    return fromJwk(jwk, wrong);
  }
  if (/-\s*BEGIN/.test(text)) return pem(text, wrong);
  const decoded =
    mayDecode && /^[\w+/=\s-]+$/.test(text) && binaryOf(text.replaceAll('-', '+').replaceAll('_', '/'));
  if (decoded && /^\s*\{|-\s*BEGIN/.test(decoded)) return ofText(decoded, wrong, false);
  if (/^(file:|~|\.{0,2}[\\/]|[a-z]:\\)[^\n]*$|^[^\n]+\.(pem|key|p8|jwk|json|der|txt)$/i.test(text)) {
    throw wrong("is the path of a file; give what is in it, such as readFileSync(path, 'utf8')");
  }
  const isBare = decoded && decoded[0] === '0';
  const reason = isBare
    ? ': it is base64 whose first and last line (-----END PRIVATE KEY-----) are missing'
    : '';
  throw wrong(`is neither a PEM text (-----BEGIN PRIVATE KEY-----) nor a JWK${reason}`);
}

function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Decodes base64 to a character for each byte; `undefined` for any other text. */
function binaryOf(text) {
  try {
    return atob(text.replace(/\s/g, ''));
  } catch {
    return undefined;
  }
}

function fromJwk(given, wrong) {
  const jwk = { __proto__: null, ...given };
  if (Array.isArray(jwk.keys)) {
    if (jwk.keys.length !== 1) throw wrong(`is a set of ${jwk.keys.length} keys; give one of them`);
    return fromJwk(jwk.keys[0], wrong);
  }
  if (typeof jwk.kty !== 'string') throw wrong(WANTED);
  const alg =
    jwk.kty === 'RSA'
      ? (jwk.alg ?? 'RS256')
      : OF_KEY.find((name) => jwk.kty === 'EC' && ALGORITHMS[name].namedCurve === jwk.crv);
  if (!Object.hasOwn(ALGORITHMS, alg ?? '')) throw wrong(`is a JWK for another algorithm than ${NAMES}`);
  if (typeof jwk.d !== 'string') throw wrong('is a public key (a JWK without d)');
  // `use`, `key_ops` and `ext` are ignored: they could forbid the import.
  const { kty, crv, x, y, d, n, e, p, q, dp, dq, qi } = jwk;
  const material = kty === 'EC' ? { kty, crv, x, y, d } : { kty, n, e, d, p, q, dp, dq, qi };
  return imported('jwk', material, [alg], jwk.kid, wrong);
}

/** Finds the private key among the blocks of a PEM text. */
function pem(given, wrong) {
  // Environment variables have line breaks as `\n`, and each tool on the way may escape them again.
  const text = given.replace(/\\+[nr]/g, '\n');
  const blocks = [...text.matchAll(/-+\s*BEGIN([A-Z0-9\s]*)-+([^]*?)-+\s*END/g)];
  if (blocks.length === 0)
    throw wrong('is PEM that is cut off: its last line (-----END PRIVATE KEY-----) is missing');
  // Blanks of the label may be missing, too.
  const found = blocks.map(([, label, body]) => ({ label: label.replace(/\s/g, ''), body }));
  const keys = found.filter(({ label }) => label.endsWith('PRIVATEKEY'));
  if (keys.length === 0) throw wrong('is PEM of something other than a private key');
  if (keys.length > 1) throw wrong(`is PEM of ${keys.length} private keys; give one of them`);
  const [{ label, body }] = keys;
  const convert = 'openssl pkcs8 -topk8 -nocrypt -in key.pem -out pkcs8.pem';
  if (label === 'ENCRYPTEDPRIVATEKEY' || body.includes('ENCRYPTED')) {
    throw wrong(`is encrypted; decrypt it: ${convert}`);
  }
  const format = { RSAPRIVATEKEY: 'PKCS#1', ECPRIVATEKEY: 'SEC 1' }[label];
  if (format) {
    throw wrong(`is PEM of ${format}, which WebCrypto does not read; convert it to PKCS#8: ${convert}`);
  }
  if (label === 'OPENSSHPRIVATEKEY') {
    throw wrong('is a key of OpenSSH; convert it to PKCS#8: ssh-keygen -p -N "" -m PKCS8 -f key.pem');
  }
  if (label !== 'PRIVATEKEY') throw wrong('is PEM of a private key in another form than PKCS#8');
  const binary = binaryOf(body);
  if (!binary) throw wrong('is PEM whose content is not base64');
  const bytes = Uint8Array.from(binary, (char) => char.charCodeAt(0));
  return imported('pkcs8', bytes, OF_KEY, undefined, wrong);
}

/** Imports the key for the first of `algorithms` that fits. Rejects with a function that makes the error. */
function imported(format, material, algorithms, kid, wrong) {
  return async () => {
    const platform = subtle();
    for (const alg of algorithms) {
      try {
        const key = await platform.importKey(format, material, ALGORITHMS[alg], false, ['sign']);
        return { key, alg, kid };
      } catch {
        // The platform's error has no detail, and differs between platforms.
      }
    }
    throw () => wrong(`could not be imported: it is damaged, or for another algorithm than ${NAMES}`);
  };
}
