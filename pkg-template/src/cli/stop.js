// Ctrl-C and its like. The first one stops what the command does: a list at its page, a run after the writes that are
// under way. A third one ends the process as it stands.

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

  /** Whether a person or the system asked for it. */
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
      this.#words.tell('it is being stopped; once more ends it at once, and keeps no rest');
    if (this.#count > 2) process.exit(2);
  }
}
