import type { JSX } from 'preact';

import { PEOPLE, Picker } from '../../ui/picker.tsx';
import { param, set } from '../../ui/route.ts';
import { useTitle } from '../../ui/title.ts';

export default function People(): JSX.Element {
  useTitle('People');
  return (
    <>
      <h1>People</h1>
      <Picker
        source={PEOPLE}
        label="Find a person"
        hint="By the beginning of a name or an email address, by id or by login."
        pick={({ id }) => set({ user: id })}
      />
      <p>{param('user')}</p>
    </>
  );
}
