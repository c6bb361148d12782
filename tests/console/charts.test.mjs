// Shapes of charts: every count is visible, and no shape exceeds its box.
import assert from 'node:assert/strict';
import test from 'node:test';

import { barWidths, binned, linePath } from '../../target/console/model.js';
import { draws } from './support.mjs';

test('bars of counts that are not 0 are seen, in the order of their counts, within their box', () => {
  assert.deepEqual(barWidths([0, 1, 100], 200), [0, 2, 200]);
  assert.deepEqual(barWidths([0, 0], 200), [0, 0]);
  assert.deepEqual(barWidths([], 200), []);
  assert.deepEqual(barWidths([0, 9, 99], 100, { log: true }), [0, 50, 100]);
  for (let seed = 1; seed <= 500; seed++) {
    const { int, chance } = draws(seed);
    const counts = Array.from({ length: 1 + int(9) }, () => (chance(0.2) ? 0 : int(10 ** (1 + int(6)))));
    for (const log of [false, true]) {
      const widths = barWidths(counts, 300, { log });
      counts.forEach((count, at) => {
        assert.ok(widths[at] >= 0 && widths[at] <= 300);
        assert.equal(widths[at] > 0, count > 0);
        counts.forEach((other, to) => assert.ok(count < other || widths[at] >= widths[to]));
      });
    }
  }
});

test('a line stays in its box and reaches its top once', () => {
  assert.equal(linePath([], 10, 10), '');
  assert.equal(linePath([0, 0], 10, 10), 'M0 10L10 10');
  assert.equal(linePath([1, 4, 2], 10, 8), 'M0 6L5 0L10 4');
  assert.equal(linePath([3], 10, 8), 'M0 0');
});

test('bins hold every value, and the last one ends at the last value', () => {
  assert.deepEqual(binned([1, 2, 3, 4, 5], 2), [1, 5, 9]);
  assert.deepEqual(binned([1, 2, 3, 4], 2), [3, 7]);
  assert.deepEqual(binned([], 3), []);
});
