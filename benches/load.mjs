// From nothing to the first group in hand, in a fresh process of Node, answered from memory; and what the vendor's SDK
// takes until its client exists.
import { alternate, report } from './support.mjs';

const rounds = Number(process.argv[2] ?? 11);
const script = new URL('./load-run.mjs', import.meta.url);
const runs = await alternate(
  script,
  ['@okta/okta-sdk-nodejs', 'okta-groups', 'okta-groups/slim', 'fetch'],
  rounds,
);
report('import to client, and to the first group', runs, [
  'importMs',
  'compileMs',
  'constructMs',
  'clientMs',
]);
const calling = Object.fromEntries(Object.entries(runs).filter(([mode]) => mode !== '@okta/okta-sdk-nodejs'));
report('the first call after that, from memory', calling, ['platformMs', 'callMs', 'readyMs']);
