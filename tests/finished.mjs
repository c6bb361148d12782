// Preloaded into each test file by `cargo xtask test`. If a file ends its process early, Node's runner counts it as passed
// and omits the tests that had not run yet. This module makes such an end a failure.
import { after } from 'node:test';

if (process.env.NODE_TEST_CONTEXT) {
  let finished = false;
  after(() => (finished = true));
  process.on('exit', (code) => {
    if (finished || code !== 0) return;
    console.error(`${process.argv[1]}: the process ended before the tests of this file`);
    process.exitCode = 1;
  });
}
