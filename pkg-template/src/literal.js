// Writes a value as the literal of an expression. okta-groups/slim exports this as `quote`.
import { oktaError } from './error-classes.js';
import { textArgument, typeOf } from './options.js';

export function literal(value) {
  const wrong = (reason) => oktaError('argument', `value ${reason}`, { argument: 'value' });
  if (typeof value === 'string') return JSON.stringify(textArgument('value', value));
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  if (!(value instanceof Date)) {
    throw wrong(`must be a string, a number, a boolean or a Date, not ${typeOf(value)}`);
  }
  // Not by toJSON(), which an old library may have replaced.
  const text = Number.isNaN(value.getTime()) ? '' : `"${value.toISOString()}"`;
  // Years above 9999 begin with a sign.
  if (!/^"\d/.test(text)) {
    throw wrong(`cannot be used: "${value}" is not a date and time of the years 0000 to 9999`);
  }
  return text;
}
