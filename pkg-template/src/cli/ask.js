// Asks for a confirmation before a command removes or overwrites something.
import { closeSync, openSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { ReadStream } from 'node:tty';
import { cancelled, refused } from './exit.js';

/**
 * Returns if the answer is yes, and otherwise ends the command. Without a terminal the command needs `--yes`.
 * @param {any} context
 * @param {string} question
 */
export async function confirmed({ flags, host, words, stop }, question) {
  if (flags.yes) return;
  const terminal = words.terminal ? terminalOf(host) : undefined;
  if (!terminal) throw refused('the command needs --yes: there is no terminal to ask on', question);
  words.end();
  try {
    const answer = await asked(terminal.input, host.stderr, `${question} [y/N] `, stop.signal);
    if (!/^y(es)?$/i.test(answer.trim())) throw cancelled('nothing was changed');
  } finally {
    terminal.close();
  }
}

/** The terminal for the answer: stdin, or the terminal device if stdin is data. */
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
      // Resolved first: `close()` emits an event that resolves to no answer.
      resolve(answer);
      signal.removeEventListener('abort', interrupted);
      lines.close();
    };
    const interrupted = () => {
      output.write('\n');
      done('');
    };
    signal.addEventListener('abort', interrupted);
    // Ctrl-C and Ctrl-D.
    lines.on('SIGINT', interrupted).once('close', () => done(''));
    lines.question(question, done);
  });
}
