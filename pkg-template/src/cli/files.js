// Reads and writes the command's files: plans, rests and checkpoints. Only their owner may read them (mode 0600; Windows has
// no modes). An existing file is never overwritten, except a checkpoint or saved state by the next one.
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

/** Writes a new file; an existing one is refused. */
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
      throw refused(`${printable(path)} exists already: the command does not overwrite it`);
    throw cannot('written', path, error);
  }
}

/** Replaces one of the command's files atomically: a reader, or a kill of the process, leaves the old or the new text. */
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

/** Refuses the path of an existing file. Called before a run starts, since its result could not be saved afterwards. */
export function mustBeNew(path) {
  if (path === undefined) return;
  if (existsSync(path)) throw refused(`${printable(path)} exists already: the command does not overwrite it`);
  if (!existsSync(dirname(resolve(path)))) throw usage(`the folder of ${printable(path)} does not exist`);
}

/**
 * Saves a text in the requested file, else under `name`, else in the folder of temporary files.
 * @returns {string | undefined} the path, if one of them could be written
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

/** Reads a file. Error messages name the file and quote nothing of its content. */
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
  ENOENT: 'it does not exist',
  EACCES: 'permission is denied',
  EISDIR: 'it is a folder',
  ENOSPC: 'there is no space left',
  ENOTDIR: 'a part of its path is not a folder',
};

function cannot(done, path, error, what) {
  const name = what && what !== 'the file' ? `${what} ${printable(path)}` : printable(path);
  const make = done === 'read' ? usage : failed;
  return make(`${name} cannot be ${done}: ${WHY[error.code] ?? error.code ?? error.message}`);
}
