// An export: every group and the members of each, from an org whose answers take 20 ms, ten requests at a time. And a
// list whose consumer takes 20 ms for each page (it writes to a database, say), with the next page read ahead and not.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { alternate, report, startOrg } from './support.mjs';

const rounds = Number(process.argv[2] ?? 5);
const folder = mkdtempSync(join(tmpdir(), 'okta-groups-bench-'));
const faults = join(folder, 'faults.json');
writeFileSync(faults, JSON.stringify({ rules: [{ fault: { latency: 20 } }] }));
const org = await startOrg(['--groups', '2000', '--users', '2000', '--seed', '7', '--faults', faults]);
try {
  const script = new URL('./export-run.mjs', import.meta.url);
  const exported = await alternate(script, ['plain', 'okta-groups', 'sdk'], rounds, org.url);
  agree(exported);
  report('2,000 groups and their members', exported, ['wallMs', 'cpuMs', 'rssMb']);

  const listed = await alternate(script, ['one-by-one', 'read-ahead'], rounds, org.url);
  agree(listed);
  report('40 pages of 50, each used for 20 ms', listed, ['wallMs', 'cpuMs']);
} finally {
  org.stop();
  rmSync(folder, { recursive: true });
}

/** All runs must have found the same. */
function agree(runs) {
  const found = new Set(
    Object.values(runs)
      .flat()
      .map((run) => run.found),
  );
  if (found.size !== 1) throw new Error(`they differ in what they found: ${[...found]}`);
}
