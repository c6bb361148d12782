// The package's clock: monotonic, in milliseconds, and never the machine's time of day.
//
// `performance.now` and `setTimeout` are looked up when they are used, so that a test may replace them at any time. A test
// may also replace one without the other (fake timers that leave `performance` alone): the clock would then stand still
// while timers fire, and a wait would be begun again for ever. So a timer that has fired moves the clock.

/** What a real timer and a real clock differ by at most: timers fire a millisecond early, browsers round the clock. */
const ROUNDING_MS = 250;

let seen = 0;
let offset = 0;
let floor = 0;

/** The time since an arbitrary moment, in milliseconds. It never goes back. */
export function now() {
  const read = performance.now();
  // Another clock took the place of the one before.
  if (read < seen) offset += seen - read;
  seen = read;
  floor = Math.max(floor, read + offset);
  return floor;
}

/** Tells that a timer fired that was due at `due`: it is that time by now, whatever `performance` says. */
export function reached(due) {
  now();
  if (due - (seen + offset) > ROUNDING_MS) offset = due - seen;
  floor = Math.max(floor, due);
}

/**
 * `setTimeout` that moves the clock when it fires. `clearTimeout` takes it back.
 * @param {() => void} callback
 * @param {number} ms
 */
export function after(ms, callback) {
  const due = now() + ms;
  return setTimeout(() => {
    reached(due);
    callback();
  }, ms);
}
