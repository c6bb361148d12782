// People and groups whose ids alone are at hand, by their names where the org lets the console read them.
import type { JSX } from 'preact';

import { personOf } from '../model/person.ts';
import { groups, people } from '../org/names.ts';
import { Name } from './name.tsx';

/** A person by name and login, by the id alone until they are known. */
export function Person({ id }: { id: string }): JSX.Element {
  const user = people.get(id);
  if (!user) return <code>{id}</code>;
  const { name, login } = personOf(user);
  return (
    <>
      <Name text={name} /> {login !== name && <bdi class="muted">{login}</bdi>}
    </>
  );
}

/** A group by its name, by the id alone until it is known. */
export function GroupName({ id }: { id: string }): JSX.Element {
  const group = groups.get(id);
  return group ? <Name text={group.profile.name} /> : <code>{id}</code>;
}
