// The file of an export. To resume, it is cut to the length in the checkpoint: rows after it are written again.
import { closeSync, createWriteStream, fdatasyncSync, fstatSync, ftruncateSync, openSync } from 'node:fs';
import { once } from 'node:events';
import { openNew } from './files.js';
import { Output } from './output.js';
import { refused } from './exit.js';
import { printable } from './printable.js';

export class FileSink {
  #file;
  #stream;
  #output;
  #rows;
  #bytes;

  /**
   * @param {string} path
   * @param {any} options the options of {@link Output}
   * @param {{ rows: number, bytes: number } | undefined} saved
   */
  constructor(path, options, saved) {
    this.#rows = saved?.rows ?? 0;
    this.#bytes = saved?.bytes ?? 0;
    this.#file = saved ? cutTo(path, saved.bytes) : openNew(path);
    this.#stream = createWriteStream(path, { fd: this.#file, start: this.#bytes, autoClose: false });
    this.#output = new Output(this.#stream, { ...options, resumed: this.#rows > 0 });
  }

  get rows() {
    return this.#rows + this.#output.rowCount;
  }

  get unseen() {
    return this.#output.unseen;
  }

  write(rows) {
    return this.#output.rows(rows);
  }

  end() {
    return this.#output.end();
  }

  /** Waits until all rows are on the disk, before a checkpoint counts them. */
  flush() {
    fdatasyncSync(this.#file);
  }

  place() {
    return { rows: this.rows, bytes: this.#bytes + this.#output.bytes, columns: this.#output.paths };
  }

  async close() {
    // After a failed write the stream never emits `finish`.
    if (!this.#stream.destroyed && !this.#stream.errored) {
      this.#stream.end();
      await once(this.#stream, 'finish').catch(() => {});
    }
    closeSync(this.#file);
  }
}

function cutTo(path, bytes) {
  let file;
  try {
    file = openSync(path, 'r+');
  } catch {
    throw refused(`${printable(path)} cannot be continued: it does not exist, or may not be written`);
  }
  if (fstatSync(file).size < bytes) {
    closeSync(file);
    throw refused(`${printable(path)} is shorter than its checkpoint says: it was changed meanwhile`);
  }
  ftruncateSync(file, bytes);
  return file;
}
