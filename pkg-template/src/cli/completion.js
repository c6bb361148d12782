// Shell completion, by a library from the tables of `usage.js`: the shell's script runs `okta-groups complete -- WORDS`.
import { RootCommand } from '@bomb.sh/tab';
import { readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { COMMANDS, family, flagsOf } from './usage.js';

function tree(words) {
  const root = new RootCommand();
  for (const command of COMMANDS) {
    const [first, second] = command.words.split(' ');
    if (second && !root.commands.has(first))
      root.command(
        first,
        family(first)
          .map(({ words }) => words.slice(first.length + 1))
          .join(', '),
      );
    const made = root.command(command.words, command.summary);
    for (const [name, { help, choices, value, type, short }] of flagsOf(command)) {
      if (!value) made.option(name, help, ...(short ? [short] : []));
      else
        made.option(name, help, choices ? list(choices) : type === 'file' ? files(words) : () => {}, short);
    }
    for (const { name, of, choices, many } of command.args ?? []) {
      made.argument(name, choices ? list(choices) : of === 'file' ? files(words) : () => {}, many);
    }
  }
  root.command('help', 'what a command does');
  return root;
}

const list = (choices) => (complete) => choices.forEach((choice) => complete(choice, ''));

/** Completes the last word to file names: the library cannot leave that to the shell. */
function files(words) {
  return (complete) => {
    const begun = (words.at(-1) ?? '').replace(/^--[a-z-]+=/, '');
    const folder = begun.includes('/') ? dirname(`${begun}x`) : '.';
    let entries;
    try {
      entries = readdirSync(folder, { withFileTypes: true });
    } catch {
      return;
    }
    for (const entry of entries.slice(0, 500)) {
      if (entry.name.startsWith('.')) continue;
      const path = folder === '.' && !begun.startsWith('./') ? entry.name : join(folder, entry.name);
      complete(entry.isDirectory() ? `${path}/` : path, '');
    }
  };
}

/** Prints the completions for a shell. */
export function complete(words) {
  tree(words).parse([...words]);
}

export function script(shell) {
  new RootCommand().setup('okta-groups', 'okta-groups', shell);
}
