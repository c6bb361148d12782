// Runs a command: parses the arguments, calls its function, and turns the result or error into messages and an exit code.
import { isOktaError } from 'okta-groups';
import { parsed, unknownCommand } from './args.js';
import { COMMANDS, family } from './usage.js';
import { ClosedPipe, CliError, EXIT, usage } from './exit.js';
import { cursorLine, exitCode, explained } from './errors.js';
import { helpExitCodes, helpFor, helpForFamily, helpSignIn, overview } from './help.js';
import { Output } from './output.js';
import { Stdin } from './input.js';
import { Stop } from './stop.js';
import { Words } from './words.js';
import { PROGRAMS } from './commands.js';
import { complete } from './completion.js';
import { connected } from './sign-in.js';

/**
 * @param {string[]} argv
 * @param {any} host
 * @returns {Promise<number>} the exit code
 */
export async function main(argv, host) {
  if (argv[0] === 'complete' && argv[1] === '--') {
    complete(argv.slice(2));
    return EXIT.DONE;
  }
  const words = new Words(host.stderr);
  const stop = new Stop(words);
  /** @type {any} */
  let context;
  try {
    const read = parsed(argv);
    const text = helpOf(read, argv, host);
    if (text !== undefined) {
      await new Output(host.stdout, {}).text(`${text}\n`);
      return EXIT.DONE;
    }
    const { command } = read;
    if (!command)
      throw read.words.length > 0
        ? unknownCommand(read.words)
        : usage('there is no command', 'okta-groups help lists them');
    if (read.flags.quiet) words.hush();
    context = {
      ...read,
      command,
      host,
      words,
      stop,
      stdin: new Stdin(),
      onEvent: (event) => told(words, read.flags, event),
    };
    context.connect = () => connected(context);
    const code = await PROGRAMS[command.words](context);
    return code ?? EXIT.DONE;
  } catch (error) {
    return ended(error, words, context);
  } finally {
    words.end();
    stop.end();
  }
}

/** The text to print in place of running a command: help or the version. */
function helpOf({ command, words, flags }, argv, host) {
  if (flags.version) return host.version;
  if (words[0] === 'help') return helpAbout(words.slice(1));
  if (command) return flags.help ? helpFor(command) : undefined;
  if (words.length === 0 && (flags.help || argv.length === 0)) return overview();
  if (flags.help) return helpAbout(words);
  return undefined;
}

function helpAbout(words) {
  const about = words.join(' ');
  if (about === '') return overview();
  if (about === 'sign-in') return helpSignIn();
  if (about === 'exit-codes') return helpExitCodes();
  const command =
    COMMANDS.find((each) => each.words === about) ?? COMMANDS.find((each) => each.words === words[0]);
  if (command) return helpFor(command);
  if (family(words[0]).length > 0) return helpForFamily(words[0]);
  throw unknownCommand(words);
}

/** @returns {number} */
function ended(error, words, context) {
  const asks = context?.command?.effect;
  // A closed pipe (`| head`) is a success, unless the command writes to the org: then its writes decide.
  if (error instanceof ClosedPipe) return asks && error.code !== undefined ? error.code : EXIT.DONE;
  const code = context?.stop?.asked && isOktaError(error, 'aborted') ? EXIT.CANCELLED : exitCode(error);
  words.end();
  const [first, ...rest] = explained(error);
  const lead = code === EXIT.CANCELLED && isOktaError(error) ? 'cancelled' : first;
  words.tell(`okta-groups: ${lead}`, ...rest.map((line) => `  ${line}`));
  if (error?.cursor !== undefined && !(error instanceof CliError))
    words.tell(`  ${cursorLine(error.cursor)}`);
  return code;
}

/** Prints the client's events: all with `--verbose`, otherwise its warnings only. */
function told(words, flags, event) {
  if (event.type === 'warning') words.warn(event.message);
  if (!flags.verbose) return;
  const { type, ...fields } = event;
  const shown = Object.entries(fields).map(([name, value]) => `${name}=${value?.kind ?? value}`);
  words.tell(`${type} ${shown.join(' ')}`);
}
