// Next.js with the bundler that it takes by itself. `next.slow.test.mjs` has the other.
import test from 'node:test';

import { told } from './next.mjs';

test('Next.js renders on the server what the package lists, its page and its middleware list too', async (t) => {
  await told(t, 'turbopack');
});
