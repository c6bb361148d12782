// Long work of the page, in turns with what people do.
import { inSlices } from '../model/slices.ts';
import type { Work } from '../model/slices.ts';

const channel = new MessageChannel();
const waiting: (() => void)[] = [];
channel.port1.onmessage = () => waiting.shift()?.();

/**
 * Lets the browser answer keys, draw and take answers of the network. A timer would wait 4 ms each time; what follows
 * `scheduler.yield` goes before all of them but keys.
 */
export const turn = (): Promise<void> =>
  new Promise((resolve) => {
    waiting.push(resolve);
    channel.port2.postMessage(undefined);
  });

/** Runs work in slices of 8 ms. `signal` stops it. */
export function inTurns<Result>(work: Work<Result>, signal?: AbortSignal): Promise<Result> {
  return inSlices(work, { now: () => performance.now(), pause: turn, ...(signal && { signal }) });
}
