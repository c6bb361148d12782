// Parses the command line by the tables of `usage.js`. No message repeats the value of a flag, which may be a misplaced
// secret.
import { parseArgs } from 'node:util';
import { COMMANDS, FLAGS, commandOf, family, flagsOf } from './usage.js';
import { usage } from './exit.js';

/** Names of flags that people try for a secret. Messages never show their values. */
const SECRET = /token|secret|password|passwd|apikey|api-key|private-?key|authorization|header/i;

/**
 * @typedef {object} Parsed
 * @property {import('./usage.js').Command | undefined} command
 * @property {string[]} words the words before the arguments
 * @property {Record<string, any>} args by the lower-case name of the argument
 * @property {Record<string, any>} flags
 */

/**
 * @param {string[]} argv
 * @returns {Parsed}
 */
export function parsed(argv) {
  const tokens = tokensOf(argv);
  const words = tokens.flatMap((token) => (token.kind === 'positional' ? [token.value] : []));
  const given = tokens.filter((token) => token.kind === 'option');
  for (const { name, rawName } of given) if (!known(name)) throw unknownFlag(rawName, name);
  const found = commandOf(words);
  if (!found) return { command: undefined, words, args: {}, flags: flagsFor(given, allFlags()) };
  const { command, count } = found;
  const flags = flagsFor(given, flagsOf(command), command);
  if (flags.help || flags.version) return { command, words, args: {}, flags };
  return { command, words: words.slice(0, count), args: argsFor(command, words.slice(count), flags), flags };
}

function tokensOf(argv) {
  const options = Object.fromEntries(
    Object.entries(FLAGS).map(([name, { value, short, optional }]) => [
      name,
      { type: value && !optional ? 'string' : 'boolean', multiple: true, ...(short && { short }) },
    ]),
  );
  const config = { args: argv, options, strict: false, allowPositionals: true, tokens: true };
  return /** @type {any[]} */ (parseArgs(/** @type {any} */ (config)).tokens);
}

const known = (name) => Object.hasOwn(FLAGS, name);

function allFlags() {
  return new Map(Object.entries(FLAGS));
}

function unknownFlag(rawName, name) {
  if (SECRET.test(name)) {
    return usage(
      'a secret must not be an argument: other users of the machine and the shell history would see it',
      'put it in a file and name that with --token-file or --key-file, or set OKTA_ORG_URL and OKTA_TOKEN',
    );
  }
  const near = nearest(name, Object.keys(FLAGS));
  return usage(`there is no flag ${shown(rawName)}`, ...(near ? [`did you mean --${near}?`] : []));
}

/** An unknown flag's name for a message; replaced if it does not look like a name, since it may be a secret. */
const shown = (rawName) => (/^--?[a-z0-9-]{1,30}$/i.test(rawName) ? rawName : 'of that name');

function flagsFor(given, flags, command) {
  /** @type {Record<string, any>} */
  const read = {};
  for (const { name, rawName, value, inlineValue } of given) {
    const flag = flags.get(name);
    if (!flag) throw usage(`${command.words} has no flag ${rawName}`, `okta-groups help ${command.words}`);
    const label = `--${name}`;
    if (!flag.value) {
      if (value !== undefined) throw usage(`${label} takes no value`);
      read[name] = true;
    } else if (value === undefined) {
      if (!flag.optional) throw usage(`${label} needs a value: ${label} ${flag.value}`);
      read[name] = true;
    } else {
      if (!inlineValue && /^-./.test(value))
        throw usage(`${label} needs a value; write ${label}=VALUE if the value begins with -`);
      const parts = flag.type === 'list';
      if (!parts && Object.hasOwn(read, name)) throw usage(`${label} is given twice`);
      const one = valueOf(label, flag, value);
      read[name] = parts ? [...(read[name] ?? []), ...one] : one;
    }
  }
  return read;
}

/** Whether a flag has the form `FIELD=…`: its text may contain commas, so it is not split at them. */
const isAssignment = ({ value }) => value.includes('=');

function valueOf(label, flag, text) {
  if (text === '') throw usage(`${label} has an empty value`);
  if (flag.choices && !flag.choices.includes(text))
    throw usage(`${label} must be one of ${flag.choices.join(', ')}`);
  switch (flag.type) {
    case 'number':
      return wholeNumber(label, text, flag.min, flag.max);
    case 'list':
      if (isAssignment(flag)) {
        if (!/^[^=]+=/.test(text)) throw usage(`${label} must be written ${label} ${flag.value}`);
        return [text];
      }
      return text
        .split(',')
        .map((part) => part.trim())
        .filter(Boolean);
    case 'removals':
      return removals(label, text);
    case 'shard':
      return shard(label, text);
    default:
      return text;
  }
}

export function wholeNumber(label, text, min = 0, max = Number.MAX_SAFE_INTEGER) {
  const number = Number(text);
  if (!/^\d+$/.test(text) || number < min || number > max) {
    throw usage(`${label} must be a whole number from ${min}${max < 2 ** 53 - 1 ? ` to ${max}` : ''}`);
  }
  return number;
}

/** Reads a limit on removals: `12`, `10%` or `any`. */
function removals(label, text) {
  if (text === 'any') return false;
  if (label === '--max-failed-adds') return wholeNumber(label, text);
  const [, share] = /^(\d+(?:\.\d+)?)%$/.exec(text) ?? [];
  if (share !== undefined && Number(share) <= 100) return { ratio: Number(share) / 100 };
  // A number replaces the default share.
  if (/^\d+$/.test(text)) return { count: Number(text), ratio: 1 };
  throw usage(`${label} must be a number, a share such as 10%, or any`);
}

/** Reads a shard: `3/10` is part 3 of 0 to 9. */
function shard(label, text) {
  const [, index, of] = /^(\d{1,6})\/(\d{1,6})$/.exec(text) ?? [];
  if (of === undefined || Number(of) === 0 || Number(index) >= Number(of)) {
    throw usage(`${label} must be I/N with I from 0 to N - 1: 0/10 is the first of ten, 9/10 the last`);
  }
  return { index: Number(index), of: Number(of) };
}

function argsFor(command, words, flags) {
  // `--name` replaces the argument of the group.
  const takes = (command.args ?? []).filter(({ of }) => !(of === 'group' && flags.name !== undefined));
  const needed = takes.filter(({ optional }) => !optional).length;
  /** @type {Record<string, any>} */
  const args = {};
  const rest = [...words];
  if (rest.length < needed) {
    const { name, of } = takes[rest.length];
    const or = of === 'group' ? ' (an id, or --name NAME in its place)' : '';
    throw usage(`${command.words} needs ${name}${or}`, synopsis(command));
  }
  for (const { name, many, choices } of takes) {
    if (many) {
      args[name.toLowerCase()] = rest.splice(0);
      continue;
    }
    const value = rest.shift();
    if (value === '') throw usage(`${name} is empty`);
    if (value !== undefined && choices) {
      const choice = choices.find((each) => each.toLowerCase() === value.toLowerCase());
      if (!choice) throw usage(`${name} must be one of ${choices.join(', ')}`);
      args[name.toLowerCase()] = choice;
    } else {
      args[name.toLowerCase()] = value;
    }
  }
  if (rest.length > 0)
    throw usage(
      `${command.words} takes ${takes.length === 0 ? 'no argument' : `no more than ${takes.map(({ name }) => name).join(' and ')}`}`,
      synopsis(command),
    );
  return args;
}

/** The synopsis of a command: `okta-groups sync GROUP MEMBERS [flags]`. */
export function synopsis(command) {
  const args = (command.args ?? []).map(({ name, many, optional }) => {
    const text = many ? `${name}...` : name;
    return optional ? `[${text}]` : text;
  });
  return ['usage: okta-groups', command.words, ...args, '[flags]'].join(' ');
}

/** The error of an unknown command. */
export function unknownCommand(words) {
  const [first] = words;
  const of = family(first);
  if (of.length > 0)
    return usage(
      `${first} has the commands ${of.map(({ words }) => words.slice(first.length + 1)).join(', ')}`,
      `okta-groups help ${first}`,
    );
  const names = [...new Set(COMMANDS.flatMap(({ words }) => [words, words.split(' ')[0]]))];
  const near = nearest(words.slice(0, 2).join(' '), names) ?? nearest(first, names);
  return usage(
    'there is no such command',
    near ? `did you mean okta-groups ${near}?` : 'okta-groups help lists the commands',
  );
}

/** The known name that differs by at most two letters. */
function nearest(text, names) {
  const rated = names.map((name) => ({ name, away: distance(text, name) })).sort((a, b) => a.away - b.away);
  return rated[0] && rated[0].away <= 2 && rated[0].away < text.length ? rated[0].name : undefined;
}

function distance(a, b) {
  let row = Array.from({ length: b.length + 1 }, (_, at) => at);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      next[j] = Math.min(row[j] + 1, next[j - 1] + 1, row[j - 1] + Number(a[i - 1] !== b[j - 1]));
    }
    row = next;
  }
  return row[b.length];
}
