// What is under way, in words: why it takes long where the org's rate limit is the reason.
import { el } from './dom.js';

/** The buckets that calls count in. */
export const LISTS = 'groups';
export const ONE_GROUP = 'groups/{id}';

/** Less is not worth a word. */
const WORTH_TELLING_MS = 1000;
const TICK_MS = 250;
/** By bucket, when it lets requests through again (by `performance.now()`). */
const opens = new Map();
const notes = new Set();
let ticking;

/** For the client's `onEvent`. */
export function watch(event) {
  const [bucket, ms] = wait(event);
  if (!(ms >= WORTH_TELLING_MS)) return;
  opens.set(bucket, performance.now() + ms);
  for (const note of notes) note.say();
}

function wait(event) {
  switch (event.type) {
    case 'throttle':
      return [event.bucket, event.waitMs];
    case 'retry': {
      const { kind, path } = event.error;
      // Refused already, by an org that does not say when its window ends.
      if (kind === 'rate-limit') return [path?.endsWith('{groupId}') ? ONE_GROUP : LISTS, event.delayMs];
    }
  }
  return [];
}

/**
 * Says what is under way, and while the rate limit holds it back, for how long. `waiting(is)` is told when that begins
 * and ends. It is done with once it is taken out of the page.
 */
export function progress(text, { bucket = LISTS, waiting = () => {}, as = 'p' } = {}) {
  // Said once, not every second: a timer is silent by itself.
  const timer = el('span', { role: 'timer' });
  // A span is for a place that is a status already.
  const element = el(`${as}.loading`, as === 'p' ? { role: 'status' } : {}, text);
  let isWaiting = false;
  function say() {
    const seconds = Math.ceil(((opens.get(bucket) ?? 0) - performance.now()) / 1000);
    if (seconds > 0) timer.textContent = `${seconds} s`;
    if (seconds > 0 === isWaiting) return;
    isWaiting = !isWaiting;
    element.replaceChildren(
      ...(isWaiting ? ['The org’s rate limit is used up: goes on in ', timer] : [text]),
    );
    waiting(isWaiting);
  }
  say();
  notes.add({ element, say });
  ticking ??= setInterval(tick, TICK_MS);
  return element;
}

function tick() {
  for (const note of notes) {
    if (note.element.isConnected) note.say();
    else notes.delete(note);
  }
  if (notes.size > 0) return;
  clearInterval(ticking);
  ticking = undefined;
}
