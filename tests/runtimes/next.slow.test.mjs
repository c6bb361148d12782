// Next.js with webpack, which refuses code for the edge runtime that names a function that compiles wasm.
import test from 'node:test';

import { told } from './next.mjs';

test('Next.js by webpack renders on the server what the package lists, its page and its middleware list too', async (t) => {
  await told(t, 'webpack');
});
