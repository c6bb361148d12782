// Ten processes share one bucket of 500 requests a minute: 2,000 calls, with the default reserve and without one. Each
// process has its own client; they know of each other only by what the org answers. It takes eight minutes, nearly all of
// them waiting.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { report, startOrg } from './support.mjs';

const [PROCESSES, CALLS, LIMIT] = [10, 2000, 500];
const rounds = Number(process.argv[2] ?? 1);
const script = new URL('./shared-run.mjs', import.meta.url);

const runs = {};
for (let round = 0; round < rounds; round++) {
  for (const reserve of [0.1, 0]) (runs[`reserve ${reserve}`] ??= []).push(await measured(reserve));
}
report(`${PROCESSES} processes, ${CALLS} calls in a bucket of ${LIMIT} a minute`, runs, [
  'refused',
  'lost',
  'wallMs',
  'ofAllowed',
]);

async function measured(reserve) {
  const org = await startOrg(['--groups', '20', '--users', '20', '--rate-limit', String(LIMIT)]);
  const children = Array.from({ length: PROCESSES }, () =>
    spawn(process.execPath, [script.pathname, org.url, String(reserve), String(CALLS / PROCESSES)], {
      stdio: ['pipe', 'pipe', 'inherit'],
    }),
  );
  try {
    const lines = children.map(({ stdout }) => createInterface(stdout)[Symbol.asyncIterator]());
    // Each prints a line when its client is loaded, and begins when it reads one.
    await Promise.all(lines.map((line) => line.next()));
    const began = performance.now();
    for (const { stdin } of children) stdin.end('begin\n');
    const told = await Promise.all(lines.map(async (line) => JSON.parse((await line.next()).value)));
    const wallMs = performance.now() - began;
    const sum = (name) => told.reduce((all, one) => all + one[name], 0);
    // The last window need not end.
    const allowedMs = (Math.ceil(CALLS / (LIMIT * (1 - reserve))) - 1) * 60_000;
    const run = { refused: sum('refused'), lost: sum('lost'), wallMs, ofAllowed: wallMs / allowedMs };
    console.log(`reserve ${reserve}: ${JSON.stringify(run)}`);
    if (sum('done') + run.lost !== CALLS) throw new Error(`${sum('done')} of ${CALLS} calls are done`);
    return run;
  } finally {
    for (const child of children) {
      if (child.exitCode === null && child.kill()) await once(child, 'exit');
    }
    org.stop();
  }
}
