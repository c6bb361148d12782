// The CPU cost of a `get` without a network: over a `fetch` that answers at once from memory, against a plain `fetch` and
// `json()` over the same. With the folder of another build (`pkg` of an earlier commit), that one in the same run.
import { resolve } from 'node:path';
import { alternate, report } from './support.mjs';

const [, , rounds = '7', before] = process.argv;
const modes = ['plain', 'okta-groups', ...(before ? ['before'] : [])];
const entry = before ? [resolve(before, 'dist/index.js')] : [];
const runs = await alternate(new URL('./call-run.mjs', import.meta.url), modes, Number(rounds), ...entry);
report('one get over a fetch from memory', runs, ['cpuUs']);
const median = (mode) => runs[mode].map(({ cpuUs }) => cpuUs).sort((a, b) => a - b)[Number(rounds) >> 1];
for (const mode of modes.slice(1)) {
  const above = median(mode) - median('plain');
  console.log(
    `  ${mode}: ${above.toFixed(1)} µs above a plain call, ${(above / median('plain')).toFixed(2)} of one`,
  );
}
