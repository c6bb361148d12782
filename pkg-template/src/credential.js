// Numbers the credentials, by which clients share their rate limits.

const credentials = new WeakMap();
let lastCredential = 0;

/** A number for the credential behind an `auth`: the object's own, unless it was told to be another's too. */
export function credentialOf(auth) {
  if (!credentials.has(auth)) credentials.set(auth, ++lastCredential);
  return credentials.get(auth);
}

/** Tells that two `auth` objects give the same credential. */
export function sameCredential(auth, other) {
  credentials.set(auth, credentialOf(other));
}
