// Writes messages for people and one line of progress to stderr. A closed stderr is no error.
import { printable } from './printable.js';

const REDRAW_MS = 100;
const LOG_MS = 10_000;

export class Words {
  #stream;
  #terminal;
  #quiet = false;
  #drawn = false;
  #drawnAt = 0;
  /** @type {(() => string) | undefined} */
  #progress;
  /** @type {ReturnType<typeof setInterval> | undefined} */
  #timer;

  constructor(stream) {
    this.#stream = stream;
    this.#terminal = Boolean(stream.isTTY);
    // The terminal was closed: the command continues.
    stream.on('error', () => {});
  }

  get terminal() {
    return this.#terminal;
  }

  hush() {
    this.#quiet = true;
  }

  /** Prints lines, unless `--quiet` is set. */
  say(...lines) {
    if (!this.#quiet) this.tell(...lines);
  }

  /** Prints lines also with `--quiet`. */
  tell(...lines) {
    this.#clear();
    for (const line of lines) this.#write(`${line}\n`);
    this.#draw(true);
  }

  warn(line) {
    this.tell(`warning: ${line}`);
  }

  /**
   * Shows the text of `line()` until `end()`: in place on a terminal, otherwise as a new line every ten seconds.
   * @param {() => string} line
   */
  progress(line) {
    this.end();
    if (this.#quiet) return;
    this.#progress = line;
    const draw = () => (this.#terminal ? this.#draw(true) : this.#write(`${line()}\n`));
    this.#timer = setInterval(draw, this.#terminal ? 1000 : LOG_MS).unref();
    this.#draw(true);
  }

  /** Notes that the command made progress. */
  moved() {
    this.#draw(false);
  }

  end() {
    clearInterval(this.#timer);
    this.#clear();
    this.#progress = undefined;
  }

  #draw(now) {
    if (!this.#terminal || !this.#progress) return;
    if (!now && Date.now() - this.#drawnAt < REDRAW_MS) return;
    this.#drawnAt = Date.now();
    const room = Math.max(20, (this.#stream.columns || 80) - 1);
    this.#write(`\r\u001b[2K${printable(this.#progress()).slice(0, room)}`);
    this.#drawn = true;
  }

  #clear() {
    if (this.#drawn) this.#write('\r\u001b[2K');
    this.#drawn = false;
  }

  #write(text) {
    if (!this.#stream.destroyed) this.#stream.write(text);
  }
}
