// `check`, `request`, `whoami` and `completion`.
import { bytesOf } from '../input.js';
import { check as checked, isOktaError, parse } from 'okta-groups';
import { confirmed } from '../ask.js';
import { halves, parsedJson } from './groups.js';
import { EXIT, noSignIn, usage } from '../exit.js';
import { Output } from '../output.js';
import { outputFlags, writeList, writeOne } from '../lists.js';
import { printable } from '../printable.js';
import { script } from '../completion.js';

export async function check(context) {
  const { args, flags, host, words } = context;
  const where = flags.parameter ?? 'search';
  const expression = parse(args.expr);
  const warnings = checked(expression, where);
  const output = new Output(host.stdout, {
    form: flags.output,
    columns: ['attr', 'op', 'reason', 'message'],
  });
  if (warnings.length > 0) await output.rows(warnings);
  await output.end();
  if (warnings.length === 0) words.say(`valid for ${where}: ${printable(String(expression))}`);
  return flags.strict && warnings.length > 0 ? EXIT.FAILED : EXIT.DONE;
}

export async function request(context) {
  const { args, flags, stop, words } = context;
  const { method } = args;
  const path = segments(args.path);
  const query = Object.fromEntries((flags.query ?? []).map(halvesOfQuery));
  const reads = method === 'GET';
  if (flags.paginate && method !== 'GET') throw usage('--paginate is for GET');
  const { client, org } = await context.connect();
  if (flags.paginate) {
    const link = flags['link-optional'] ? { link: 'optional' } : {};
    return writeList(context, (page) => client.paginate(path, { query, ...link, ...page }), {
      columns: ['id'],
      one: 'item',
      pages: false,
    });
  }
  const body =
    flags.body === undefined
      ? undefined
      : parsedJson('--body', new TextDecoder().decode(await bytesOf(flags.body, context)));
  if (!reads)
    await confirmed(context, `Send ${method} /api/v1/${path.map(encodeURIComponent).join('/')} to ${org}?`);
  const answer = await client.request(method, path, {
    ...(Object.keys(query).length > 0 && { query }),
    ...(body !== undefined && { body }),
    ...(flags.idempotent && { idempotent: true }),
    signal: stop.signal,
  });
  if (answer === undefined || answer === null) words.say('done; the answer has no body');
  else if (Array.isArray(answer)) await written(context, answer);
  else await writeOne(context, answer, ['id']);
  return EXIT.DONE;
}

async function written({ flags, host }, items) {
  const output = new Output(host.stdout, { ...outputFlags(flags), columns: ['id'] });
  await output.rows(items);
  await output.end();
}

const halvesOfQuery = (text) => [
  text.slice(0, text.indexOf('=')),
  halves(`=${text.slice(text.indexOf('=') + 1)}`)[1],
];

/** Splits a path into segments, so that no id can change the path. */
function segments(words) {
  if (words.length > 1) return words;
  const [text] = words;
  if (/[?#]/.test(text)) throw usage('PATH has no query: --query NAME=VALUE');
  const parts = text
    .replace(/^\/?(?:api\/v1\/)?/, '')
    .replace(/\/$/, '')
    .split('/');
  try {
    return parts.map(decodeURIComponent);
  } catch {
    throw usage('PATH holds a % that escapes nothing');
  }
}

export async function whoami(context) {
  const { flags, stop } = context;
  const { client, org, source, credential, proxy } = await context.connect();
  const signedIn = {
    org,
    source: source.name,
    names: source.says.join(' '),
    credential: { ssws: 'API token', bearer: 'access token', key: 'service app' }[credential.kind],
  };
  const found =
    credential.kind === 'key'
      ? await asApp(client, credential, stop.signal)
      : await asUser(client, stop.signal);
  await writeOne({ ...context, flags: { ...flags } }, { ...signedIn, ...(proxy && { proxy }), ...found }, [
    'org',
    'login',
    'id',
  ]);
}

/** A service app has no user `me`: a token and a successful read show that it is signed in. */
async function asApp(client, { clientId, scopes }, signal) {
  const page = await client.groups.list({ limit: 1, signal });
  return { clientId, scopes: scopes.join(' '), readsGroups: Array.isArray(page.items) };
}

async function asUser(client, signal) {
  try {
    const { id, status, profile } = await client.users.get('me', { signal });
    return {
      id,
      status,
      login: profile.login,
      name: [profile.firstName, profile.lastName].filter(Boolean).join(' '),
    };
  } catch (error) {
    if (!isOktaError(error) || ['unauthorized', 'aborted', 'connection'].includes(error.kind)) throw error;
    // A token may lack the scope for people and have the one for groups.
    const page = await client.groups.list({ limit: 1, signal });
    if (!Array.isArray(page.items)) throw noSignIn('the org answers, but not with groups');
    return { login: '(the org does not tell)', readsGroups: true };
  }
}

export async function completion({ args }) {
  script(args.shell);
}
