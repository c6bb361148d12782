// Numbers the credentials, by which clients share their rate limits.

const credentials = new WeakMap();
let lastCredential = 0;

/** A number for the credential behind an `auth`: the object's own, unless it was told to be another's too. */
export function credentialOf(auth) {
  if (!credentials.has(auth)) credentials.set(auth, ++lastCredential);
  return credentials.get(auth);
}

/** The values of the header `authorization` that never change, by `auth`. */
const fixed = new WeakMap();

/** Tells that an `auth` gives this value of `authorization` and no other header, whatever is sent and whenever. */
export function alwaysGives(auth, authorization) {
  fixed.set(auth, authorization);
}

/** The value of `authorization` that an `auth` always gives; `undefined` where it has to be asked. */
export function authorizationOf(auth) {
  return fixed.get(auth);
}

/** Tells that two `auth` objects give the same credential. */
export function sameCredential(auth, other) {
  credentials.set(auth, credentialOf(other));
}
