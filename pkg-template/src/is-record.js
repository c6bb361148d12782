/** Whether a value is an object of named members. Headers, a Map or an array would read as an empty object. */
export function isRecord(value) {
  return typeof value === 'object' && value !== null && !value[Symbol.iterator];
}
