// 100,000 groups listed from the native local org: a plain loop of fetch and json, this package, the vendor's SDK.
import { alternate, report, startOrg } from './support.mjs';

const rounds = Number(process.argv[2] ?? 5);
const org = await startOrg(['--groups', '100000', '--users', '2000', '--seed', '7']);
try {
  const modes = ['plain', 'okta-groups', 'no-prefetch', 'pages', 'sdk'];
  const runs = await alternate(new URL('./list-run.mjs', import.meta.url), modes, rounds, org.url);
  for (const run of Object.values(runs).flat()) {
    if (run.count !== run.unique || run.count !== 100_000)
      throw new Error(`a list was wrong: ${JSON.stringify(run)}`);
  }
  report('100,000 groups in pages of 200', runs, ['wallMs', 'cpuMs', 'rssMb']);
} finally {
  org.stop();
}
