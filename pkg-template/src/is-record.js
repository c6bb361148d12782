/** Whether it is an object with names: Headers, a Map and an array are read otherwise, and would be empty in silence. */
export function isRecord(value) {
  return typeof value === 'object' && value !== null && !value[Symbol.iterator];
}
