// An empty project with the packed package installed, as a user has it, and the story that is told in each.
import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, extname, join } from 'node:path';
import { before } from 'node:test';
import { promisify } from 'node:util';

const { OKTA_GROUPS_TARBALL: TARBALL } = process.env;

/** A local org, for all of them. */
export const { OKTA_GROUPS_EMULATOR_URL: ORG } = process.env;
assert.ok(TARBALL && ORG, 'the tarball and the org are given by `cargo xtask test runtimes`');

/** Where the tools of this folder are installed. */
export const TOOLS = join(import.meta.dirname, 'node_modules');

/** The programs of packages whose own install scripts only copy them; `undefined` where this platform has none. */
export const find = (...paths) => paths.map((path) => join(TOOLS, path)).find(existsSync);

const bunArch = process.arch === 'arm64' ? 'aarch64' : process.arch;
export const BUN = find(`@oven/bun-${process.platform}-${bunArch}/bin/bun`);

const { platform, arch } = process;
export const DENO = find(`@deno/${platform}-${arch}-glibc/deno`, `@deno/${platform}-${arch}/deno`);

const newer = [22, 24, 26].map((major) => [`Node ${major}`, find(`node-${major}/bin/node`), major]);
/** The running Node and the newer ones: name, program and major version. */
export const NODES = [
  ['this Node', process.execPath, Number.parseInt(process.versions.node)],
  ...newer.filter(([, program]) => program),
];

const run = promisify(execFile);

/**
 * A folder with these files (texts by path) and the package installed from its tarball, without the network; deleted
 * with the test. `tools` are packages of this folder that the project has too; one that lies `here` has them all, and one
 * in the folder "slow" those that are installed there.
 */
export async function project(t, files = {}, { tools = [], here = false } = {}) {
  const parent = here ? join(import.meta.dirname, here === true ? '' : here) : tmpdir();
  const folder = await realpath(await mkdtemp(join(parent, 'project-')));
  t.after(() => rm(folder, { recursive: true, force: true, maxRetries: 3 }));
  await write(folder, {
    'package.json': JSON.stringify({ name: 'console', private: true, type: 'module' }),
    ...files,
  });
  const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';
  const quiet = [
    '--offline',
    '--no-audit',
    '--no-fund',
    '--ignore-scripts',
    '--no-update-notifier',
    '--no-package-lock',
  ];
  await run(npm, ['install', ...quiet, TARBALL], { cwd: folder });
  for (const tool of tools) {
    const link = join(folder, 'node_modules', tool);
    await mkdir(dirname(link), { recursive: true });
    await symlink(join(TOOLS, tool), link, 'junction');
  }
  return folder;
}

export async function write(folder, files) {
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), text);
  }
}

/** Runs a program in a project. Gives what it prints; fails with all that it printed. */
export async function ran(folder, program, args, options = {}) {
  try {
    return (await run(program, args, { cwd: folder, maxBuffer: 2 ** 26, timeout: 120_000, ...options }))
      .stdout;
  } catch (error) {
    throw new Error(`${error.message}\n${error.stdout}`, { cause: error });
  }
}

const NAMES = '{ OktaGroups, OktaNotFoundError, bearer, isOktaError, ssws }';
const BY = {
  import: (entry) => `import ${NAMES} from '${entry}';\n`,
  require: (entry) => `const ${NAMES} = require('${entry}');\n`,
};

/** Lists, writes, and is refused: what came of it, as JSON has it. */
const STORY = `
async function story(orgUrl, name, auth) {
  const { groups } = new OktaGroups({ orgUrl, auth });
  const list = groups.list({ filter: 'type eq "APP_GROUP"', limit: 50 });
  const pages = [];
  for await (const page of list.pages()) pages.push(page.items.map((group) => group.id));
  const ids = [];
  for await (const group of list) ids.push(group.id);
  const made = await groups.create({ name });
  await groups.delete(made.id);
  const error = await groups.get(made.id).catch((error) => error);
  const refused = [isOktaError(error, 'not-found'), error instanceof OktaNotFoundError, error.status];
  return { pages, ids, created: made.profile.name, refused };
}
`;

/** The entries whose wasm is a file of its own, and that file. */
export const APART = [
  ['okta-groups/external', 'core_bg.wasm'],
  ['okta-groups/slim', 'slim_bg.wasm'],
];

let made = 0;

/**
 * A source that has the package by \`import\` or \`require\`, and tells the story where \`tell\` says: an expression of
 * its Promise, \`STORY\`.
 */
export function telling(
  tell,
  { by = 'import', entry = 'okta-groups', init = '', org = ORG, auth = "bearer('token')" } = {},
) {
  const name = `Story ${process.pid}-${++made}`;
  const promise = `story(${JSON.stringify(org)}, ${JSON.stringify(name)}, ${auth})`;
  const ready = init && `(async () => { ${init} })().then(() => ${promise})`;
  return BY[by](entry) + STORY + tell.replace('STORY', () => ready || promise) + '\n';
}

/** For programs: the outcome is printed. */
export const PRINTED = 'STORY.then((told) => console.log(JSON.stringify(told)));';

/** What servers may use and pages may not. */
export const ON_SERVERS = "ssws('token')";

/** For pages: the outcome is awaited by the test. */
export const SHOWN = 'globalThis.told = STORY;';

let expected;
before(async () => {
  const pages = [];
  const filter = encodeURIComponent('type eq "APP_GROUP"');
  for (let url = `${ORG}/api/v1/groups?filter=${filter}&limit=50`; url;) {
    const response = await fetch(url, { headers: { authorization: 'Bearer test' } });
    pages.push((await response.json()).map((group) => group.id));
    url = /<([^<>]*)>; rel="next"/.exec(response.headers.get('link') ?? '')?.[1];
  }
  assert.ok(pages.length > 3, 'the org has several pages');
  expected = pages;
});

/** Asserts that the story came out as it does everywhere. */
export function wentWell(told) {
  const { created, ...rest } = typeof told === 'string' ? JSON.parse(told.trim().split('\n').at(-1)) : told;
  assert.match(created, /^Story /);
  assert.deepEqual(rest, { pages: expected, ids: expected.flat(), refused: [true, true, 404] });
}

const TYPES = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.mjs': 'text/javascript',
  '.wasm': 'application/wasm',
};

/** A static server of a folder, with this Content-Security-Policy; gives its address and the paths asked for. */
export async function served(folder, policy) {
  const asked = [];
  const server = createServer(async ({ url }, response) => {
    const path = new URL(url, 'http://localhost').pathname.replace(/\/$/, '/index.html');
    asked.push(path);
    try {
      const body = await readFile(join(folder, path));
      const headers = { 'content-type': TYPES[extname(path)] ?? 'application/octet-stream' };
      if (policy) headers['content-security-policy'] = policy;
      response.writeHead(200, headers).end(body);
    } catch {
      response.writeHead(404).end();
    }
  });
  await new Promise((listening) => server.listen(0, '127.0.0.1', listening));
  // It ends with the tests: closed earlier, it would refuse what a page asks for last.
  server.unref();
  return { url: `http://127.0.0.1:${server.address().port}/`, asked };
}

/** Starts a server in a project, until the test ends; gives the address that it prints. */
export async function started(t, folder, program, args, options = {}) {
  const server = spawn(program, args, { cwd: folder, ...options });
  t.after(async () => {
    server.kill();
    if (server.exitCode === null) await once(server, 'exit');
  });
  return new Promise((found, failed) => {
    let said = '';
    server.on('exit', () => failed(new Error(`${args[0]} ended: ${said}`)));
    for (const stream of [server.stdout, server.stderr]) {
      stream.on('data', (data) => {
        said += data;
        const url = /(http:\/\/[\w.:-]+)\s/.exec(said)?.[1];
        if (url) found(url);
      });
    }
  });
}

/** A page that runs one script. */
export function html(script, type = 'module') {
  const attribute = type ? ` type="${type}"` : ' defer';
  return `<!doctype html><link rel="icon" href="data:,"><title>Console</title><script${attribute} src="${script}"></script>`;
}

/** What the story told in a page. */
export async function toldIn(page) {
  // A server for development bundles at the first request, beside whatever else runs.
  await page.waitForFunction(() => globalThis.told, undefined, { timeout: 60_000 });
  return page.evaluate(() => globalThis.told);
}
