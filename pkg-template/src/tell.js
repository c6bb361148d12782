/** Passes an event to the program's listener and ignores its errors. */
export function tell(listener, event) {
  try {
    // Also the rejection of an async listener.
    listener(event)?.then?.(undefined, () => {});
  } catch {
    // A listener observes a call and must not change its result.
  }
}
