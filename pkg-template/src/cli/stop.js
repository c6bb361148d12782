// Handles Ctrl-C and other signals. The first one stops the command: a list at its page, a run after its current writes. The
// third one ends the process at once.

const SIGNALS = /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP']);

export class Stop {
  #controller = new AbortController();
  #words;
  #count = 0;
  #listeners = SIGNALS.map((name) => /** @type {const} */ ([name, () => this.#interrupted(name)]));

  constructor(words) {
    this.#words = words;
    for (const [name, listener] of this.#listeners) process.on(name, listener);
  }

  get signal() {
    return this.#controller.signal;
  }

  /** Whether a signal asked the command to stop. */
  get asked() {
    return this.#controller.signal.aborted;
  }

  end() {
    for (const [name, listener] of this.#listeners) process.off(name, listener);
  }

  #interrupted(name) {
    this.#count += 1;
    this.#controller.abort(new Error(name));
    if (this.#count === 2)
      this.#words.tell('the command is stopping; a second signal ends it at once and writes no rest');
    if (this.#count > 2) process.exit(2);
  }
}
