// What a read-and-write changes although nobody asked for it.
/** What in a value would be written back as something else, if anything. */
export function changedBack(value, isLost, depth = 0) {
  if (typeof value === 'string') {
    return isLost && value.includes('\ufffd') && 'a text that is no UTF-8';
  }
  if (typeof value === 'object' && value) {
    // As deep as it could be written.
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
