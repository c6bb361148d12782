// Adds one listener to each AbortSignal of a program, also if many calls share it: Node warns at the eleventh listener.

/** The callbacks of each signal. */
const waiting = new WeakMap();

/**
 * Calls back when `signal` aborts, or at once if it already has. Returns a function that removes the callback.
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
    // Some polyfills have no removeEventListener.
    if (callbacks.delete(callback) && !callbacks.size) signal.removeEventListener?.('abort', fire);
  };
}

function listener(signal) {
  const callbacks = new Set();
  const fire = () => callbacks.forEach((callback) => callback());
  waiting.set(signal, { callbacks, fire });
  return { callbacks, fire };
}
