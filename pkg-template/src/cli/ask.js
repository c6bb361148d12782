// Asks before something is removed or overwritten.
import { closeSync, openSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { ReadStream } from 'node:tty';
import { cancelled, refused } from './exit.js';

/**
 * Goes on if the answer is yes. Without a terminal it needs `--yes`.
 * @param {any} context
 * @param {string} question
 */
export async function confirmed({ flags, host, words, stop }, question) {
  if (flags.yes) return;
  const terminal = words.terminal ? terminalOf(host) : undefined;
  if (!terminal) throw refused('it is not done without --yes: there is no terminal to ask on', question);
  words.end();
  try {
    const answer = await asked(terminal.input, host.stderr, `${question} [y/N] `, stop.signal);
    if (!/^y(es)?$/i.test(answer.trim())) throw cancelled('nothing was changed');
  } finally {
    terminal.close();
  }
}

/** Where a person may answer: stdin, or the terminal itself where stdin holds data. */
function terminalOf({ stdin, platform }) {
  if (stdin.isTTY) return { input: stdin, close: () => stdin.pause() };
  try {
    const file = openSync(platform === 'win32' ? '\\\\.\\CONIN$' : '/dev/tty', 'r');
    try {
      const input = new ReadStream(file);
      return { input, close: () => input.destroy() };
    } catch {
      closeSync(file);
      return undefined;
    }
  } catch {
    return undefined;
  }
}

function asked(input, output, question, signal) {
  return new Promise((resolve) => {
    const lines = createInterface({ input, output });
    const done = (answer) => {
      // First: closing tells of an end without an answer.
      resolve(answer);
      signal.removeEventListener('abort', interrupted);
      lines.close();
    };
    const interrupted = () => {
      output.write('\n');
      done('');
    };
    signal.addEventListener('abort', interrupted);
    // Ctrl-C, Ctrl-D.
    lines.on('SIGINT', interrupted).once('close', () => done(''));
    lines.question(question, done);
  });
}
