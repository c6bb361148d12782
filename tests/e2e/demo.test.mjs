// The console with the org in it, used from within: the same in every engine.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { STRICT, page } from './package-page.mjs';
import { CONSOLE } from './site.mjs';

const POLICY = `${STRICT}; style-src 'self'; img-src 'self'; frame-src 'self'`;

async function used() {
  const frame = Object.assign(document.createElement('iframe'), { src: '/console/?org=page' });
  frame.width = 1280;
  frame.height = 800;
  document.body.append(frame);
  async function until(what, find) {
    for (const end = Date.now() + 20_000; Date.now() < end;) {
      const found = find(frame.contentDocument);
      if (found) return found;
      await new Promise((later) => setTimeout(later, 20));
    }
    throw new Error(`waited in vain for ${what}: ${frame.contentDocument.body.innerText.slice(0, 500)}`);
  }
  const all = (selector) => [...frame.contentDocument.querySelectorAll(selector)];
  const named = (selector, text) =>
    until(text, () =>
      all(selector).find((one) => one.innerText.trim() === text || one.getAttribute('aria-label') === text),
    );
  const press = async (text) => (await named('button, [role=tab]', text)).click();
  function fill(field, value) {
    field.focus();
    field.value = value;
    field.dispatchEvent(new frame.contentWindow.InputEvent('input', { bubbles: true }));
  }
  const heading = (text) => until(text, () => all('.panel h2').find((one) => one.textContent === text));
  const said = (text) => until(text, () => all('.notice').find((one) => one.textContent.includes(text)));

  await until('the list', () => all('.grid-row').length > 20);
  const alive = all('.grid-row').length;
  fill(all('input[type=search]')[0], 'everyone');
  await until('what is found', () => all('.grid-row').length === 1);
  (await until('its row', () => all('.grid-row')[0])).click();
  await heading('Everyone');
  await until('its members', () => all('.panel [role=grid] .grid-row').length > 5);
  await press('Close');
  fill(all('input[type=search]')[0], '');
  await until('the list again', () => all('.grid-row').length > 20);

  await press('New group');
  const dialog = await until('the dialog', (page) => page.querySelector('dialog[open]'));
  fill(dialog.querySelector('input'), 'Here today');
  await press('Create');
  await said('Here today');
  await heading('Here today');
  await press('Profile');
  fill(await until('the field Name', () => all('.panel input')[0]), 'Gone tomorrow');
  await press('Save…');
  await press('Save 1 attribute');
  await heading('Gone tomorrow');
  await press('Delete…');
  await until('the question', (page) =>
    page.querySelector('dialog[open]')?.textContent.includes('Gone tomorrow'),
  );
  await press('Delete the group');
  await until('that it is gone', ({ body }) => /Deleted .*Gone tomorrow/.test(body.textContent));
  return { isWindowed: alive <= 80, alerts: all('[role=alert]').map(({ textContent }) => textContent) };
}

test('the console lists, searches, makes, renames and deletes groups of an org in the page', async (t) => {
  const { run } = await page(t, { policy: POLICY, folders: CONSOLE });
  assert.deepEqual(await run(used), { isWindowed: true, alerts: [] });
});
