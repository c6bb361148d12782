// Errors without the secrets that they quote. What of a text is secret, the core decides.
import { hidden, hide, isOktaError, oktaError } from './error-classes.js';
import { redactedHeaders } from './response-meta.js';
import { shownBy, withoutSecrets } from 'okta-groups-web/secrets.js';

/** The headers that each `auth` gave last, names and values in turns: a failure to give others may quote them. */
const proofs = new WeakMap();

/** Tells what an `auth` gave. */
export function proved(auth, headers) {
  proofs.set(auth, headers);
}

/** An error of a call with `auth`, less what it quotes of the headers that were sent; itself, if that is nothing. */
export function redactedError(error, call, auth) {
  // The core cannot be asked any more.
  if (isOurs(error) && error.kind === 'internal') return error;
  return cleared(error, (text) => call.redacted(text, proofs.get(auth) ?? []));
}

/** `isOktaError`, of whatever may be thrown: a revoked proxy, too. */
function isOurs(error) {
  try {
    return isOktaError(error);
  } catch {
    return false;
  }
}

function cleared(error, redacted) {
  if (!isOurs(error)) return withoutSecrets(error, redacted);
  const { message, stack, retryable } = error;
  const fields = { ...error };
  const { cause, response, items } = /** @type {any} */ ({ __proto__: null, ...hidden(error) });
  const isClean = (value) => {
    try {
      // Items are of a body, which is the caller's.
      const shown = shownBy(value, items);
      return redacted(shown) === shown;
    } catch {
      return false;
    }
  };
  if (isClean(error)) return error;
  for (const [name, value] of Object.entries(fields)) {
    if (typeof value === 'string') fields[name] = redacted(value);
    else if (!isClean(value)) delete fields[name];
  }
  const copy = oktaError(error.kind, redacted(message), {
    ...fields,
    cause: cause && cleared(cause, redacted),
    response: response && { ...response, headers: redactedHeaders(response.headers, redacted) },
    items,
    retryable,
  });
  hide(copy, 'stack', redacted(String(stack)));
  return copy;
}
