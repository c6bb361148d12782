// How every screen and dialog looks: axe finds nothing in light, dark and forced colours, wide and narrow; nothing goes
// sideways at 320 px and at 400 %; what can be used is drawn at 3:1. A new screen or dialog is a line of VIEWS.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { after, before, test } from 'node:test';

import { visit } from './browser.mjs';
import { ownOrg } from './console-org.mjs';

const AXE = createRequire(import.meta.url).resolve('axe-core/axe.min.js');
const SIZE = ['--groups', 30, '--users', 60, '--rules', 6, '--owners', 20, '--rate-limit', 'off'];

let axe;
let org;
const ends = [];
before(async () => {
  axe = await readFile(AXE, 'utf8');
  org = await ownOrg({ after: (end) => ends.push(end) }, ...SIZE);
  const groups = await org.api('GET', 'groups?limit=200&expand=stats');
  org.group = groups.find(({ type }) => type === 'OKTA_GROUP').id;
  org.other = groups.findLast(({ type }) => type === 'OKTA_GROUP').id;
  org.full = groups.find(({ type, _embedded }) => type === 'OKTA_GROUP' && _embedded.stats.usersCount > 0).id;
  [{ id: org.rule }] = await org.api('GET', 'groups/rules');
  [{ id: org.user }] = await org.api('GET', `groups/${groups[0].id}/users?limit=1`);
});
after(() => ends.forEach((end) => end()));

const button = (page, name) => page.getByRole('button', { name }).first();
/** A request that gets no answer. */
const never = () => undefined;
const dialog = (page) => page.getByRole('dialog').waitFor();
const text = (page, words) => page.getByText(words).first().waitFor();
const row = (page, grid) => page.getByRole('grid', { name: grid }).locator('[data-index]').first();

/** Name, address, what is to be seen (waits for it, or opens it), and what is to be done before the page is left. */
const VIEWS = [
  ['Groups', () => '', async (page) => row(page, 'Groups').waitFor()],
  [
    'Groups, narrowed by an expression with a fault',
    () => '?search=profile.name+sw+%22',
    async (page) => text(page, /expect|column|position/i),
  ],
  [
    'New group',
    () => '',
    async (page) => {
      await button(page, 'New group').click();
      await dialog(page);
    },
  ],
  ...['members', 'apps', 'owners', 'profile', 'history'].map((tab) => [
    `Group, ${tab}`,
    () => `?group=${org.group}${tab === 'members' ? '' : `&tab=${tab}`}`,
    async (page) => page.getByRole('tab', { selected: true }).waitFor(),
  ]),
  [
    'Delete a group',
    () => `?group=${org.group}`,
    async (page) => {
      await button(page, /^Delete…/).click();
      await dialog(page);
    },
  ],
  [
    'Groups, selected, and the question before they are deleted',
    () => '',
    async (page) => {
      await row(page, 'Groups').focus();
      for (const key of ['ArrowDown', 'ArrowDown', 'Space', 'Shift+ArrowDown'])
        await page.keyboard.press(key);
      await page.getByRole('button', { name: 'Delete…' }).click();
      await dialog(page);
    },
  ],
  [
    'Groups, failed',
    () => '?text=nothing+is+read+here',
    async (page) => {
      const refuse = (route) =>
        route.fulfill({ status: 403, contentType: 'application/json', body: '{"errorCode":"E0000006"}' });
      await page.route('**/api/v1/groups?**', refuse);
      await page.reload();
      await page.getByRole('main').getByRole('alert').waitFor();
      await page.unroute('**/api/v1/groups?**', refuse);
    },
  ],
  [
    'Group, what a profile changes before it is saved',
    () => `?group=${org.group}&tab=profile`,
    async (page) => {
      const field = page.getByRole('tabpanel').getByLabel('Description');
      await field.waitFor();
      await page
        .getByText(/^Loading/)
        .first()
        .waitFor({ state: 'detached' });
      await field.fill('Changed, and not saved');
      await text(page, '1 attribute edited, not saved.');
      await button(page, 'Save…').click();
      await dialog(page);
    },
    async (page) => {
      await page.keyboard.press('Escape');
      await button(page, 'Take back 1 edit').click();
    },
  ],
  [
    'Group, a removal that waits',
    () => `?group=${org.full}`,
    async (page) => {
      await page.route('**/api/v1/groups/*/users/*', never);
      await button(page.getByRole('grid', { name: /^Members of/ }), /^Remove/).click();
      await text(page, /^Waiting: Remove/);
    },
    async (page) => {
      await page.getByRole('region', { name: 'Notices' }).getByRole('button', { name: 'Cancel' }).click();
      await text(page, /may not have been removed/);
      await page.unroute('**/api/v1/groups/*/users/*', never);
    },
  ],
  [
    'Group that is gone',
    () => '?group=00gNOBODYHASTHISID00',
    async (page) => text(page, 'The org has no group with the id'),
  ],
  ['Members in bulk', () => '?screen=bulk', async () => {}],
  ['Rules', () => '?screen=rules', async (page) => row(page, 'Rules').waitFor()],
  [
    'Rule',
    () => `?screen=rules&rule=${org.rule}`,
    async (page) => page.getByRole('region', { name: 'Rule' }).waitFor(),
  ],
  [
    'Deactivate a rule',
    () => `?screen=rules&rule=${org.rule}`,
    async (page) => {
      await button(page, /^(Deactivate|Activate)…/).click();
      await dialog(page);
    },
  ],
  [
    'New rule',
    () => '?screen=rules',
    async (page) => {
      await button(page, 'New rule…').click();
      await dialog(page);
    },
  ],
  ['People', () => '?screen=people', async () => {}],
  ['Person', () => `?screen=people&user=${org.user}`, async () => {}],
  ['Compare', () => '?screen=compare', async () => {}],
  ['Compare two groups', () => `?screen=compare&ids=${org.group},${org.other}`, async () => {}],
  ['Insights', () => '?screen=insights', async (page) => text(page, /^30 groups, all that/)],
  ['Activity', () => '?screen=activity', async (page) => text(page, 'No requests yet.')],
  [
    'Request',
    () => '?screen=rules',
    async (page) => {
      await row(page, 'Rules').waitFor();
      await page.getByRole('link', { name: 'Activity', exact: true }).click();
      await row(page, 'Requests').click();
      await text(page, 'As curl');
    },
  ],
  ['Changes', () => '?screen=activity&show=changes', async (page) => text(page, /Nothing was changed/)],
  ['Org', () => '?screen=org', async (page) => text(page, 'The org answers as it should.')],
  [
    'Make the org anew',
    () => '?screen=org',
    async (page) => {
      await button(page, 'Make the org anew…').click();
      await dialog(page);
    },
  ],
  [
    'Keys',
    () => '?screen=activity',
    async (page) => {
      await button(page, 'Keys').click();
      await dialog(page);
    },
  ],
];

const SCHEMES = [
  ['light', { colorScheme: 'light', forcedColors: 'none' }],
  ['dark', { colorScheme: 'dark', forcedColors: 'none' }],
  ['forced colours', { colorScheme: 'light', forcedColors: 'active' }],
];

/** Opens a view in a page that is there, and waits until it is calm. */
async function show(page, [, address, open]) {
  // Another address first: the same one would be no load.
  await page.goto('about:blank');
  await page.goto(`${org.url}/${address()}`);
  await page.locator('main h1').waitFor();
  await open(page);
  await page.waitForFunction(() => !/^(Loading|Reading)/m.test(document.querySelector('main').innerText));
}

/** What axe finds, in words; of `rules` alone if they are given. */
async function violations(page, rules) {
  return page.evaluate(async (rules) => {
    const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
    const { violations } = await globalThis.axe.run(document, {
      resultTypes: ['violations'],
      runOnly: rules ?? tags,
    });
    return violations.map(
      ({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 200)).join(' | ')}`,
    );
  }, rules);
}

/** Fields and buttons whose line is less than 3:1 against what is around them, by their computed colours. */
const faintLines = (page) =>
  page.evaluate(() => {
    const parse = (color) => {
      const [r, g, b, a = 1] = color.match(/[\d.]+/g).map(Number);
      return { rgb: [r, g, b], a };
    };
    const luminance = ([r, g, b]) => {
      const [x, y, z] = [r, g, b].map((value) => {
        const part = value / 255;
        return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
      });
      return 0.2126 * x + 0.7152 * y + 0.0722 * z;
    };
    const contrast = (one, other) => {
      const [dark, light] = [luminance(one), luminance(other)].sort((a, b) => a - b);
      return (light + 0.05) / (dark + 0.05);
    };
    const groundOf = (element) => {
      for (let each = element; each; each = each.parentElement) {
        const { rgb, a } = parse(getComputedStyle(each).backgroundColor);
        if (a === 1) return rgb;
      }
      return [255, 255, 255];
    };
    const faint = [];
    for (const each of document.querySelectorAll('input, select, textarea, button, .button, .chip, .badge')) {
      const style = getComputedStyle(each);
      if (
        each.offsetParent === null ||
        each.closest('.unseen') ||
        each.getAttribute('aria-disabled') === 'true'
      )
        continue;
      if (['checkbox', 'radio', 'range', 'file'].includes(each.type)) continue;
      const isField = each.matches('input, select, textarea');
      const line = parse(style.borderBottomColor);
      const hasLine =
        Number.parseFloat(style.borderBottomWidth) > 0 && style.borderBottomStyle !== 'none' && line.a > 0.5;
      const around = groundOf(each.parentElement);
      // A button may be words alone, or a filled shape; a field is seen by its line alone.
      if (!hasLine && !isField) continue;
      const own = parse(style.backgroundColor);
      const shown = Math.max(
        hasLine ? contrast(line.rgb, around) : 1,
        own.a === 1 ? contrast(own.rgb, around) : 1,
      );
      if (shown < 3) faint.push(`line of ${shown.toFixed(2)}: ${each.outerHTML.slice(0, 120)}`);
    }
    return faint;
  });

/** What makes a view wider than its window. */
const wideParts = (page) =>
  page.evaluate(() =>
    [document.documentElement, ...document.querySelectorAll('main, dialog[open], .panel')]
      .filter((each) => each.scrollWidth > each.clientWidth + 1 || each.scrollWidth > innerWidth)
      .map((each) => `sideways: ${each.tagName} ${each.className} ${each.scrollWidth}`),
  );

/** Rules whose outcome depends on colours; what the others find is the same in every scheme. */
const OF_COLOURS = ['color-contrast', 'link-in-text-block'];

test('no screen or dialog has a fault that axe knows, a line below 3:1, or goes sideways', async (t) => {
  const page = await visit(t, 'about:blank', {
    viewport: { width: 1440, height: 900 },
    refusals: [403, 404],
    expected: [/ERR_/],
  });
  const found = new Map();
  const add = (view, how, all) => {
    for (const words of all) found.set(`${view}: ${words}`, [...(found.get(`${view}: ${words}`) ?? []), how]);
  };
  for (const view of VIEWS) {
    const [name, , , leave] = view;
    await page.setViewportSize({ width: 1440, height: 900 });
    await page.emulateMedia(SCHEMES[0][1]);
    await show(page, view);
    await page.evaluate(axe);
    for (const width of [1440, 390]) {
      await page.setViewportSize({ width, height: 900 });
      for (const [scheme, media] of SCHEMES) {
        await page.emulateMedia(media);
        const how = `${scheme}, ${width} px`;
        add(name, how, await violations(page, scheme === 'light' ? undefined : OF_COLOURS));
        if (scheme !== 'forced colours') add(name, how, await faintLines(page));
      }
    }
    await page.emulateMedia(SCHEMES[0][1]);
    // 320 px, and a window of 1280 px by 1024 px at 400 %.
    for (const height of [640, 256]) {
      await page.setViewportSize({ width: 320, height });
      add(name, `320 px by ${height} px`, await wideParts(page));
    }
    await leave?.(page);
  }
  assert.deepEqual(Object.fromEntries(found), {});
});

test('the checks find a faint line, faint words, a button without a name and a part that is too wide', async (t) => {
  const page = await visit(t, `${org.url}/?screen=activity`, { viewport: { width: 320, height: 640 } });
  await page.locator('main h1').waitFor();
  await page.evaluate(() => {
    const make = (tag, style) => {
      const element = document.createElement(tag);
      for (const [name, value] of Object.entries(style)) element.style.setProperty(name, value);
      document.querySelector('main').append(element);
      return element;
    };
    make('input', { border: '1px solid #ddd', background: '#fff' }).setAttribute('aria-label', 'Faint');
    make('p', { color: '#bbb', background: '#fff', width: '500px' }).textContent = 'Faint words';
    make('button', {});
  });
  await page.evaluate(axe);
  const found = await violations(page);
  for (const id of ['color-contrast', 'button-name'])
    assert.ok(
      found.some((words) => words.startsWith(id)),
      id,
    );
  assert.ok((await violations(page, OF_COLOURS)).some((words) => words.startsWith('color-contrast')));
  assert.match((await faintLines(page)).join(), /line of 1\.\d+: <input/);
  assert.match((await wideParts(page)).join(), /sideways: MAIN/);
});
