// Expressions read, written and tested against 100,000 objects: this package, npm's scim2-parse-filter, and this
// package's Rust natively, without a JavaScript object in sight.
import { alternate, report } from './support.mjs';
import { expressions } from './filter-run.mjs';

const rounds = Number(process.argv[2] ?? 5);
for (const name of Object.keys(expressions)) {
  const script = new URL('./filter-run.mjs', import.meta.url);
  const runs = await alternate(script, ['scim2-parse-filter', 'okta-groups', 'rust'], rounds, name);
  const counts = new Set(Object.values(runs).flatMap((of) => of.map((run) => run.found)));
  if (counts.size !== 1) throw new Error(`"${name}": they differ in what they find: ${[...counts]}`);
  report(`${name}, ${[...counts]} of 100,000 found`, runs, ['parseUs', 'renderUs', 'testUs']);
}
