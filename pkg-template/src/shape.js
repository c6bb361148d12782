// Answers that the core took for the operation's, and that lack what is to be done with them here.
import { oktaError } from './error-classes.js';

/** The error of an answer to a read of `path`, in which the org gave `what`. */
export function misshapen(what, path, response) {
  const { status } = response;
  return oktaError('response', `the org gave ${what}`, {
    reason: 'shape',
    status,
    method: 'GET',
    path,
    response,
  });
}
