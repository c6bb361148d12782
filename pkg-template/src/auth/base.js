// What the ways to prove who is asking have in common.
import { own } from '../own.js';
import { oktaError } from '../error-classes.js';

export function configError(maker, argument, reason) {
  return oktaError('config', `${maker}: ${argument} ${reason}`, { argument });
}

/** The options of `maker`, of which only `known` may be given. */
export function optionsOf(maker, given, known) {
  if (typeof given !== 'object' || given === null || Array.isArray(given)) {
    throw configError(maker, 'options', 'must be an object');
  }
  const options = own(given);
  for (const name of Object.keys(options)) {
    if (!known.includes(name)) {
      throw configError(maker, name, `is no option here; there are ${known.join(', ')}`);
    }
  }
  return options;
}
