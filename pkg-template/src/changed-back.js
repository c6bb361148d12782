// Finds values that an update would change by reading and writing them back: numbers and texts that JavaScript cannot hold
// exactly.
/** Describes the first part of a value that would be written back as another value; falsy if there is none. */
export function changedBack(value, isLost, depth = 0) {
  if (typeof value === 'string') {
    return isLost && value.includes('\ufffd') && 'text that is not UTF-8';
  }
  if (typeof value === 'object' && value) {
    // A value that nests deeper could not be written.
    if (depth > 900) return 'a value that nests too deep';
    for (const part of Object.entries(value).flat()) {
      const found = changedBack(part, isLost, depth + 1);
      if (found) return found;
    }
    return undefined;
  }
  const isInexact =
    typeof value === 'number' && (value % 1 === 0 ? !Number.isSafeInteger(value) : !Number.isFinite(value));
  return isInexact && 'a number that JavaScript does not hold exactly';
}
