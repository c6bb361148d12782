// `console`: serves the console's page and the proxy that holds its token.
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { failed } from '../exit.js';
import { fetchFor } from '../proxy.js';
import { authOf, checkedOrg, connected, scopesFor, sourceOf } from '../sign-in.js';
import { Files } from '../console/files.js';
import { Output } from '../output.js';
import { Upstream } from '../console/upstream.js';
import { serveConsole } from '../console/server.js';

const READ_ONLY_SCOPES = ['okta.groups.read', 'okta.users.read'];

export async function openConsole(context) {
  const { flags, host, words, stop } = context;
  const { open, port = 0, 'read-only': readOnly = false } = flags;
  const files = new Files(fileURLToPath(new URL('./console/', import.meta.url)));
  const upstream = await upstreamOf(context);
  const print = (link) => new Output(host.stdout, { form: 'ndjson' }).text(`${link}\n`);
  const server = await served({
    files,
    upstream,
    readOnly,
    port,
    onOpen: (link) =>
      words.tell('the console is open in a browser; the link for another one is:', `  ${link}`),
    onRequest: (line) => flags.verbose && words.tell(line),
  });
  try {
    await print(server.link);
    words.say(
      `the console serves ${upstream.org}${readOnly ? ', read-only' : ''}; Ctrl-C stops it`,
      'open the link in a browser; it works once',
      ...(upstream.isSignedIn ? [] : ['there is no token yet: the page asks for one']),
    );
    if (open) browse(server.link, host, words);
    await new Promise((resolve) =>
      stop.asked ? resolve(undefined) : stop.signal.addEventListener('abort', resolve),
    );
  } finally {
    await server.close();
  }
}

async function served(options) {
  try {
    return await serveConsole(options);
  } catch (error) {
    const { code } = /** @type {any} */ (error);
    if (code === 'EADDRINUSE') throw failed(`the port ${options.port} is taken`);
    if (code === 'EACCES') throw failed(`the port ${options.port} may not be opened`);
    throw error;
  }
}

/** The org behind the proxy, signed in if a source of the sign-in has a credential for it. */
async function upstreamOf(context) {
  const { flags, host, words } = context;
  const source = sourceOf(flags, host, { orgAlone: true });
  const { org = '', credential, unused } = source;
  const command = { ...context.command, ...(flags['read-only'] && { scopes: READ_ONLY_SCOPES }) };
  // Makes a client, which refuses an invalid org or credential.
  if (credential) await connected({ ...context, command, source });
  else await checkedOrg(source);
  if (unused) words.warn(`${unused} is not used: it does not name the org ${new URL(org).origin}`);
  const userAgent = `okta-groups-cli/${host.version}`;
  const upstream = new Upstream({ orgUrl: org, userAgent, ...(await fetchFor(org, host.env)) });
  if (credential?.kind === 'key') {
    const scopes = scopesFor(credential, flags, command);
    upstream.signInAs(await authOf(credential, scopes), scopes);
  } else if (credential) {
    await upstream.signIn(credential.kind, credential.token);
  }
  return upstream;
}

/** Opens the link in the desktop's browser. */
function browse(link, { platform, env }, words) {
  const [program, ...args] =
    platform === 'darwin'
      ? ['open', link]
      : platform === 'win32'
        ? ['rundll32', 'url.dll,FileProtocolHandler', link]
        : ['xdg-open', link];
  const child = spawn(program, args, { stdio: 'ignore', detached: true, env });
  child.on('error', () => words.warn('no browser could be started: open the link yourself'));
  child.unref();
}
