// What the tables of plans and reports share.
import type { JSX } from 'preact';

import { personOf } from '../../model/person.ts';
import { groups, people } from '../../org/names.ts';
import { Button } from '../../ui/button.tsx';
import { Person } from '../../ui/known.tsx';

/** The texts by which a row is found. */
export function textOfRow({
  userId,
  groupId,
  value,
  note,
}: {
  userId?: string;
  groupId?: string;
  value?: string;
  note?: string;
}): string {
  const user = userId === undefined ? undefined : people.peek(userId);
  const { name = '', login = '' } = user ? personOf(user) : {};
  const group = groupId === undefined ? '' : groups.peek(groupId)?.profile.name;
  return [userId, name, login, groupId, group, value, note].filter(Boolean).join('\n');
}

/** Filters with counts: none pressed shows all. */
export function Chips<T extends string>({
  label,
  counts,
  words,
  pressed,
  press,
}: {
  label: string;
  counts: readonly (readonly [T, number])[];
  words: Readonly<Record<T, string>>;
  pressed: ReadonlySet<T>;
  press: (next: ReadonlySet<T>) => void;
}): JSX.Element {
  return (
    <div role="group" aria-label={label} class="chips">
      {counts.map(([id, count]) => (
        <Button
          key={id}
          class={`chip ${id}`}
          aria-pressed={pressed.has(id) ? 'true' : 'false'}
          action={() => {
            const next = new Set(pressed);
            if (!next.delete(id)) next.add(id);
            press(next);
          }}
        >
          {words[id]} <strong>{count.toLocaleString()}</strong>
        </Button>
      ))}
    </div>
  );
}

/** The whole text of the row that is chosen, which a cell may cut off. */
export function Chosen({
  userId,
  why,
}: {
  userId?: string | undefined;
  why: string;
}): JSX.Element | undefined {
  if (why.trim() === '') return undefined;
  return (
    <p class="chosen">
      {userId && (
        <>
          <Person id={userId} />:{' '}
        </>
      )}
      <bdi>{why}</bdi>
    </p>
  );
}
