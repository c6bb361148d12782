// The running Node, the newer ones, Deno and Bun.
import test from 'node:test';

import { APART, BUN, DENO, NODES, ON_SERVERS, PRINTED, project, ran, telling, wentWell } from './project.mjs';

const printed = (story) => telling(PRINTED, { auth: ON_SERVERS, ...story });

for (const [name, node] of NODES) {
  test(name, async (t) => {
    const folder = await project(t, {
      'main.js': printed(),
      'awaited.js': telling(`console.log(JSON.stringify(await STORY));`),
      'main.cjs': printed({ by: 'require' }),
      ...Object.fromEntries(
        APART.flatMap(([entry], at) => [
          [`${at}.js`, printed({ entry, init: `await (await import('${entry}')).init();` })],
          [`${at}.cjs`, printed({ by: 'require', entry, init: `await require('${entry}').init();` })],
        ]),
      ),
    });
    for (const file of ['main.js', 'awaited.js', 'main.cjs', '0.js', '0.cjs', '1.js', '1.cjs']) {
      wentWell(await ran(folder, node, [file]));
    }
    wentWell(await ran(folder, node, ['--input-type=module', '--eval', printed()]));
    wentWell(await ran(folder, node, ['--input-type=commonjs', '--eval', printed({ by: 'require' })]));
  });
}

test('Deno', async (t) => {
  const folder = await project(t, { 'main.js': printed() });
  wentWell(await ran(folder, DENO, ['run', '--allow-net', '--no-remote', 'main.js']));
});

test('Bun', async (t) => {
  const folder = await project(t, { 'main.js': printed(), 'main.cjs': printed({ by: 'require' }) });
  wentWell(await ran(folder, BUN, ['main.js']));
  wentWell(await ran(folder, BUN, ['main.cjs']));
});
