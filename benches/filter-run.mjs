// One run: node filter-run.mjs MODE NAME. Microseconds for one parse, one rendering and one object, at their best
// after warming up: the least of several batches, which other processes disturb least.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';

export const expressions = JSON.parse(readFileSync(new URL('./expressions.json', import.meta.url)));

const MODES = {
  async 'okta-groups'() {
    const { parse, compile } = await import('../pkg/dist/index.js');
    // As a cached list is filtered with what was typed for `filter`. An expression has its text since it was parsed.
    return { parse, render: String, predicate: (text) => compile(text, { parameter: 'filter' }) };
  },
  async 'scim2-parse-filter'() {
    const { parse, stringify, filter } = (await import('scim2-parse-filter')).default;
    return { parse, render: (tree) => stringify(tree), predicate: (text) => filter(parse(text)) };
  },
};

/** The same as in filter.rs. */
function groups() {
  return Array.from({ length: 100_000 }, (_, i) => ({
    id: `00g${i}`,
    created: '2014-11-11T12:00:00.000Z',
    lastUpdated: `20${10 + (i % 10)}-06-01T12:00:00.000Z`,
    lastMembershipUpdated: `20${14 + (i % 5)}-06-01T12:00:00.000Z`,
    objectClass: ['okta:user_group'],
    type: i % 3 === 0 ? 'APP_GROUP' : 'OKTA_GROUP',
    profile: { name: `Group ${i}`, description: `The group with the number ${i}` },
  }));
}

/** Reads every node of a tree: what is made of it when it is used costs as much as what is made at once. */
function read(node) {
  if (typeof node !== 'object' || node === null) return 1;
  let count = 0;
  for (const key in node) count += read(node[key]);
  return count;
}

function least(batches, times, run) {
  let best = Infinity;
  for (let batch = 0; batch < batches; batch++) {
    const started = performance.now();
    for (let i = 0; i < times; i++) run();
    best = Math.min(best, performance.now() - started);
  }
  return (best * 1000) / times;
}

async function run(mode, text) {
  const { parse, render, predicate } = await MODES[mode]();
  const objects = groups();
  const tree = parse(text);
  const matches = predicate(text);
  let found;
  const testUs = least(5, 1, () => (found = objects.filter(matches).length)) / objects.length;
  // With each node read and the text written.
  let seen = 0;
  const parseUs = least(10, 1000, () => {
    const tree = parse(text);
    seen += read(tree) + render(tree).length;
  });
  if (!seen) throw new Error('nothing was read');
  const renderUs = least(10, 1000, () => render(tree));
  return JSON.stringify({ parseUs, renderUs, testUs, found });
}

/** Compiled the first time. */
function native(name) {
  const args = ['bench', '--quiet', '--package', 'okta-groups', '--bench', 'filter', '--profile', 'native'];
  return execFileSync('cargo', [...args, '--', name], { cwd: new URL('..', import.meta.url) });
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  const [, , mode, name] = process.argv;
  console.log(String(mode === 'rust' ? native(name) : await run(mode, expressions[name])).trim());
}
