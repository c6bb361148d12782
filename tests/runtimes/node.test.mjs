// The running Node, the newer ones, Deno and Bun.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';

import { ON_SERVERS, PRINTED, TOOLS, project, ran, telling, wentWell } from './project.mjs';

const { platform, arch, execPath } = process;

/** The programs of packages whose own install scripts only copy them; `undefined` where this platform has none. */
const find = (...paths) => paths.map((path) => join(TOOLS, path)).find(existsSync);
const newerNodes = [22, 24, 26].map((major) => [`Node ${major}`, find(`node-${major}/bin/node`)]);
const deno = find(`@deno/${platform}-${arch}-glibc/deno`, `@deno/${platform}-${arch}/deno`);
const bunArch = arch === 'arm64' ? 'aarch64' : arch;
const bun = find(`@oven/bun-${platform}-${bunArch}/bin/bun`);

const nodes = [['this Node', execPath], ...newerNodes.filter(([, program]) => program)];

const printed = (story) => telling(PRINTED, { auth: ON_SERVERS, ...story });

for (const [name, node] of nodes) {
  test(name, async (t) => {
    const folder = await project(t, {
      'main.js': printed(),
      'awaited.js': telling(`console.log(JSON.stringify(await STORY));`),
      'main.cjs': printed({ by: 'require' }),
      'slim.js': printed({
        entry: 'okta-groups/slim',
        init: "const { init } = await import('okta-groups/slim'); await init();",
      }),
      'slim.cjs': printed({
        by: 'require',
        entry: 'okta-groups/slim',
        init: "await require('okta-groups/slim').init();",
      }),
    });
    for (const file of ['main.js', 'awaited.js', 'main.cjs', 'slim.js', 'slim.cjs']) {
      wentWell(await ran(folder, node, [file]));
    }
    wentWell(await ran(folder, node, ['--input-type=module', '--eval', printed()]));
    wentWell(await ran(folder, node, ['--input-type=commonjs', '--eval', printed({ by: 'require' })]));
  });
}

test('Deno', async (t) => {
  const folder = await project(t, { 'main.js': printed() });
  wentWell(await ran(folder, deno, ['run', '--allow-net', '--no-remote', 'main.js']));
});

test('Bun', async (t) => {
  const folder = await project(t, { 'main.js': printed(), 'main.cjs': printed({ by: 'require' }) });
  wentWell(await ran(folder, bun, ['main.js']));
  wentWell(await ran(folder, bun, ['main.cjs']));
});
