// Preloaded into each test file by `cargo xtask test`. Node's runner takes a file that ends its process for one whose
// tests all passed: those that had not run yet are in no count. This makes such an end a failure.
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
