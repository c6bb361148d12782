/** Calls back with an event; what the callback throws is its own affair. */
export function tell(listener, event) {
  try {
    // Of an async one, too.
    listener(event)?.then?.(undefined, () => {});
  } catch {
    // An event stream may watch a call, never change how it ends.
  }
}
