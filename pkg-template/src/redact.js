// Redacts errors. The core decides which parts of a text are secret.
import { hidden, hide, isOktaError, oktaError } from './error-classes.js';
import { redactedHeaders } from './response-meta.js';
import { shownBy, withoutSecrets } from 'okta-groups-web/secrets.js';

/** The last headers of each `auth`, alternating names and values: an error of its next `authorize()` may quote them. */
const proofs = new WeakMap();

/** Notes the headers that an `auth` returned. */
export function proved(auth, headers) {
  proofs.set(auth, headers);
}

/** Redacts in an error of a call what it quotes of the sent headers. Returns the same object if it quotes none. */
export function redactedError(error, call, auth) {
  // After a trap the core cannot redact; an internal error quotes no header.
  if (isOurs(error) && error.kind === 'internal') return error;
  return cleared(error, (text) => call.redacted(text, proofs.get(auth) ?? []));
}

/** `isOktaError` for any thrown value, also a revoked proxy. */
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
      // Items come from a body, which is not redacted.
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
