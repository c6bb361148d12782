// A click goes before reading ahead: what a person waits for is counted, and lists that read on let it pass.
import { signal } from '@preact/signals';

const underWay = signal(0);

/** Runs a request that a person waits for. Lists that read on send no page meanwhile. */
export async function asPerson<T>(run: () => Promise<T>): Promise<T> {
  underWay.value++;
  try {
    return await run();
  } finally {
    underWay.value--;
  }
}

/** Resolves once no request that a person waits for is under way, or rejects with the reason of `signal`. */
export function whenQuiet(signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(signal.reason);
    const abort = (): void => {
      stop();
      reject(signal.reason);
    };
    signal.addEventListener('abort', abort, { once: true });
    // `subscribe` calls at once, before it gives its end.
    let dispose: (() => void) | undefined;
    let isQuiet = false;
    const stop = (): void => {
      dispose?.();
      signal.removeEventListener('abort', abort);
    };
    dispose = underWay.subscribe((count) => {
      if (count > 0) return;
      isQuiet = true;
      stop();
      resolve();
    });
    if (isQuiet) stop();
  });
}

/** Resolves after `ms`, or rejects with the reason of `signal`. */
export function after(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(signal.reason);
    const abort = (): void => {
      clearTimeout(timer);
      reject(signal.reason);
    };
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', abort);
      resolve();
    }, ms);
    signal.addEventListener('abort', abort, { once: true });
  });
}
