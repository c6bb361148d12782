/** Whether a value is an object that is iterated, at once or asynchronously. A text is none: its items are characters. */
export const isIterable = (value) =>
  Boolean(typeof value === 'object' && (value?.[Symbol.iterator] || value?.[Symbol.asyncIterator]));
