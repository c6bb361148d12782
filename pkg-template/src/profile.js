// Writes profiles and other bodies as JSON text. A value that JSON would change or drop is refused, with its path.
import { isRecord } from './is-record.js';

/** The deepest nesting of attributes. An object that contains itself exceeds it. */
const MAX_DEPTH = 1000;

const WRONG = 'must be an object of attributes';
const isPromise = (value) => typeof value?.then === 'function';

/** The JSON text of a profile. Throws the fault as a text if JSON would change or drop a value. */
export function profileText(profile) {
  if (!isRecord(profile) || isPromise(profile)) throw WRONG;
  // A whole group in place of its profile, as other clients take it.
  if (Object.hasOwn(profile, 'profile') && isRecord(profile.profile)) {
    throw `${WRONG}, not an object with a profile`;
  }
  const text = written(profile, '', 0);
  // A toJSON() may return any value.
  if (!text.startsWith('{')) throw WRONG;
  return text;
}

/** The JSON text of any value. */
export function jsonText(value) {
  return written(value, '', 0);
}

/** The JSON text of an object, without the checks of a profile. */
export function objectText(value) {
  const text = isRecord(value) && !isPromise(value) ? jsonText(value) : '';
  if (!text.startsWith('{')) throw 'must be an object';
  return text;
}

/** As JSON.stringify, but ignores a toJSON() that an old library added to the prototypes of arrays and dates. */
function written(given, path, depth) {
  const lost = (what) => `holds a value that JSON cannot carry: ${path || 'it'} is ${what}`;
  if (depth > MAX_DEPTH) {
    throw `nests more than ${MAX_DEPTH} levels deep, or holds itself: ${path.slice(0, 100)}…`;
  }
  let value = given;
  if (typeof value === 'object' && value) {
    const kind = Object.prototype.toString.call(value);
    // The toJSON() of a class.
    const toJSON = ownMethod(value, 'toJSON');
    if (/^\[object (Number|String|Boolean)\]$/.test(kind)) value = value.valueOf();
    else if (kind === '[object Date]') {
      if (Number.isNaN(Date.prototype.getTime.call(value))) throw lost('an invalid Date');
      value = Date.prototype.toISOString.call(value);
    } else if (toJSON && !ArrayBuffer.isView(value)) value = toJSON.call(value, '');
  }
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return JSON.stringify(value);
    case 'number':
      if (!Number.isFinite(value)) throw lost(value);
      return Object.is(value, -0) ? '-0' : String(value);
    case 'object':
      break;
    default:
      throw lost(typeof value === 'undefined' ? value : `a ${typeof value}`);
  }
  if (value === null) return 'null';
  const keys = Object.keys(value);
  if (Array.isArray(value)) {
    if (keys.length !== value.length) throw lost('an array with holes, or with names');
    return `[${value.map((item, at) => written(item, `${path}[${at}]`, depth + 1)).join()}]`;
  }
  if (!isPlain(value, keys))
    throw lost(`an object of another kind: ${Object.prototype.toString.call(value)}`);
  const parts = [];
  for (const key of keys) {
    const item = value[key];
    // Omitted, as JSON does: an update keeps the attribute's value.
    if (item === undefined) continue;
    parts.push(`${JSON.stringify(key)}:${written(item, path ? `${path}.${key}` : key, depth + 1)}`);
  }
  return `{${parts.join()}}`;
}

/** The classes of an object, without those of the language. */
function classesOf(value) {
  const classes = [];
  for (let type = Object.getPrototypeOf(value); type; type = Object.getPrototypeOf(type)) {
    const isBuiltIn = Object.hasOwn(type, 'hasOwnProperty') || Array.isArray(type);
    if (isBuiltIn) break;
    classes.push(type);
  }
  return classes;
}

function ownMethod(value, name) {
  const owner = [value, ...classesOf(value)].find((type) => Object.hasOwn(type, name));
  return typeof owner?.[name] === 'function' ? value[name] : undefined;
}

/** Whether an object's own properties are all of its data: no Map, Error, RegExp or buffer, and no class with getters. */
function isPlain(value, keys) {
  if (!isRecord(value) || isPromise(value) || Object.prototype.toString.call(value) !== '[object Object]') {
    return false;
  }
  if (
    Object.getOwnPropertySymbols(value).some((key) => Object.prototype.propertyIsEnumerable.call(value, key))
  ) {
    return false;
  }
  const classes = classesOf(value);
  const hasGetter = (type) =>
    Object.entries(Object.getOwnPropertyDescriptors(type)).some(
      ([key, { get }]) => get && key !== '__proto__',
    );
  return classes.length === 0 || (keys.length > 0 && !classes.some(hasGetter));
}
