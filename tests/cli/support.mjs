// Runs the command `okta-groups` of the built package as people and scripts run it.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after } from 'node:test';
import { OktaGroups, ssws } from 'okta-groups';

export const CLI = join(import.meta.dirname, '../../pkg/dist/cli.js');

/** No output may hold it. */
export const TOKEN = '00SECRETtokenSECRETtoken42';

/** What is to be done when the file's tests are over, whatever test began it. */
const ENDS = [];
after(() => ENDS.forEach((end) => end()));

/** A folder of the test's own. */
export function folder() {
  const path = mkdtempSync(join(tmpdir(), 'okta-groups-cli-'));
  ENDS.push(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

const HOME = folder();

/** A local org of the test's own, as a program, and a client of it. */
export async function servedOrg(...args) {
  const program = process.env.OKTA_GROUPS_EMULATOR_BIN;
  assert.ok(program, 'OKTA_GROUPS_EMULATOR_BIN is the local org: cargo xtask test cli sets it');
  const child = spawn(program, ['--port', '0', ...args.map(String)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  ENDS.push(() => child.kill());
  const line = await new Promise((resolve) => child.stdout.once('data', resolve));
  const url = /http:\S+/.exec(String(line))[0];
  const env = { OKTA_ORG_URL: url, OKTA_TOKEN: TOKEN };
  const client = new OktaGroups({ orgUrl: url, auth: ssws('checks'), rateLimit: false });
  const kill = () => child.kill();
  return { url, env, client, kill };
}

/** Starts the command: `{ child, out, done }`. */
export function started(args, { env = {}, cwd = HOME, input, node = [], stdio, cli = CLI } = {}) {
  const inherited = { PATH: process.env.PATH, HOME, USERPROFILE: HOME, SystemRoot: process.env.SystemRoot };
  const child = spawn(process.execPath, [...node, cli, ...args], {
    cwd,
    env: Object.fromEntries(
      Object.entries({ ...inherited, ...env }).filter(([, value]) => value !== undefined),
    ),
    stdio: stdio ?? ['pipe', 'pipe', 'pipe'],
  });
  const out = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr']) child[name]?.on('data', (data) => (out[name] += data));
  child.stdin?.on('error', () => {});
  if (input !== 'open') child.stdin?.end(input);
  const done = new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) => {
      const said = out.stdout + out.stderr;
      if (said.includes(TOKEN) || said.includes('SECRET'))
        reject(new Error(`a secret is in the output of ${args}`));
      else resolve({ code, signal, ...out });
    });
  });
  return { child, out, done };
}

/** Runs the command to its end: `{ code, signal, stdout, stderr }`. */
export const run = (args, options) => started(args, options).done;

/** Runs it, and fails unless it ends with `code`. */
export async function ends(code, args, options) {
  const ended = await run(args, options);
  assert.equal(ended.code, code, `okta-groups ${args.join(' ')}: ${ended.stderr || ended.stdout}`);
  return ended;
}

export const lines = (text) => text.split('\n').filter(Boolean);
export const ndjson = (text) => lines(text).map((line) => JSON.parse(line));

/** Waits until `condition` holds. */
export async function until(condition, what, ms = 20_000) {
  for (
    const end = Date.now() + ms;
    Date.now() < end;
    await new Promise((resolve) => setTimeout(resolve, 10))
  ) {
    if (await condition()) return;
  }
  throw new Error(`it never came about: ${what}`);
}
