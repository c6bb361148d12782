// A page is plain: what frameworks serialise, share and proxy is the page, and it goes on from there.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { Readable } from 'node:stream';
import test from 'node:test';
import { fileURLToPath } from 'node:url';
import { replaceEqualDeep } from '@tanstack/query-core';
import * as devalue from 'devalue';
import { produce } from 'immer';
import { groups, pagedAnswer, scripted } from './support.mjs';

const require = createRequire(import.meta.url);
const ids = (items) => items.map((item) => item.id);

/** The first and the last page of a list of 25. */
async function ends() {
  const { client } = scripted(pagedAnswer(25));
  const pages = [];
  for await (const page of client.groups.list({ limit: 10 }).pages()) pages.push(page);
  return { client, pages: [pages[0], pages[2]] };
}

/** Each way a page may travel, by what a program at its other end gets. */
const WAYS = {
  'React, from a server component to a client component': async () => {
    const { createFromNodeStream } = require('react-server-dom-parcel/client.node');
    // React's serialiser loads under a condition of its own only.
    const script = fileURLToPath(new URL('react-server.mjs', import.meta.url));
    const sent = execFileSync(process.execPath, ['--conditions=react-server', script]);
    return createFromNodeStream(Readable.from([sent]));
  },
  'devalue, as SvelteKit and Nuxt do': async (pages) => devalue.parse(devalue.stringify(pages)),
  'devalue, into a script': async (pages) => (0, eval)(`(${devalue.uneval(pages)})`),
  'structuredClone, as workers and IndexedDB do': async (pages) => structuredClone(pages),
  'JSON, as caches do': async (pages) => JSON.parse(JSON.stringify(pages)),
};

for (const [way, travel] of Object.entries(WAYS)) {
  test(`a page is the same after ${way}, and the list goes on from it`, async () => {
    const { client, pages } = await ends();
    const [first, last] = await travel(pages);
    assert.deepEqual(first, { items: groups(0, 10), cursor: pages[0].cursor, hasNext: true });
    assert.deepEqual(last, { items: groups(20, 25), hasNext: false });
    const next = await client.groups.list({ limit: 10, cursor: first.cursor });
    assert.deepEqual(ids(next.items), ids(groups(10, 20)));
  });
}

test('a page that TanStack Query fetches again unchanged keeps its reference', async () => {
  const [before, after] = [await ends(), await ends()];
  for (const at of [0, 1]) {
    const old = before.pages[at];
    assert.notEqual(after.pages[at], old);
    assert.equal(replaceEqualDeep(old, after.pages[at]), old);
  }
  const [changed] = after.pages;
  changed.items[3].profile.name = 'Another';
  const shared = replaceEqualDeep(before.pages[0], changed);
  assert.notEqual(shared, before.pages[0]);
  assert.equal(shared.items[2], before.pages[0].items[2], 'what is unchanged in it keeps its own');
});

test('Immer changes a copy of a page, not the page', async () => {
  const {
    pages: [page],
  } = await ends();
  const copy = structuredClone(page);
  const changed = produce(page, (draft) => {
    draft.items[0].profile.name = 'Another';
    draft.items.pop();
  });
  assert.deepEqual(page, copy);
  assert.deepEqual([changed.items.length, changed.items[0].profile.name], [9, 'Another']);
  assert.equal(changed.items[1], page.items[1]);
});

test('a proxy of a page shows the page', async () => {
  const { pages } = await ends();
  for (const page of pages) assert.deepEqual({ ...new Proxy(page, {}) }, page);
});
