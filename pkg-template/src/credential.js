// Numbers credentials: clients with the same number share their rate limits.

const credentials = new WeakMap();
let lastCredential = 0;

/** The number of the credential behind an `auth`: its own, unless `sameCredential` set that of another object. */
export function credentialOf(auth) {
  if (!credentials.has(auth)) credentials.set(auth, ++lastCredential);
  return credentials.get(auth);
}

/** The fixed value of the header `authorization`, by `auth`. */
const fixed = new WeakMap();

/** Declares that an `auth` sends this value of `authorization` and no other header with every request. */
export function alwaysGives(auth, authorization) {
  fixed.set(auth, authorization);
}

/** The fixed value of `authorization` of an `auth`; `undefined` if `authorize()` has to be called. */
export function authorizationOf(auth) {
  return fixed.get(auth);
}

/** Declares that two `auth` objects have the same credential. */
export function sameCredential(auth, other) {
  credentials.set(auth, credentialOf(other));
}
