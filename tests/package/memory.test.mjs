// What is used for a while is given back: memory, listeners and timers. Each story runs in a process of its own,
// whose garbage can be collected when it is asked for.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import test from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const MB = 1 << 20;
/** A table of places read that doubles while memory is measured; the pages of wasm memory are 64 KiB. */
const WASM_SLACK = 256 << 10;

async function story(name) {
  const script = fileURLToPath(new URL('memory-run.mjs', import.meta.url));
  const { stdout } = await promisify(execFile)(process.execPath, ['--expose-gc', script, name]);
  return JSON.parse(stdout);
}

const grown = ({ warm, end }, what) => end[what] - warm[what];

test('a million groups go through as much memory as the first pages', async () => {
  const run = await story('million');
  assert.equal(run.items, 1_000_000);
  assert.equal(run.pages, 5000);
  assert.ok(grown(run, 'rss') < 40 * MB, `RSS grew by ${grown(run, 'rss')}`);
  assert.ok(grown(run, 'heap') < 4 * MB, `the heap grew by ${grown(run, 'heap')}`);
  assert.ok(grown(run, 'wasm') <= WASM_SLACK, `wasm memory grew by ${grown(run, 'wasm')}`);
});

for (const where of ['before', 'token', 'headers', 'body', 'backoff', 'queue']) {
  test(`thousands of calls that are aborted (${where}) leave nothing behind`, async () => {
    const run = await story(where);
    assert.equal(run.aborted, 17_000);
    assert.equal(run.listeners, 0, 'listeners of the signals');
    assert.deepEqual(run.active, [], 'timers and sockets');
    // One page, for 17,000 calls: less than four bytes each.
    assert.ok(grown(run, 'wasm') <= 64 << 10, `wasm memory grew by ${grown(run, 'wasm')}`);
    assert.ok(grown(run, 'heap') < 4 * MB, `the heap grew by ${grown(run, 'heap')}`);
  });
}

test('lists that are left early, and clients that are dropped, leave nothing behind', async () => {
  const run = await story('left');
  assert.deepEqual(run.active, []);
  assert.equal(run.open, 0, 'requests that were read ahead');
  assert.ok(grown(run, 'wasm') <= WASM_SLACK, `wasm memory grew by ${grown(run, 'wasm')}`);
  assert.ok(grown(run, 'heap') < 4 * MB, `the heap grew by ${grown(run, 'heap')}`);
});

test('one signal for many calls collects no listeners', async () => {
  const run = await story('shared');
  assert.deepEqual(run.warnings, []);
  assert.equal(run.listeners, 0);
  assert.deepEqual(run.active, []);
});
