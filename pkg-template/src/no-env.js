// Replaces env.js in the builds for browsers and Workers, which have no environment variables.
import { oktaError } from './error-classes.js';

/** @type {(...args: any[]) => never} */
export function fromEnvironment() {
  throw oktaError('config', 'fromEnv() reads environment variables, which only Node has', {
    argument: 'env',
  });
}
