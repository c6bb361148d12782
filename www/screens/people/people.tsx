// The screen People: the picker, one person with groups, and two people's groups side by side.
import { useSignal } from '@preact/signals';
import type { User } from 'okta-groups/external';
import type { JSX } from 'preact';

import { PEOPLE, Picker, choiceOfUser } from '../../ui/picker.tsx';
import type { Choice } from '../../ui/picker.tsx';
import { param, set } from '../../ui/route.ts';
import { Empty } from '../../ui/states.tsx';
import { useTitle } from '../../ui/title.ts';
import { PersonPanel } from './person.tsx';

export default function People(): JSX.Element {
  const id = param('user');
  const name = useSignal<{ id: string; name: string } | undefined>(undefined);
  useTitle(id && name.value?.id === id ? name.value.name : undefined, 'People');
  // The picker has read the user: the panel does not read it again.
  const picked = useSignal<Choice<User> | undefined>(undefined);
  return (
    <>
      <h1>People</h1>
      <Picker
        source={PEOPLE}
        label="Find a person"
        hint="By the beginning of a name or an email address, by id or by login."
        unread
        autofocus={id === ''}
        pick={(choice) => {
          picked.value = choice;
          set({ user: choice.id, with: undefined, group: undefined });
        }}
      />
      {id ? (
        <PersonPanel
          key={id}
          id={id}
          known={picked.value?.id === id ? picked.value.of : undefined}
          named={(text) => (name.value = { id, name: text })}
          found={(user) => {
            // The address names the person by the id, which no other person gets.
            picked.value = choiceOfUser(user);
            set({ user: user.id }, { replace: true });
          }}
        />
      ) : (
        <Empty>Choose a person to see the person’s groups.</Empty>
      )}
    </>
  );
}
