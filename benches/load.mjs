// The time from import to the first group, in a fresh process of Node, answered from memory; and the time that the vendor's SDK
// takes until its client exists.
import { alternate, report } from './support.mjs';

const rounds = Number(process.argv[2] ?? 11);
const script = new URL('./load-run.mjs', import.meta.url);
const modes = ['okta-groups', 'okta-groups/slim', '@okta/okta-sdk-nodejs', 'fetch'];
const { fetch, ...clients } = await alternate(script, modes, rounds);
report('import to client', clients, ['importMs', 'compileMs', 'constructMs', 'clientMs']);
const { '@okta/okta-sdk-nodejs': _, ...callers } = { ...clients, fetch };
report('the first call after that, from memory', callers, ['platformMs', 'callMs', 'readyMs']);
