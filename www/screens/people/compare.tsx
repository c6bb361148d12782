// Two people's groups side by side. The groups that one of them lacks become a plan on the screen Members in bulk.
import { useSignal } from '@preact/signals';
import type { Group, User } from 'okta-groups/external';
import type { JSX } from 'preact';
import { useEffect, useMemo } from 'preact/hooks';

import { nameText } from '../../model/names.ts';
import { counted, grouped } from '../../model/numbers.ts';
import { compareGroups } from '../../model/person-groups.ts';
import type { Side } from '../../model/person-groups.ts';
import { personOf } from '../../model/person.ts';
import type { Person } from '../../model/person.ts';
import { typeName } from '../../model/row.ts';
import { handed } from '../../org/handover.ts';
import { ListLoad, Load } from '../../org/load.ts';
import { readOnly } from '../../org/session.ts';
import { Button } from '../../ui/button.tsx';
import { Grid } from '../../ui/grid.tsx';
import { Name } from '../../ui/name.tsx';
import { PEOPLE, Picker } from '../../ui/picker.tsx';
import { go, hrefOf, set } from '../../ui/route.ts';
import { Empty, ListFoot, Show } from '../../ui/states.tsx';
import { fixedMembers } from './writes.ts';

export function Compare({
  user,
  groups,
  retry,
  other,
}: {
  user: User;
  groups: ListLoad<Group>;
  retry: () => void;
  /** The id of the other person; `''` if nobody was chosen. */
  other: string;
}): JSX.Element {
  return (
    <>
      <Picker
        source={PEOPLE}
        label="The other person"
        autofocus={other === ''}
        refuse={({ id }) => (id === user.id ? 'the same person' : undefined)}
        pick={({ id }) => set({ with: id })}
      />
      {other !== '' && <Two key={other} user={user} groups={groups} retry={retry} other={other} />}
    </>
  );
}

function Two({
  user,
  groups,
  retry,
  other,
}: {
  user: User;
  groups: ListLoad<Group>;
  retry: () => void;
  other: string;
}): JSX.Element {
  const second = useMemo(() => new Load<User>(), []);
  const seconds = useMemo(() => new ListLoad<Group>(), []);
  const side = useSignal<Side | undefined>(undefined);
  const active = useSignal(0);
  const readUser = () => void second.load((client, signal) => client.users.get(other, { signal }));
  const readGroups = () =>
    void seconds
      .start((client, cursor, signal) => client.users.listGroups(other, { cursor, signal }))
      .then(() => seconds.rest());
  useEffect(() => {
    readUser();
    readGroups();
    return () => {
      second.stop();
      seconds.stop();
    };
  }, []);
  const first = personOf(user);
  const states = [groups.state.value, seconds.state.value] as const;
  const isWhole = states.every(({ state }) => state === 'complete');
  const all = compareGroups(states[0].items, states[1].items);
  const rows = side.value === undefined ? all : all.filter((each) => each.side === side.value);
  const count = (of: Side) => all.filter((each) => each.side === of).length;
  return (
    <Show of={second.state.value} what="The other person" retry={readUser} cancel={() => second.cancel()}>
      {(value) => {
        const people: Record<'first' | 'second', Person> = { first, second: personOf(value) };
        const words: Record<Side, string> = {
          both: 'In both',
          first: `Only ${nameText(people.first.name)}`,
          second: `Only ${nameText(people.second.name)}`,
        };
        return (
          <>
            <h2>
              <Name text={people.first.name} /> and{' '}
              <a href={hrefOf('people', { user: people.second.id })}>
                <Name text={people.second.name} />
              </a>
            </h2>
            {states.map(
              (state, index) =>
                state.state !== 'complete' && (
                  <div key={index}>
                    <ListFoot
                      list={state}
                      what={`The groups of ${nameText(index === 0 ? people.first.name : people.second.name)}`}
                      one="group"
                      next={() => {
                        if (state.items.length > 0) void (index === 0 ? groups : seconds).rest();
                        else if (index === 0) retry();
                        else readGroups();
                      }}
                      cancel={() => (index === 0 ? groups : seconds).cancel()}
                    />
                  </div>
                ),
            )}
            {!isWhole && (
              <p class="banner" role="status">
                The comparison is partial until the groups of both are read to the end.
              </p>
            )}
            <div class="actions" role="group" aria-label="Which groups">
              {(['first', 'both', 'second'] as const).map((of) => (
                <Button
                  key={of}
                  class="chip"
                  aria-pressed={side.value === of}
                  action={() => {
                    side.value = side.value === of ? undefined : of;
                    active.value = 0;
                  }}
                >
                  <Name text={words[of]} /> <span class="muted">{grouped(count(of))}</span>
                </Button>
              ))}
            </div>
            {isWhole && (
              <>
                <Plan from="first" to={people.second} all={all} />
                <Plan from="second" to={people.first} all={all} />
              </>
            )}
            {rows.length > 0 ? (
              <Grid
                label="Groups of the two"
                rows={rows}
                keyOf={({ group }) => group.id}
                complete={isWhole}
                columns={[
                  {
                    id: 'name',
                    title: 'Group',
                    width: 'minmax(9rem, 2fr)',
                    cell: ({ group }) => (
                      <a href={hrefOf('groups', { group: group.id })}>
                        <Name text={group.profile.name} />
                      </a>
                    ),
                  },
                  { id: 'type', title: 'Type', width: '5rem', cell: ({ group }) => typeName(group.type) },
                  {
                    id: 'side',
                    title: 'Who',
                    width: 'minmax(8rem, 1fr)',
                    cell: ({ side }) => <Name text={words[side]} />,
                  },
                ]}
                active={Math.min(active.value, rows.length - 1)}
                activate={(index) => (active.value = index)}
                open={({ group }) => go(hrefOf('groups', { group: group.id }))}
              />
            ) : (
              isWhole && <Empty>There is no such group.</Empty>
            )}
          </>
        );
      }}
    </Show>
  );
}

/** Hands the groups that a person lacks to the screen Members in bulk, which plans and applies them. */
function Plan({
  from,
  to,
  all,
}: {
  from: 'first' | 'second';
  to: Person;
  all: ReturnType<typeof compareGroups>;
}): JSX.Element | undefined {
  const lacks = all.filter(({ side }) => side === from).map(({ group }) => group);
  if (lacks.length === 0) return undefined;
  const free = lacks.filter((group) => fixedMembers(group) === undefined);
  const fixed = lacks.length - free.length;
  const name = nameText(to.name);
  return (
    <div class="actions">
      <Button
        disabled={free.length === 0 || readOnly.value !== undefined}
        title={readOnly.value}
        action={() => {
          handed.value = { groups: free.map(({ id }) => id), people: [to.id], mode: 'add' };
          go(hrefOf('bulk'));
        }}
      >
        Plan: add {name} to {counted(free.length, 'group')}
      </Button>
      {fixed > 0 && (
        <span class="hint">
          {counted(fixed, 'group')} more {fixed === 1 ? 'is' : 'are'} an app’s or Okta’s: only there {name}{' '}
          can be added.
        </span>
      )}
    </div>
  );
}
