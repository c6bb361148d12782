// Long work in short pieces, so that the page answers keys while it goes on.

/** Work that stops after each small piece: a generator whose `next` takes well below a millisecond or two. */
export type Work<Result = void> = Generator<unknown, Result, void>;

/** How {@link inSlices} takes turns with the page. */
export interface SliceOptions {
  /** Clock in milliseconds: `() => performance.now()`. */
  readonly now: () => number;
  /** Gives the page its turn: `() => scheduler.yield()`, or a Promise of a timer or message. */
  readonly pause: () => Promise<unknown>;
  /** Longest slice in milliseconds. */
  readonly budget?: number;
  /** Stops the work at the next pause; the Promise rejects with its reason. */
  readonly signal?: AbortSignal;
}

/**
 * Runs work to its end, with a pause whenever the budget (8 ms) is used up.
 *
 * @throws the reason of `signal`, once it is aborted.
 */
export async function inSlices<Result>(
  work: Work<Result>,
  { now, pause, budget = 8, signal }: SliceOptions,
): Promise<Result> {
  try {
    for (;;) {
      signal?.throwIfAborted();
      const end = now() + budget;
      do {
        const { done, value } = work.next();
        if (done) return value;
      } while (now() < end);
      await pause();
    }
  } finally {
    // Work that was stopped ends here, so that it can put its state in order.
    work.return(undefined as Result);
  }
}

/** Runs work to its end at once: for few rows, and tests. */
export function atOnce<Result>(work: Work<Result>): Result {
  for (;;) {
    const { done, value } = work.next();
    if (done) return value;
  }
}

/** Rows that a piece of work goes through before it stops for a moment: a millisecond or two on a slow machine. */
const STEP = 250;
/** Rows that are sorted in one piece: about 2 ms with a collator on a slow machine. */
const RUN = 256;

/** Calls `each` for every item, in pieces. */
export function* eachOf<Item>(items: Iterable<Item>, each: (item: Item) => void, step = STEP): Work {
  let left = step;
  for (const item of items) {
    each(item);
    if (--left > 0) continue;
    left = step;
    yield;
  }
}

/** The items in order, in pieces: runs that are sorted, then merged. Stable. Gives a new array. */
export function* sortedOf<Item>(items: readonly Item[], compare: (a: Item, b: Item) => number): Work<Item[]> {
  let from: Item[] = [];
  for (let at = 0; at < items.length; at += RUN) {
    for (const item of items.slice(at, at + RUN).sort(compare)) from.push(item);
    yield;
  }
  let to: Item[] = new Array<Item>(from.length);
  for (let run = RUN; run < from.length; run *= 2) {
    let moved = 0;
    for (let start = 0; start < from.length; start += 2 * run) {
      const middle = Math.min(start + run, from.length);
      const end = Math.min(start + 2 * run, from.length);
      let left = start;
      let right = middle;
      for (let at = start; at < end; at++) {
        const takesLeft =
          right >= end || (left < middle && compare(from[left] as Item, from[right] as Item) <= 0);
        to[at] = from[takesLeft ? left++ : right++] as Item;
        if (++moved % STEP === 0) yield;
      }
    }
    [from, to] = [to, from];
  }
  return from;
}
