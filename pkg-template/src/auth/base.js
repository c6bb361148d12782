// Checks options and makes errors for the credentials of okta-groups/auth.
import { own } from '../own.js';
import { oktaError } from '../error-classes.js';

export function configError(maker, argument, reason) {
  return oktaError('config', `${maker}: ${argument} ${reason}`, { argument });
}

/** Copies the options of `maker` and refuses any that are not in `known`. */
export function optionsOf(maker, given, known) {
  if (typeof given !== 'object' || given === null || Array.isArray(given)) {
    throw configError(maker, 'options', 'must be an object');
  }
  const options = own(given);
  for (const name of Object.keys(options)) {
    if (!known.includes(name)) {
      throw configError(maker, name, `is not an option; options are ${known.join(', ')}`);
    }
  }
  return options;
}
