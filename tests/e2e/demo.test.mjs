// The demo page with the org in it, used from within: the same in every engine.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { STRICT, page } from './package-page.mjs';
import { DEMO } from './site.mjs';

const POLICY = `${STRICT}; style-src 'self'; img-src 'self'; frame-src 'self'`;

async function used() {
  const frame = Object.assign(document.createElement('iframe'), { src: '/console/?org=page' });
  frame.width = 1280;
  frame.height = 800;
  document.body.append(frame);
  async function until(what, find) {
    for (const end = Date.now() + 15_000; Date.now() < end;) {
      const found = find(frame.contentDocument);
      if (found) return found;
      await new Promise((later) => setTimeout(later, 20));
    }
    throw new Error(`waited in vain for ${what}`);
  }
  const all = (selector) => [...frame.contentDocument.querySelectorAll(selector)];
  const text = (selector, wanted) =>
    until(wanted, () => all(selector).find(({ textContent }) => textContent.trim() === wanted));
  const press = async (label) => (await text('button', label)).click();
  function fill(field, value) {
    field.focus();
    field.value = value;
    field.dispatchEvent(new frame.contentWindow.InputEvent('input', { bubbles: true }));
  }
  async function fillDialog(name) {
    const dialog = await until('the dialog', (page) => page.querySelector('dialog[open]'));
    fill(dialog.querySelector('input'), name);
    dialog.querySelector('form').requestSubmit();
  }

  await until('the list', () => all('#groups tbody tr').length > 20);
  const search = all('[type=search]')[0];
  fill(search, 'everyone');
  await text('#count', '1 group');
  await press('Everyone');
  const members = (await text('*', '50 members so far')).textContent;
  const address = [...new URLSearchParams(frame.contentWindow.location.search).keys()];
  fill(search, '');
  await press('New group');
  await fillDialog('Here today');
  await until('the note', ({ body }) => body.textContent.includes('Created “Here today”.'));
  await press('Edit');
  await fillDialog('Gone tomorrow');
  await text('#panel-name', 'Gone tomorrow');
  await press('Delete');
  await until('the dialog', (page) => page.querySelector('dialog[open]'));
  await press('Delete group');
  await until('the note', ({ body }) => body.textContent.includes('Deleted “Gone tomorrow”.'));
  return { members, address, alerts: all('[role=alert]').map(({ textContent }) => textContent) };
}

test('the demo lists, searches, makes, renames and deletes', async (t) => {
  const { run } = await page(t, { policy: POLICY, folders: DEMO });
  assert.deepEqual(await run(used), {
    members: '50 members so far',
    address: ['org', 'search', 'group'],
    alerts: [],
  });
});
