// The console's screen Members in bulk before a local org of each test's own.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';

import { visit } from './browser.mjs';
import { focused, ownOrg, until, writesOf } from './console-org.mjs';

const SIZE = ['--groups', 40, '--users', 600, '--rate-limit', 'off'];

/** An org with a group of the test's own that has the first `members` of its people. */
async function withGroup(t, members = 0, ...options) {
  const org = await ownOrg(t, ...SIZE, ...options);
  const people = await org.api('GET', 'users?limit=200');
  const group = await org.api('POST', 'groups', { profile: { name: 'Night shift' } });
  for (const { id } of people.slice(0, members)) await org.api('PUT', `groups/${group.id}/users/${id}`);
  const ids = async () => {
    const found = [];
    const users = await org.api('GET', `groups/${group.id}/users?limit=1000`);
    for (const { id } of users) found.push(id);
    return found.sort();
  };
  const faults = async (value) => {
    const answer = await fetch(`${org.url}/local-org/faults`, {
      method: 'PUT',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(value),
    });
    assert.ok(answer.ok, `faults: ${answer.status}`);
  };
  return { ...org, group, people, ids, faults, screen: `${org.url}/?screen=bulk&ids=${group.id}` };
}

const button = (page, name) => page.getByRole('main').getByRole('button', { name, exact: true });
const heading = (page, name) => page.getByRole('heading', { name });
const grid = (page, name) => page.getByRole('grid', { name });
const list = (page) => page.getByLabel('Ids, logins or emails, one a line, or CSV');
const idsOf = (people) => people.map(({ id }) => id);
const sorted = (ids) => [...ids].sort();

/** Brings a file by the button of that name. */
async function bring(page, name, file, text) {
  const chooser = page.waitForEvent('filechooser');
  await button(page, name).click();
  await (await chooser).setFiles({ name: file, mimeType: 'text/plain', buffer: Buffer.from(text) });
}

/** Types a list and waits until it is read. */
async function type(page, text, said) {
  await list(page).fill(text);
  await page.getByText(said, { exact: false }).first().waitFor();
}

/** Presses a button that saves a file; gives its text. */
async function saved(page, name) {
  const download = page.waitForEvent('download');
  await button(page, name).click();
  return readFile(await (await download).path(), 'utf8');
}

/** Moves the focus by Tab until it is on what is named. */
async function tabTo(page, wanted) {
  for (let presses = 0; presses < 60; presses++) {
    if ((await focused(page)).startsWith(wanted)) return;
    await page.keyboard.press('Tab');
  }
  throw new Error(`Tab does not lead to ${wanted}`);
}

test('by keyboard alone: nothing is written before Apply, as many writes as the plan has, and an undo', async (t) => {
  const { url, group, people, ids } = await withGroup(t, 4);
  const page = await visit(t, `${url}/?screen=bulk`);
  const writes = writesOf(page);
  await heading(page, 'Members in bulk').waitFor();
  await tabTo(page, 'combobox Add a group');
  await page.keyboard.type('night sh');
  await page.getByRole('option', { name: /Night shift/ }).waitFor();
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  assert.match(page.url(), new RegExp(`ids=${group.id}`));
  await tabTo(page, 'textarea Ids, logins or emails');
  const wanted = people.slice(2, 10);
  await page.keyboard.insertText(wanted.map(({ profile }) => profile.login.toUpperCase()).join('\n'));
  await page.getByText('8 people, by login.').waitFor();
  await tabTo(page, 'button Plan');
  await page.keyboard.press('Enter');
  await heading(page, 'Plan for Night shift').waitFor();
  await page.getByText('6 to add, 0 to remove, 2 as they are. 6 writes').waitFor();
  assert.deepEqual(writes, [], 'a plan writes nothing');
  assert.notEqual(await focused(page), 'body');

  await tabTo(page, 'button Apply: add 6 people');
  await page.keyboard.press('Enter');
  await page.getByText('All of the plan is done. Added 6, removed 0.').waitFor();
  assert.deepEqual(
    writes.sort(),
    idsOf(people.slice(4, 10))
      .map((id) => `PUT groups/${group.id}/users/${id}`)
      .sort(),
  );
  assert.deepEqual(await ids(), sorted(idsOf(people.slice(0, 10))));
  const { name } = { name: `${people[4].profile.firstName} ${people[4].profile.lastName}` };
  await grid(page, 'The report').getByText(name).first().waitFor();

  await tabTo(page, 'button Undo');
  await page.keyboard.press('Enter');
  await page.getByText('Removed 6 people from Night shift').first().waitFor();
  assert.equal(writes.filter((write) => write.startsWith('DELETE')).length, 6);
  assert.deepEqual(await ids(), sorted(idsOf(people.slice(0, 4))));
  // The way back has a way back.
  await page.getByRole('region', { name: 'Notices' }).getByRole('button', { name: 'Undo' }).click();
  await page.getByText('Added 6 people to Night shift').last().waitFor();
  assert.deepEqual(await ids(), sorted(idsOf(people.slice(0, 10))));
});

test('the guards refuse in words; as many removals as were refused can be allowed', async (t) => {
  const { screen, people, ids } = await withGroup(t, 10);
  const page = await visit(t, screen);
  const writes = writesOf(page);
  await type(page, idsOf(people.slice(0, 6)).join('\n'), '6 people, by id.');
  await page.getByLabel('Make these people the only members: others are removed').check();
  await button(page, 'Plan').click();
  const note = page.getByRole('main').getByRole('alert');
  await note.waitFor();
  assert.match(
    await note.textContent(),
    /It removes 4 of 10 members \(40 %\), more than a quarter of the members\./,
  );
  await page.getByLabel('The most removals of a group').selectOption('count');
  await page.getByLabel('Members', { exact: true }).fill('3');
  await button(page, 'Plan').click();
  await note.getByText('more than 3 members').waitFor();
  await page.getByLabel('Members', { exact: true }).fill('three');
  await button(page, 'Plan').click();
  await page.getByText('Give a number: 0 to 100 %, or a count.').waitFor();
  await page.getByLabel('Members', { exact: true }).fill('3');
  await page.getByLabel('People who are never removed').fill(people[9].profile.login);
  await button(page, 'Plan').click();
  await page.getByText('0 to add, 3 to remove, 6 as they are.').waitFor();
  await page.getByText('The run removes no more than 3 members').waitFor();
  await button(page, 'Stays: kept 1').click();
  await grid(page, 'The plan').getByText(people[9].profile.login).waitFor();
  assert.equal(await grid(page, 'The plan').locator('[data-index]').count(), 1);

  await button(page, 'Change the list').click();
  await page.getByLabel('People who are never removed').fill('');
  await button(page, 'Plan').click();
  await button(page, 'Plan with at most 4 removals').click();
  await page.getByText('0 to add, 4 to remove, 6 as they are.').waitFor();
  assert.deepEqual(writes, []);
  await button(page, 'Apply: remove 4 people').click();
  await page.getByText('All of the plan is done. Added 0, removed 4.').waitFor();
  assert.equal(writes.length, 4);
  assert.deepEqual(await ids(), sorted(idsOf(people.slice(0, 6))));
});

test('these people alone are removed, and who is no member is said; others of the group stay', async (t) => {
  const { screen, people, ids } = await withGroup(t, 10);
  const page = await visit(t, screen);
  const text = [people[0], people[1], people[20]].map(({ profile }) => profile.login).join('\n');
  await type(page, text, '3 people, by login.');
  await page.getByLabel('Remove these people; nobody is added').check();
  await button(page, 'Plan').click();
  await page.getByText('0 to add, 2 to remove, 8 as they are.').waitFor();
  await button(page, 'Not a member 1').click();
  await grid(page, 'The plan').getByText(people[20].profile.login).waitFor();
  await button(page, 'Apply: remove 2 people').click();
  await page.getByText('All of the plan is done. Added 0, removed 2.').waitFor();
  assert.deepEqual(await ids(), sorted(idsOf(people.slice(2, 10))));
});

test('a value that several members bear removes none of them, and is told', async (t) => {
  const { screen, people, ids } = await withGroup(t, 30);
  const names = people.slice(0, 30).map(({ profile }) => profile.lastName);
  const times = (name) => names.filter((each) => each === name).length;
  const several = names.find((name) => times(name) > 1);
  const once = names.find((name) => times(name) === 1);
  const page = await visit(t, screen);
  await list(page).fill(`${several}\n${once}`);
  await page.getByText('How the list is read').click();
  await page.getByLabel('People are named by').selectOption('value');
  await page.getByLabel('Attribute of the profile').fill('lastName');
  await page.getByLabel('Remove these people; nobody is added').check();
  await button(page, 'Plan').click();
  await page.getByText(`${several} names ${times(several)} members. None of them is removed.`).waitFor();
  await page.getByText('0 to add, 1 to remove, 29 as they are.').waitFor();
  await button(page, 'Apply: remove 1 person').click();
  await page.getByText('All of the plan is done. Added 0, removed 1.').waitFor();
  assert.deepEqual(
    await ids(),
    sorted(idsOf(people.slice(0, 30).filter(({ profile }) => profile.lastName !== once))),
  );
});

test('an empty file is refused before any read, and lines that cannot be used are told by their numbers', async (t) => {
  const { screen, people, url } = await withGroup(t, 3);
  const page = await visit(t, screen);
  await page.getByText('Night shift').first().waitFor();
  const sent = [];
  page.on('request', (request) => request.url().startsWith(`${url}/api/`) && sent.push(request.url()));
  await page.getByLabel('Make these people the only members: others are removed').check();
  for (const text of ['', '\n\n', 'id\n', '\ufeff\n']) {
    await bring(page, 'Choose a file…', 'people.csv', text);
    await page.getByText('people.csv', { exact: true }).waitFor();
    await button(page, 'Plan').click();
    await page.getByText('people.csv names nobody. An empty file is not taken for an empty group.').waitFor();
    await button(page, 'Take another list').click();
  }
  assert.deepEqual(sent, []);

  const rows = [
    'team,login',
    `west,${people[0].profile.login}`,
    'west,',
    `west,${people[1].profile.login},x`,
  ];
  await bring(page, 'Choose a file…', 'people.csv', rows.join('\n'));
  const faults = page.getByRole('list', { name: 'Lines that cannot be used' });
  await faults.waitFor();
  assert.deepEqual(await faults.getByRole('listitem').allTextContents(), [
    'Line 3: Nobody is named.',
    'Line 4: There are 3 cells for 2 columns.',
  ]);
  await button(page, 'Plan').click();
  await page.getByText('Some lines cannot be used').waitFor();
  assert.deepEqual(sent, [], 'a list with faults is not planned');
  // Where nobody is removed for it, the lines may be left out.
  await page.getByLabel('Add these people; nobody is removed').check();
  await page.getByLabel('Leave these lines out').check();
  await button(page, 'Plan').click();
  await page.getByText('0 to add, 0 to remove, 1 as they are.').waitFor();
});

test('a value that names nobody blocks the plan, until it is left out; then nobody is removed', async (t) => {
  const { screen, people, ids } = await withGroup(t, 4);
  const page = await visit(t, screen, { refusals: [404] });
  const text = `who\n${people[8].profile.email}\nnobody@example.test\n`;
  await list(page).fill(text);
  await page.getByText('How the list is read').click();
  await page.getByLabel('People are named by').selectOption('email');
  await page.getByLabel('The first row is a heading').check();
  await page.getByText('2 people, by email.').waitFor();
  await page.getByLabel('Make these people the only members: others are removed').check();
  await button(page, 'Plan').click();
  await page.getByText('1 value names no single user.').waitFor();
  assert.equal(
    await page.getByRole('button', { name: /^Apply|^Nothing/ }).getAttribute('aria-disabled'),
    'true',
  );
  await button(page, 'Not found 1').click();
  await grid(page, 'The plan').getByText('no user bears it').waitFor();
  await button(page, 'Plan again without them: add the others, remove nobody').click();
  await page.getByText('1 to add, 0 to remove').waitFor();
  await button(page, 'Apply: add 1 person').click();
  await page.getByText('Added 1, removed 0').waitFor();
  assert.deepEqual(await ids(), sorted(idsOf([...people.slice(0, 4), people[8]])));
});

test('a limit by number holds for all groups of a file together', async (t) => {
  const { url, api, people } = await withGroup(t, 4);
  const other = await api('POST', 'groups', { profile: { name: 'Day shift' } });
  for (const { id } of people.slice(0, 4)) await api('PUT', `groups/${other.id}/users/${id}`);
  const page = await visit(t, `${url}/?screen=bulk`);
  await page.getByLabel('The file names them, in a column groupId or groupName').check();
  const rows = ['groupName,id', `Night shift,${people[0].id}`, `Day shift,${people[1].id}`];
  await list(page).fill(rows.join('\n'));
  await page.getByLabel('Remove these people; nobody is added').check();
  await page.getByText('Guards').click();
  await page.getByLabel('The most removals of a group').selectOption('count');
  await page.getByLabel('Members', { exact: true }).fill('1');
  await button(page, 'Plan').click();
  await page
    .getByText('It removes 2 of 8 members of all groups together (25 %), more than 1 member.')
    .waitFor();
  await button(page, 'Plan with at most 2 removals').click();
  await page.getByText('0 to add, 2 to remove, 6 as they are.').waitFor();
});

test('a value of an attribute that several people bear names them all', async (t) => {
  const { screen, people } = await withGroup(t, 0);
  const { lastName } = people[0].profile;
  const page = await visit(t, screen);
  await list(page).fill(lastName);
  await page.getByText('How the list is read').click();
  await page.getByLabel('People are named by').selectOption('value');
  await button(page, 'Plan').click();
  await page.getByText('Name the attribute of the profile.').waitFor();
  await page.getByLabel('Attribute of the profile').fill('lastName');
  await button(page, 'Plan').click();
  await page.getByText('1 value names no single user.').waitFor();
  const row = grid(page, 'The plan').locator('[data-index="0"]');
  await row.getByText('several users bear it').waitFor();
  await row.getByText(people[0].profile.login).waitFor();
});

const SLOW = {
  rules: [{ operation: 'PUT /api/v1/groups/{groupId}/users/{userId}', fault: { latency: 150 } }],
};

test('a run tells how long it takes, pauses, goes on while another screen is shown, and stops; its rest goes on from a file', async (t) => {
  const { screen, people, ids, faults, url } = await withGroup(t, 0);
  await faults(SLOW);
  const page = await visit(t, screen);
  const writes = writesOf(page);
  const wanted = idsOf(people.slice(0, 200));
  await type(page, wanted.join('\n'), '200 people, by id.');
  await button(page, 'Plan').click();
  await button(page, 'Apply: add 200 people').click();
  await page.getByText(/, about \d+ s left/).waitFor();
  const asks = () => page.evaluate(() => !dispatchEvent(new Event('beforeunload', { cancelable: true })));
  assert.equal(await asks(), true, 'the browser asks before the run is thrown away');

  await page.getByRole('navigation', { name: 'Screens' }).getByRole('link', { name: 'Activity' }).click();
  await page.getByText(/Members in bulk: \d+ of 200 writes done/).waitFor();
  await page.getByRole('link', { name: 'Show the run' }).click();
  await button(page, 'Pause').click();
  await heading(page, /^Paused/).waitFor();
  const paused = writes.length;
  assert.ok(paused < 200, `${paused} writes`);
  await new Promise((later) => setTimeout(later, 400));
  assert.equal(writes.length, paused, 'nothing is sent while it is paused');
  await button(page, 'Go on').click();
  await until(
    () => writes.length,
    (count) => count > paused + 10,
    'more writes',
  );
  await button(page, 'Stop').click();
  await heading(page, /^Report/).waitFor({ timeout: 4000 });
  await page.getByText(/You stopped the run\. Added \d+, removed 0, \d+ not attempted\./).waitFor();
  const rest = JSON.parse(await saved(page, 'Save the rest'));
  const report = JSON.parse(await saved(page, 'Save the report (JSON)'));
  const csv = await saved(page, 'Save the report (CSV)');
  assert.equal(report.done.length + report.notAttempted.length, 200);
  assert.deepEqual(
    sorted(rest.add),
    sorted(idsOf(report.notAttempted.map(({ userId }) => ({ id: userId })))),
  );
  assert.equal(csv.trim().split('\n').length, 201);
  assert.match(csv, /^groupId,groupName,userId,login,write,status,error\n/);
  assert.equal(await asks(), false);

  await faults({});
  await page.goto(`${url}/?screen=bulk`);
  await bring(page, 'Open a plan or the rest of a run…', 'rest.json', JSON.stringify(rest));
  await heading(page, 'Plan of rest.json for Night shift').waitFor();
  writes.length = 0;
  await button(page, `Apply: add ${rest.add.length} people`).click();
  await page.getByText('All of the plan is done.').waitFor();
  assert.deepEqual(await ids(), sorted(wanted));
  assert.ok(writes.length <= rest.add.length, `${writes.length} writes`);
});

test('a sign-in that expires in the middle stops the run, and who was not attempted is named; the rest goes on', async (t) => {
  const { screen, people, ids } = await withGroup(t, 0);
  let count = 0;
  let isExpired = true;
  const page = await visit(t, screen, {
    refusals: [401],
    prepare: (page) =>
      page.route('**/api/v1/groups/*/users/*', (route) =>
        isExpired && ++count > 20
          ? route.fulfill({
              status: 401,
              contentType: 'application/json',
              body: JSON.stringify({ errorCode: 'E0000011', errorSummary: 'Invalid token provided' }),
            })
          : route.continue(),
      ),
  });
  const wanted = people.slice(0, 100);
  await type(page, idsOf(wanted).join('\n'), '100 people, by id.');
  await button(page, 'Plan').click();
  await button(page, 'Apply: add 100 people').click();
  await page.getByText('The run stopped: the sign-in is missing or has expired (401).').waitFor();
  const report = JSON.parse(await saved(page, 'Save the report (JSON)'));
  assert.equal(report.done.length, 20);
  assert.ok(report.notAttempted.length >= 60, `${report.notAttempted.length} not attempted`);
  assert.equal(report.done.length + report.failed.length + report.notAttempted.length, 100);
  assert.ok(report.failed.every(({ error }) => error.status === 401));
  await page.getByRole('button', { name: /^Not attempted/ }).click();
  const names = grid(page, 'The report').locator('[data-index]');
  assert.equal((await names.count()) > 5, true);
  isExpired = false;
  await button(page, 'Go on with the rest: 80 writes').click();
  await page.getByText('All of the plan is done. Added 100').waitFor();
  assert.deepEqual(await ids(), sorted(idsOf(wanted)));
});

test('after the first write that is forbidden the console only reads: a plan can be made and saved, and not applied', async (t) => {
  const { screen, people } = await withGroup(t, 0);
  let count = 0;
  const page = await visit(t, screen, {
    refusals: [403],
    prepare: (page) =>
      page.route('**/api/v1/groups/*/users/*', (route) => {
        count++;
        return route.fulfill({
          status: 403,
          contentType: 'application/json',
          body: JSON.stringify({
            errorCode: 'E0000006',
            errorSummary: 'You do not have permission to perform the requested action',
          }),
        });
      }),
  });
  await type(page, idsOf(people.slice(0, 60)).join('\n'), '60 people, by id.');
  await button(page, 'Plan').click();
  await button(page, 'Apply: add 60 people').click();
  await page.getByText('The run stopped at the first write that the org refused (403).').waitFor();
  assert.ok(count <= 8, `${count} writes: those that were under way`);
  assert.equal(await page.getByRole('button', { name: /^Go on with the rest/ }).count(), 0);
  await button(page, 'New change').click();
  await page.getByText('The console only reads: ').waitFor();
  await type(page, idsOf(people.slice(0, 60)).join('\n'), '60 people, by id.');
  await button(page, 'Plan').click();
  await heading(page, 'Plan for Night shift').waitFor();
  assert.equal(await page.getByRole('button', { name: /^Apply/ }).count(), 0);
  assert.equal(JSON.parse(await saved(page, 'Save the plan')).add.length, 60);
});

test('wrong ids do not empty a group: removals are withheld when the adds fail, and a retry sends the failed ones alone', async (t) => {
  const { screen, people, ids } = await withGroup(t, 4);
  const page = await visit(t, screen, { refusals: [404] });
  const writes = writesOf(page);
  const wrong = ['00uWrong000000000001', '00uWrong000000000002'];
  await type(page, [...idsOf(people.slice(0, 3)), ...wrong].join('\n'), '5 people, by id.');
  await page.getByLabel('Make these people the only members: others are removed').check();
  await button(page, 'Plan').click();
  await button(page, 'Apply: add 2 people, remove 1 person').click();
  await page.getByText('1 removal withheld, since too many adds failed').waitFor();
  await page.getByText('Added 0, removed 0, 2 failed, 1 not attempted.').waitFor();
  await grid(page, 'The report').getByText('It is not there (any more)').first().waitFor();
  assert.equal(writes.length, 2);
  await button(page, 'Retry 2 failed').click();
  await until(
    () => writes.length,
    (count) => count === 4,
    'the retry',
  );
  await page.getByText('Added 0, removed 0, 2 failed, 1 not attempted.').waitFor();
  assert.ok(writes.every((write) => write.startsWith('PUT')));
  assert.deepEqual(await ids(), sorted(idsOf(people.slice(0, 4))));
});

test('members by a rule stay and are named as such; where they are removed all the same, the undo says how they come back', async (t) => {
  const { api, screen, group, people, ids } = await withGroup(t, 3);
  const [, , , first] = people;
  const rule = await api('POST', 'groups/rules', {
    type: 'group_rule',
    name: 'One login',
    conditions: {
      expression: { type: 'urn:okta:expression:1.0', value: `user.login=="${first.profile.login}"` },
    },
    actions: { assignUserToGroups: { groupIds: [group.id] } },
  });
  await api('POST', `groups/rules/${rule.id}/lifecycle/activate`);
  await until(ids, (members) => members.includes(first.id), 'the rule');
  const page = await visit(t, screen);
  await type(page, idsOf(people.slice(0, 3)).join('\n'), '3 people, by id.');
  await page.getByLabel('Make these people the only members: others are removed').check();
  await button(page, 'Plan').click();
  await page.getByText('0 to add, 0 to remove, 3 as they are.').waitFor();
  await button(page, 'Stays: by a rule 1').click();
  await grid(page, 'The plan').getByText(rule.id).waitFor();
  await button(page, 'Change the list').click();
  await page.getByText('Guards').click();
  await page.getByLabel('Members whom a group rule put there').selectOption('include');
  await button(page, 'Plan').click();
  await button(page, 'Apply: remove 1 person').click();
  await page.getByText('All of the plan is done. Added 0, removed 1.').waitFor();
  const notices = page.getByRole('region', { name: 'Notices' });
  await notices.getByText('Members whom a rule had put there come back as members by hand.').waitFor();
  await notices.getByRole('button', { name: 'Undo' }).click();
  await until(ids, (members) => members.length === 4, 'the undo');
});

test('under faults the run ends with the members that were wanted, or says which writes are left', async (t) => {
  const { screen, people, ids, faults } = await withGroup(t, 0);
  const operation = 'PUT /api/v1/groups/{groupId}/users/{userId}';
  await faults({
    rules: [
      { operation, every: 7, fault: { error: { status: 500, code: 'E0000009' } } },
      { operation, every: 11, after: true, fault: 'reset' },
      { operation, every: 13, fault: 'proxyError' },
    ],
  });
  const page = await visit(t, screen, {
    refusals: [500, 502, 503],
    expected: [/Failed to load resource: net::ERR/],
  });
  const wanted = people.slice(0, 80);
  await type(page, idsOf(wanted).join('\n'), '80 people, by id.');
  await button(page, 'Plan').click();
  await button(page, 'Apply: add 80 people').click();
  await heading(page, /^Report/).waitFor({ timeout: 30_000 });
  const rest = page.getByRole('button', { name: /^Go on with the rest/ });
  for (let rounds = 0; rounds < 5 && (await rest.count()) > 0; rounds++) {
    await rest.click();
    await heading(page, /^Report/).waitFor({ timeout: 30_000 });
  }
  await page.getByText('All of the plan is done.').waitFor();
  assert.deepEqual(await ids(), sorted(idsOf(wanted)));
});

test('a file that names groups plans each of them; a group that cannot be changed is refused alone', async (t) => {
  const { url, api, people } = await withGroup(t, 2);
  const other = await api('POST', 'groups', { profile: { name: 'Day shift' } });
  const page = await visit(t, `${url}/?screen=bulk`);
  const writes = writesOf(page);
  await page.getByLabel('The file names them, in a column groupId or groupName').check();
  const login = (at) => people[at].profile.login;
  const rows = ['groupName;login', `Night shift;${login(0)}`, `Night shift;${login(5)}`];
  rows.push(`Day shift;${login(6)}`, `Day shift;${login(6)}`, `Everyone;${login(1)}`);
  await bring(page, 'Choose a file…', 'groups.csv', rows.join('\r\n'));
  await page.getByText('3 groups, 4 memberships, 1 line named again.').waitFor();
  await button(page, 'Plan').click();
  await heading(page, 'Plan for 2 groups').waitFor();
  await page.getByText('2 to add, 0 to remove, 1 as they are.').waitFor();
  await button(page, 'Group refused 1').click();
  await grid(page, 'The plan').getByText('Everyone', { exact: true }).waitFor();
  await button(page, 'Apply: add 2 people').click();
  await page.getByText('Added 2, removed 0').waitFor();
  assert.equal(writes.length, 2);
  const members = await api('GET', `groups/${other.id}/users`);
  assert.deepEqual(idsOf(members), [people[6].id]);
});

test('a list of 100,000 lines is read in turns with what people do', async (t) => {
  const { screen } = await withGroup(t, 0);
  const page = await visit(t, screen);
  const lines = Array.from({ length: 100_000 }, (_, at) => `person${at}@example.test`);
  await bring(page, 'Choose a file…', 'many.txt', lines.join('\n'));
  await page.getByText('100,000 people, by login.').waitFor();
  await page.getByText('How the list is read').click();
  await page.getByLabel('Separator').selectOption(';');
  await page.getByText('100,000 people, by login.').waitFor();

  // A long text that is pasted does not go through the text area; a file may be dropped.
  await button(page, 'Take another list').click();
  await list(page).evaluate((area, text) => {
    const clipboardData = new DataTransfer();
    clipboardData.setData('text/plain', text);
    area.dispatchEvent(new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true }));
  }, lines.slice(0, 5_000).join('\n'));
  await page.getByText('Pasted list').waitFor();
  await page.getByText('5,000 people, by login.').waitFor();
  await page.locator('#bulk-people').evaluate((section) => {
    const dataTransfer = new DataTransfer();
    dataTransfer.items.add(new File(['id\n00u1emaKYZTWRYYRRTSK\n'], 'dropped.csv'));
    section.dispatchEvent(new DragEvent('drop', { dataTransfer, bubbles: true, cancelable: true }));
  });
  await page.getByText('dropped.csv').waitFor();
  await page.getByText('1 person, by id.').waitFor();
});

test('a file that is no plan, or of another org, is refused in words', async (t) => {
  const { url, group } = await withGroup(t, 0);
  const page = await visit(t, `${url}/?screen=bulk`);
  const plan = {
    v: 1,
    org: 'https://another.okta.com',
    groupId: group.id,
    basedOn: { lastMembershipUpdated: '2026-01-01T00:00:00.000Z' },
    add: [],
    remove: [],
    unchanged: 0,
    skipped: [],
    warnings: [],
    maxRemovals: { ratio: 0.25 },
    ruleManaged: 'skip',
    keep: [],
  };
  for (const [text, words] of [
    ['userId\n00u1', 'The file is not JSON, so it holds no plan.'],
    ['{}', 'The file holds no plan of version 1.'],
    [JSON.stringify(plan), 'The plan belongs to another org, https://another.okta.com.'],
  ]) {
    await bring(page, 'Open a plan or the rest of a run…', 'plan.json', text);
    await page.getByText(words).waitFor();
    await button(page, 'Dismiss').click();
  }
});
