// Files of ours: plans, rests, checkpoints. They are for their owner alone (mode 0600, which Windows does not have), and
// never written over a file that is there.
import {
  closeSync,
  existsSync,
  fsyncSync,
  openSync,
  readFileSync,
  renameSync,
  unlinkSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';
import { failed, refused, usage } from './exit.js';
import { printable } from './printable.js';

/** Writes a file that is not there yet. */
export function writeNew(path, text) {
  const file = openNew(path);
  try {
    writeAll(file, text);
    fsyncSync(file);
  } catch (error) {
    unlinkSync(path);
    throw cannot('written', path, error);
  } finally {
    closeSync(file);
  }
}

export function openNew(path) {
  try {
    return openSync(path, 'wx', 0o600);
  } catch (error) {
    if (/** @type {any} */ (error).code === 'EEXIST')
      throw refused(`${printable(path)} is there already, and is not written over`);
    throw cannot('written', path, error);
  }
}

/** Puts a whole new text in place of a file of ours: who reads it, or ends us, finds the old one or the new one. */
export function replaceOwn(path, text) {
  const beside = `${path}.${process.pid}.new`;
  try {
    const file = openSync(beside, 'w', 0o600);
    try {
      writeAll(file, text);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    renameSync(beside, path);
  } catch (error) {
    if (existsSync(beside)) unlinkSync(beside);
    throw cannot('written', path, error);
  }
}

function writeAll(file, text) {
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length;) at += writeSync(file, bytes, at);
}

/** Said before a run begins: afterwards it would be too late. */
export function mustBeNew(path) {
  if (path === undefined) return;
  if (existsSync(path)) throw refused(`${printable(path)} is there already, and is not written over`);
  if (!existsSync(dirname(resolve(path)))) throw usage(`the folder of ${printable(path)} is not there`);
}

/**
 * Keeps a text whatever happens: in the file that was asked for, else beside, else in the folder of temporary files.
 * @returns {string | undefined} where it is, if anywhere
 */
export function kept(path, name, text) {
  for (const at of [...(path ? [path] : []), name, join(tmpdir(), basename(name))]) {
    for (let count = 1; count < 100; count++) {
      const candidate = count === 1 ? at : at.replace(/(\.json)?$/, `-${count}$1`);
      if (existsSync(candidate)) continue;
      try {
        writeNew(candidate, text);
        return candidate;
      } catch (error) {
        if (!existsSync(candidate)) break;
      }
    }
  }
  return undefined;
}

/** The text of a file; the message names the file and holds nothing of it. */
export function readText(path, what = 'the file') {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw cannot('read', path, error, what);
  }
}

export function readBytes(path) {
  try {
    return readFileSync(path);
  } catch (error) {
    throw cannot('read', path, error);
  }
}

const WHY = {
  ENOENT: 'it is not there',
  EACCES: 'it may not be opened',
  EISDIR: 'it is a folder',
  ENOSPC: 'there is no space left',
  ENOTDIR: 'its folder is none',
};

function cannot(done, path, error, what) {
  const name = what && what !== 'the file' ? `${what} ${printable(path)}` : printable(path);
  const make = done === 'read' ? usage : failed;
  return make(`${name} cannot be ${done}: ${WHY[error.code] ?? error.code ?? error.message}`);
}
