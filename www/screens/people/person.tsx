// One person: facts of the profile, and the person's groups.
import { isOktaError } from 'okta-groups/external';
import type { Group, GroupRule, User } from 'okta-groups/external';
import type { JSX } from 'preact';
import { useEffect, useMemo, useRef } from 'preact/hooks';

import { nameText } from '../../model/names.ts';
import { isUserId, personOf, statusWords } from '../../model/person.ts';
import { recorded } from '../../org/changes.ts';
import { ListLoad, Load } from '../../org/load.ts';
import { Button } from '../../ui/button.tsx';
import { Copy } from '../../ui/copy.tsx';
import { wordsOf } from '../../ui/error.tsx';
import { Name } from '../../ui/name.tsx';
import { param, set } from '../../ui/route.ts';
import { Show } from '../../ui/states.tsx';
import { When } from '../../ui/when.tsx';
import { ById } from './by-id.tsx';
import { Compare } from './compare.tsx';
import { GroupsOf } from './groups-of.tsx';

/** Attributes of the profile that help to tell people apart. */
const FACTS: readonly [attribute: string, words: string][] = [
  ['title', 'Title'],
  ['department', 'Department'],
  ['division', 'Division'],
  ['organization', 'Organization'],
  ['manager', 'Manager'],
  ['employeeNumber', 'Number'],
];

/** Groups that were read: an undo puts one back into the list without a request. */
export const seenGroups = new Map<string, Group>();

export function PersonPanel({
  id,
  known,
  named,
  found,
}: {
  /** An id or a login, as the address has it. */
  id: string;
  known: User | undefined;
  /** Tells the name for the page's title. */
  named: (name: string) => void;
  /** Gets the user whose login the address has. */
  found: (user: User) => void;
}): JSX.Element {
  const user = useMemo(() => new Load<User>(), []);
  const groups = useMemo(() => new ListLoad<Group>(), []);
  const rules = useMemo(() => new Load<readonly GroupRule[]>(), []);
  const heading = useRef<HTMLHeadingElement>(null);

  const readUser = () => void user.load((client, signal) => client.users.get(id, { signal }));
  const readGroups = () =>
    void groups
      .start((client, cursor, signal) => client.users.listGroups(id, { cursor, signal }))
      .then(() => groups.rest());
  const readRules = () =>
    void rules.load(async (client, signal) => client.rules.list({ signal }).toArray({ max: Infinity }));
  // The groups of somebody who is named by a login are read once the id is known.
  const hasBegun = useRef(false);
  const begin = () => {
    if (hasBegun.current) return;
    hasBegun.current = true;
    readGroups();
    readRules();
  };
  useEffect(() => {
    if (known) user.set(known);
    else readUser();
    if (known || isUserId(id)) begin();
    return () => {
      user.stop();
      groups.stop();
      rules.stop();
    };
  }, []);
  const value = user.value;
  useEffect(() => {
    if (!value) return;
    if (value.id !== id) return found(value);
    named(nameText(personOf(value).name));
    begin();
  }, [value]);
  const items = groups.state.value.items;
  useEffect(() => {
    for (const group of items) seenGroups.set(group.id, group);
  }, [items]);

  // The list follows changes of this page and their undo without another read: a person's groups show writes at once (recorded).
  const last = recorded.value;
  const seenLast = useRef(last);
  useEffect(() => {
    if (last === seenLast.current) return;
    seenLast.current = last;
    const made = last?.made;
    if (made?.kind === 'members-changed') {
      if (made.added.includes(id) || made.removed.includes(id)) readGroups();
    } else if ((made?.kind === 'member-added' || made?.kind === 'member-removed') && made.user.id === id) {
      const group = seenGroups.get(made.group.id);
      if (made.kind === 'member-removed')
        groups.update((all) => all.filter((each) => each.id !== made.group.id));
      else if (group) groups.update((all) => [...all.filter((each) => each.id !== group.id), group]);
      else readGroups();
    }
  }, [last]);

  const state = user.state.value;
  if (state.state === 'failed' && isOktaError(state.error, 'forbidden')) {
    return (
      <section class="panel" aria-label="Person">
        <h2>
          <code>{id}</code>
        </h2>
        <p role="status">
          The org does not let the console read people and their groups: {wordsOf(state.error)} It takes the
          scope <code>okta.users.read</code>. By the id, one group at a time works.
        </p>
        <ById id={id} />
      </section>
    );
  }
  const with_ = param('with');
  return (
    <section class="stack fill keeps-focus" aria-label="Person">
      <Show of={state} what="The person" retry={readUser} cancel={() => user.cancel()}>
        {(user) => {
          const { name, login, email, status } = personOf(user);
          return (
            <div class="panel">
              <h2 ref={heading} tabIndex={-1}>
                <Name text={name} /> <span class="badge">{statusWords(status)}</span>
              </h2>
              <dl class="facts columns">
                <Fact words="Login" value={login} />
                {email !== login && <Fact words="Email" value={email} />}
                {FACTS.map(([attribute, words]) => (
                  <Fact key={attribute} words={words} value={user.profile[attribute]} />
                ))}
                <div>
                  <dt>Created</dt>
                  <dd>
                    <When at={user.created} />
                  </dd>
                </div>
                <div>
                  <dt>Last sign-in</dt>
                  <dd>{user.lastLogin === null ? 'never' : <When at={user.lastLogin} />}</dd>
                </div>
                <div>
                  <dt>Id</dt>
                  <dd>
                    <code>{user.id}</code> <Copy text={user.id} label="Copy the id of the person" />
                  </dd>
                </div>
              </dl>
            </div>
          );
        }}
      </Show>
      {value && (
        <div class="actions" role="group" aria-label="View">
          <Button class="chip" aria-pressed={!with_} action={() => set({ with: undefined })}>
            Groups
          </Button>
          <Button
            class="chip"
            aria-pressed={with_ !== ''}
            action={() => set({ with: with_ || '?', group: undefined })}
          >
            Compare or copy to another person
          </Button>
        </div>
      )}
      {value &&
        (with_ ? (
          <Compare user={value} groups={groups} retry={readGroups} other={with_ === '?' ? '' : with_} />
        ) : (
          <GroupsOf user={value} groups={groups} rules={rules} retry={readGroups} retryRules={readRules} />
        ))}
    </section>
  );
}

function Fact({ words, value }: { words: string; value: unknown }): JSX.Element | undefined {
  if (typeof value !== 'string' || value === '') return undefined;
  return (
    <div>
      <dt>{words}</dt>
      <dd>
        <Name text={value} />
      </dd>
    </div>
  );
}
