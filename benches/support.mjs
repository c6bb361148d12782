// What the benchmarks share: a local org in its own process, fresh processes for each run, medians.
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';

/**
 * Starts the native local org, without a rate limit unless `args` has one; resolves to its URL and a function that stops
 * it.
 */
export async function startOrg(args) {
  const program = process.env.OKTA_GROUPS_EMULATOR_BIN;
  const limit = args.includes('--rate-limit') ? [] : ['--rate-limit', 'off'];
  const org = spawn(program, ['--port', '0', ...limit, ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [line] = await once(createInterface(org.stdout), 'line');
  return { url: line.split(' ').at(-1), stop: () => org.kill() };
}

/** Runs each mode `rounds` times in a fresh process, each round in another order; a run prints one line of JSON. */
export async function alternate(script, modes, rounds, ...args) {
  const runs = Object.fromEntries(modes.map((mode) => [mode, []]));
  for (let round = 0; round < rounds; round++) {
    for (const mode of shuffled(modes)) {
      const { stdout } = await promisify(execFile)(process.execPath, [script.pathname, mode, ...args], {
        maxBuffer: 1 << 24,
      });
      runs[mode].push(JSON.parse(stdout));
    }
  }
  return runs;
}

function shuffled(modes) {
  const keyed = modes.map((mode) => [Math.random(), mode]);
  return keyed.sort(([a], [b]) => a - b).map(([, mode]) => mode);
}

const shown = (value) => (value >= 100 ? value.toFixed(0) : value.toPrecision(3));

const reports = [];

/** Prints medians (least to most) of each figure, and its ratio to the first mode's; `--record` keeps them. */
export function report(title, runs, figures) {
  const modes = Object.keys(runs);
  const medians = {};
  console.log(`\n${title}`);
  for (const mode of modes) {
    medians[mode] = {};
    const cells = figures.map((figure) => {
      // A figure that this mode does not have.
      if (runs[mode].some((run) => run[figure] === undefined)) return `${figure} -`.padEnd(40);
      const values = runs[mode].map((run) => run[figure]).sort((a, b) => a - b);
      const median = values[values.length >> 1];
      medians[mode][figure] = median;
      const first = medians[modes[0]][figure];
      const ratio = !first ? '-' : (median / first).toFixed(2);
      const range = `[${shown(values[0])}-${shown(values.at(-1))}]`;
      return `${figure} ${shown(median)} ${range} x${ratio}`.padEnd(40);
    });
    console.log(`  ${mode.padEnd(14)} ${cells.join(' ')}`);
  }
  reports.push({ title, runs: Object.values(runs)[0].length, medians });
  console.log(JSON.stringify(reports.at(-1)));
  const file = process.env.OKTA_GROUPS_BENCH_RECORD;
  if (file) {
    const machine = `Node ${process.version}, ${process.platform} ${process.arch}, ${availableParallelism()} cores`;
    const measured = new Date().toISOString().slice(0, 10);
    writeFileSync(file, `${JSON.stringify({ measured, machine, reports }, null, 2)}\n`);
  }
}
