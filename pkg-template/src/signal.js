// Signals of the caller's: each is listened to once, however many calls share it. Node warns of the eleventh listener.

/** What is called back when a signal aborts. */
const waiting = new WeakMap();

/**
 * Calls back when `signal` aborts, or at once if it has. Gives what takes that back.
 * @param {any} signal
 * @param {() => void} callback
 */
export function onAbort(signal, callback) {
  if (!signal) return () => {};
  if (signal.aborted) {
    callback();
    return () => {};
  }
  const { callbacks, fire } = waiting.get(signal) ?? listener(signal);
  if (!callbacks.size) signal.addEventListener('abort', fire);
  callbacks.add(callback);
  return () => {
    // Not every polyfill's signal can do without a listener again.
    if (callbacks.delete(callback) && !callbacks.size) signal.removeEventListener?.('abort', fire);
  };
}

function listener(signal) {
  const callbacks = new Set();
  const fire = () => callbacks.forEach((callback) => callback());
  waiting.set(signal, { callbacks, fire });
  return { callbacks, fire };
}
