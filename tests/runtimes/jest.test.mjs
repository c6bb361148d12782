// Jest, and its jsdom, in which a page has less than any browser.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import test from 'node:test';

import { TOOLS, project, ran, telling, wentWell } from './project.mjs';

const JEST = join(TOOLS, 'jest/bin/jest.js');

/** What a test under `environment` prints. */
async function jested(t, environment, body, options) {
  const file = `/** @jest-environment ${environment} */\n${body}`;
  const folder = await project(t, { 'console.test.cjs': file }, { here: true });
  const args = [JEST, '--testMatch', '**/*.test.cjs', '--rootDir', folder, '--silent=false'];
  return ran(folder, process.execPath, args, options);
}

const TELLING = `test('a story', async () => process.stdout.write('told ' + JSON.stringify(await STORY) + '\\n'));`;

for (const environment of ['node', 'jest-fixed-jsdom']) {
  test(`Jest, environment ${environment}`, async (t) => {
    const said = await jested(t, environment, telling(TELLING, { by: 'require' }));
    wentWell(/told (.*)/.exec(said)[1]);
  });
}

test('Jest, environment jest-fixed-jsdom: a console lists from a local org', async (t) => {
  const said = await jested(
    t,
    'jest-fixed-jsdom',
    `const { OktaGroups, bearer } = require('okta-groups');
     const { createOrg } = require('okta-groups/emulator');
     test('a story', async () => {
       const { fetch, orgUrl } = createOrg({ groups: 250 });
       const { groups } = new OktaGroups({ orgUrl, auth: bearer('token'), fetch });
       const all = await groups.list({ limit: 100 }).toArray({ max: 1000 });
       process.stdout.write('told ' + all.length + '\\n');
     });`,
  );
  assert.match(said, /told 250\n/);
});

// jsdom has no TextDecoder, no TextEncoder and no Headers, and Jest hides Node's.
test('Jest, environment jsdom: an import does no harm, a use says what is missing', async (t) => {
  const said = await jested(
    t,
    'jsdom',
    `const { OktaGroups, bearer, isOktaError } = require('okta-groups');
     require('okta-groups/auth');
     require('okta-groups/emulator');
     test('a story', () => {
       let told = 'nothing';
       try {
         new OktaGroups({ orgUrl: 'https://example.okta.com', auth: bearer('token') });
       } catch (error) {
         told = [isOktaError(error, 'config'), error.message];
       }
       process.stdout.write('told ' + JSON.stringify(told) + '\\n');
     });`,
  );
  const [isConfig, message] = JSON.parse(/told (.*)/.exec(said)[1]);
  assert.ok(isConfig, message);
  assert.match(message, /TextEncoder is not defined/);
});
