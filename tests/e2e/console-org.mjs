// A local org of a test's own that serves the built console.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const CONSOLE = fileURLToPath(new URL('../../pkg/dist/console', import.meta.url));

/** Starts an org with the emulator's own options; it ends with the test. `api` sends a request and gives the JSON. */
export async function ownOrg(t, ...options) {
  const program = process.env.OKTA_GROUPS_EMULATOR_BIN;
  assert.ok(program, 'OKTA_GROUPS_EMULATOR_BIN is the local org: cargo xtask test e2e sets it');
  const args = ['--port', '0', '--static', `/=${CONSOLE}`, ...options.map(String)];
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  // A page of the test closes after this, and may ask for something until then.
  t.after(() => setTimeout(() => child.kill(), 2000).unref());
  process.once('exit', () => child.kill());
  const line = await new Promise((resolve) => child.stdout.once('data', resolve));
  const [url] = /http:\S+/.exec(String(line));
  const api = async (method, path, body) => {
    const answer = await fetch(`${url}/api/v1/${path}`, {
      method,
      headers: { authorization: 'SSWS test', 'content-type': 'application/json' },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    assert.ok(answer.ok, `${method} ${path}: ${answer.status} ${text}`);
    return text === '' ? undefined : JSON.parse(text);
  };
  /** All items of a list, however many pages it has. */
  const all = async (path) => {
    const items = [];
    for (let next = `${url}/api/v1/${path}`; next;) {
      const answer = await fetch(next, { headers: { authorization: 'SSWS test' } });
      items.push(...(await answer.json()));
      next = /<([^>]*)>; rel="next"/.exec(answer.headers.get('link') ?? '')?.[1];
    }
    return items;
  };
  return { url, api, all };
}

/** Counts the requests of a page to the org that are no reads: `method path` of each. */
export function writesOf(page) {
  const writes = [];
  page.on('request', (request) => {
    if (request.method() === 'GET') return;
    writes.push(`${request.method()} ${new URL(request.url()).pathname.replace('/api/v1/', '')}`);
  });
  return writes;
}

/** Waits until `read` gives what `holds` accepts; an org answers some things a little later. */
export async function until(read, holds, what, ms = 10_000) {
  for (const end = Date.now() + ms; Date.now() < end;) {
    const value = await read();
    if (holds(value)) return value;
    await new Promise((later) => setTimeout(later, 50));
  }
  throw new Error(`waited in vain for ${what}`);
}

/** What has the focus, in words: its role or tag, and its name or text. */
export const focused = (page) =>
  page.evaluate(() => {
    const element = document.activeElement;
    const name =
      element.getAttribute('aria-label') ?? element.labels?.[0]?.textContent ?? element.textContent;
    return `${element.getAttribute('role') ?? element.tagName.toLowerCase()} ${name.trim().slice(0, 60)}`;
  });
