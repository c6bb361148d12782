// A whole-org export by several listings at once beside one list of the same build: 100,000 groups, 100 ms a page. And the
// members of 2,000 groups, 20 ms an answer, ten groups at once, beside a plain loop.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { alternate, report, startOrg } from './support.mjs';

const rounds = Number(process.argv[2] ?? 3);
const script = new URL('./lanes-run.mjs', import.meta.url);

await measured(
  '100,000 groups, 100 ms a page',
  100,
  ['list', 'lanes-2', 'lanes-4', 'lanes-8'],
  ['--groups', '100000'],
);
await measured(
  'members of 2,000 groups, 20 ms an answer, 8 at once',
  20,
  ['plain', 'members'],
  [...['--groups', '2000', '--users', '2000']],
);

async function measured(title, latency, modes, args) {
  const folder = mkdtempSync(join(tmpdir(), 'okta-groups-bench-'));
  const faults = join(folder, 'faults.json');
  writeFileSync(faults, JSON.stringify({ rules: [{ fault: { latency } }] }));
  const org = await startOrg([...args, '--seed', '7', '--faults', faults]);
  try {
    const runs = await alternate(script, modes, rounds, org.url);
    const found = new Set(Object.values(runs).flatMap((all) => all.map((run) => run.found)));
    if (found.size !== 1) throw new Error(`they differ in what they found: ${[...found]}`);
    report(title, runs, ['wallMs', 'cpuMs', 'requests']);
  } finally {
    org.stop();
    rmSync(folder, { recursive: true });
  }
}
