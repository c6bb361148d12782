// The error for an answer that the core accepts, but that lacks a part which JavaScript needs.
import { oktaError } from './error-classes.js';

/** The error of an answer to a read of `path`: the org returned `what`. */
export function misshapen(what, path, response) {
  const { status } = response;
  return oktaError('response', `the org sent ${what}`, {
    reason: 'shape',
    status,
    method: 'GET',
    path,
    response,
  });
}
