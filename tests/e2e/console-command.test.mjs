// The console behind `okta-groups console` in a real browser: the link, the cookie, the token, and pages of other origins.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { after, test } from 'node:test';

import { TOKEN, servedOrg, started, until } from '../cli/support.mjs';
import { visit } from './browser.mjs';

/** What is to be done when the file's tests are over. */
const ENDS = [];
after(() => ENDS.forEach((end) => end()));

/** Starts the command. `links()` gives the links that it printed. */
async function served(args, env) {
  const { child, out, done } = started(['console', ...args], { env });
  done.catch(() => {});
  ENDS.push(() => child.kill());
  await until(() => out.stdout.includes('\n'), 'the link');
  const links = () => `${out.stdout}${out.stderr}`.match(/http:\S+\/console\/open\/\S+/g);
  return { links, out, origin: new URL(links()[0]).origin };
}

/** The group that each org has. */
const everyone = (page) => page.getByRole('row').filter({ hasText: 'Everyone' });

test('the link opens the console once, and the token is nowhere in the page', async (t) => {
  const org = await servedOrg('--groups', 30, '--users', 20, '--rate-limit', 'off', '--token', TOKEN);
  const { links, origin } = await served([], org.env);
  const page = await visit(t, links()[0]);
  await everyone(page).first().waitFor();
  assert.equal(page.url(), `${origin}/`);
  const [cookie] = await page.context().cookies();
  assert.deepEqual([cookie.httpOnly, cookie.sameSite, cookie.path], [true, 'Strict', '/']);
  const held = await page.evaluate(() =>
    JSON.stringify([
      document.cookie,
      { ...localStorage },
      { ...sessionStorage },
      document.documentElement.outerHTML,
    ]),
  );
  assert.ok(!held.includes(TOKEN) && !held.includes(cookie.value));

  // It is still open after a reload, and closed to whoever finds the link in the history.
  await page.reload();
  await everyone(page).first().waitFor();
  const other = await visit(t, links()[0], { refusals: [403] });
  await other.getByText('this link was used already').waitFor();
  await until(() => links().length > 1, 'the next link');
  await other.goto(links()[1]);
  await everyone(other).first().waitFor();
});

test('a token that the page sends is kept by the command until it is told to forget it', async (t) => {
  const org = await servedOrg('--groups', 30, '--users', 20, '--rate-limit', 'off', '--token', TOKEN);
  const { links } = await served(['--org', org.url], {});
  const page = await visit(t, links()[0], { refusals: [400, 401] });
  const post = (path, body) =>
    page.evaluate(
      async ([path, body]) => {
        const headers = { 'content-type': 'application/json' };
        return (await fetch(path, { method: 'POST', headers, body: JSON.stringify(body) })).status;
      },
      [path, body],
    );
  assert.equal(await post('/console/sign-in', { token: '' }), 400);
  assert.equal(await post('/console/sign-in', { token: TOKEN, kind: 'ssws' }), 204);
  await page.reload();
  await everyone(page).first().waitFor();
  assert.equal(await post('/console/forget'), 204);
  const status = await page.evaluate(async () => (await fetch('/api/v1/groups')).status);
  assert.equal(status, 401);
});

test('a page of another origin can neither read, nor write, nor frame the console', async (t) => {
  const asked = [];
  const org = createServer(({ method, url }, response) => {
    asked.push(`${method} ${url}`);
    response.writeHead(200, { 'content-type': 'application/json' }).end('[]');
  });
  const stranger = createServer((_, response) =>
    response.writeHead(200, { 'content-type': 'text/html' }).end('<!doctype html><title>Another</title>'),
  );
  for (const server of [org, stranger]) {
    await once(server.listen(0, '127.0.0.1'), 'listening');
    ENDS.push(() => {
      server.close();
      server.closeAllConnections();
    });
  }
  const url = (server) => `http://127.0.0.1:${server.address().port}`;
  const { links, origin } = await served([], { OKTA_ORG_URL: url(org), OKTA_TOKEN: TOKEN });
  const page = await visit(t, links()[0], { refusals: [403], expected: [/./] });
  await until(() => asked.length > 0, 'the first list');
  const session = () => page.request.get(`${origin}/console/session`).then((answer) => answer.json());
  assert.equal((await session()).signedIn, true);

  // Another port is another origin of the same site: the browser sends the cookie along.
  await page.goto(url(stranger));
  const before = asked.length;
  const seen = await page.evaluate(async (origin) => {
    const outcomes = [];
    const credentials = 'include';
    for (const [path, init] of [
      ['/api/v1/groups', { credentials }],
      ['/api/v1/groups', { credentials, mode: 'no-cors' }],
      ['/api/v1/groups', { credentials, mode: 'no-cors', method: 'POST', body: '{}' }],
      ['/api/v1/groups/00g1', { credentials, method: 'DELETE' }],
      ['/console/forget', { credentials, mode: 'no-cors', method: 'POST' }],
      ['/console/session', { credentials }],
    ]) {
      const outcome = await fetch(origin + path, init).then(
        (answer) => answer.type,
        () => 'failed',
      );
      outcomes.push(outcome);
    }
    const frame = document.createElement('iframe');
    frame.src = `${origin}/`;
    document.body.append(frame);
    await new Promise((resolve) => frame.addEventListener('load', resolve));
    outcomes.push(frame.contentDocument === null ? 'other' : frame.contentDocument.body.textContent);
    return outcomes;
  }, origin);
  assert.deepEqual(
    seen.filter((outcome) => outcome !== 'opaque' && outcome !== 'failed'),
    ['other'],
  );
  for (const frame of page.frames().slice(1)) assert.equal(await frame.getByRole('row').count(), 0);
  assert.equal(asked.length, before);
  assert.equal((await session()).signedIn, true);
});
