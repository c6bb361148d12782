// Groups of a person whom the org does not let the console read: a group's members can be read and changed by id, one group at a
// time.
import { useSignal } from '@preact/signals';
import type { Group } from 'okta-groups/external';
import type { JSX } from 'preact';
import { useEffect, useRef } from 'preact/hooks';

import { isUserId } from '../../model/person.ts';
import { warn } from '../../org/notices.ts';
import { readOnly } from '../../org/session.ts';
import { Button } from '../../ui/button.tsx';
import { ErrorNote } from '../../ui/error.tsx';
import { Name } from '../../ui/name.tsx';
import { GROUPS, Picker } from '../../ui/picker.tsx';
import type { Choice } from '../../ui/picker.tsx';
import { hrefOf } from '../../ui/route.ts';
import { Here } from './here.tsx';
import type { Found } from './here.tsx';
import { add, fixedMembers, remove } from './writes.ts';
import type { Failure } from './writes.ts';

export function ById({ id }: { id: string }): JSX.Element {
  const group = useSignal<Choice<Group> | undefined>(undefined);
  const found = useSignal<Found | undefined>(undefined);
  const problem = useSignal<Failure | undefined>(undefined);
  const isShown = useRef(true);
  useEffect(
    () => () => {
      isShown.current = false;
    },
    [],
  );
  if (!isUserId(id)) {
    return <p class="hint">This is a login: without reading people, the console knows no id for it.</p>;
  }
  const person = { id, name: id };
  const chosen = group.value;
  const named = chosen && { id: chosen.id, name: chosen.name };
  const fixed = chosen?.of && fixedMembers(chosen.of);
  const run = (act: 'add' | 'remove') => async () => {
    if (!named) return;
    problem.value = undefined;
    const rules = found.value?.is === 'member' ? found.value.rules?.map(({ name }) => name) : undefined;
    const failure = await (act === 'add' ? add(named, person) : remove(named, person, rules));
    if (failure && !isShown.current) return warn(failure.what, failure.error);
    problem.value = failure;
    found.value = undefined;
  };
  return (
    <>
      <Picker
        source={GROUPS}
        label="Choose a group"
        unread
        pick={(choice) => {
          group.value = choice;
          found.value = undefined;
          problem.value = undefined;
        }}
      />
      {named && (
        <>
          <h3>
            <a href={hrefOf('groups', { group: named.id })}>
              <Name text={named.name} />
            </a>
          </h3>
          <Here
            key={`${named.id} ${found.value === undefined}`}
            groupId={named.id}
            userId={id}
            found={found.value}
            tell={(told) => (found.value = told)}
          />
          {fixed === undefined ? (
            <div class="actions">
              <Button disabled={readOnly.value !== undefined} title={readOnly.value} action={run('add')}>
                Add to the group
              </Button>
              <Button disabled={readOnly.value !== undefined} title={readOnly.value} action={run('remove')}>
                Remove from the group
              </Button>
            </div>
          ) : (
            <p class="hint">Members are not changed here: {fixed}.</p>
          )}
        </>
      )}
      {problem.value && <ErrorNote what={problem.value.what} error={problem.value.error} />}
    </>
  );
}
