// `serve`: serves a local org, to try commands with.
import { existsSync } from 'node:fs';
import { explained } from '../errors.js';
import { failed, usage } from '../exit.js';
import { parsedJson } from './groups.js';
import { printable } from '../printable.js';
import { readText, replaceOwn } from '../files.js';
import { wholeNumber } from '../args.js';
import { Output } from '../output.js';

const SAVE_MS = 2000;

export async function serve({ flags, host, words, stop }) {
  const { serveOrg } = await import('okta-groups/emulator');
  const { groups, users, seed, state, port = 0 } = flags;
  const options = {
    port,
    ...(groups !== undefined && { groups }),
    ...(users !== undefined && { users }),
    ...(seed !== undefined && { seed }),
    ...(flags['rate-limit'] !== undefined && { rateLimit: rateLimit(flags['rate-limit']) }),
    ...(flags.faults !== undefined && { faults: faults(flags.faults) }),
    ...(state !== undefined && existsSync(state) && { seedData: seedOf(state) }),
  };
  const org = await started(serveOrg, options);
  const save = state === undefined ? () => {} : saver(org, state);
  const timer = setInterval(() => tried(save, words), SAVE_MS);
  try {
    save();
    await new Output(host.stdout, { form: 'ndjson' }).text(`${org.orgUrl}\n`);
    words.say(
      'the local org is ready; Ctrl-C stops it. In another terminal:',
      `  export OKTA_ORG_URL=${org.orgUrl} OKTA_TOKEN=any`,
      '  okta-groups list --max 5',
    );
    await new Promise((resolve) =>
      stop.asked ? resolve(undefined) : stop.signal.addEventListener('abort', resolve),
    );
  } finally {
    clearInterval(timer);
    await org.close();
  }
  save();
}

async function started(serveOrg, options) {
  try {
    return await serveOrg(options);
  } catch (error) {
    const { code } = /** @type {any} */ (error);
    if (code === 'EADDRINUSE') throw failed(`the port ${options.port} is taken`);
    if (code === 'EACCES') throw failed(`the port ${options.port} may not be opened`);
    if (error instanceof TypeError) throw usage(printable(error.message));
    throw error;
  }
}

/** Writes the org's content to a file, if it has changed. */
function saver(org, path) {
  let saved = '';
  return () => {
    const text = `${JSON.stringify(org.snapshot())}\n`;
    if (text !== saved) replaceOwn(path, text);
    saved = text;
  };
}

/** Saves the state; a failure is a warning, and the org keeps running. */
function tried(save, words) {
  try {
    save();
  } catch (error) {
    words.warn(explained(error)[0]);
  }
}

function seedOf(path) {
  return parsedJson(`the state ${printable(path)}`, readText(path));
}

function rateLimit(text) {
  return text === 'off' ? 'off' : wholeNumber('--rate-limit', text, 1);
}

/** Reads faults: `seed:7`, `seed:7:0.2`, or a file with `rules` and `random`. */
function faults(text) {
  const [, seed, rate] = /^seed:(\d+)(?::([\d.]+))?$/.exec(text) ?? [];
  if (seed === undefined) return parsedJson(`the faults ${printable(text)}`, readText(text));
  if (rate !== undefined && !(Number(rate) <= 1)) throw usage('--faults seed:N:RATE has a RATE from 0 to 1');
  return { random: { seed: Number(seed), ...(rate !== undefined && { rate: Number(rate) }) } };
}
