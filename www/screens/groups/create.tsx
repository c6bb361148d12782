import { useSignal } from '@preact/signals';
import type { BaseGroupProfile, Group } from 'okta-groups/external';
import type { JSX } from 'preact';
import { useEffect, useRef } from 'preact/hooks';

import { nameText } from '../../model/names.ts';
import { mayHaveRun, whyUnknown, write } from '../../org/changes.ts';
import type { Going, Made } from '../../org/changes.ts';
import { PAGE, created } from '../../org/groups.ts';
import { client } from '../../org/session.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { ErrorNote } from '../../ui/error.tsx';
import { Field } from '../../ui/field.tsx';
import { GoingNote } from '../../ui/going.tsx';
import { openGroup } from './state.ts';

/** Okta's limits, in UTF-16 units. */
const NAME_LIMIT = 255;
const DESCRIPTION_LIMIT = 1024;

type Faults = { name?: string; description?: string; other?: unknown };

/** The form of a new group. Typed text is thrown away only when the person says so. */
export default function Create({ close }: { close: () => void }): JSX.Element {
  const name = useSignal('');
  const description = useSignal('');
  const faults = useSignal<Faults>({});
  const going = useSignal<Going | undefined>(undefined);
  const form = useRef<HTMLFormElement>(null);
  const goToFault = useRef(false);
  useEffect(() => {
    if (!goToFault.current) return;
    goToFault.current = false;
    form.current?.querySelector<HTMLElement>('[aria-invalid]')?.focus();
  });
  const fail = (found: Faults): void => {
    faults.value = found;
    goToFault.current = true;
  };
  const create = async (): Promise<void> => {
    if (going.peek()) return;
    const found = check(name.peek(), description.peek());
    if (found) return fail(found);
    faults.value = {};
    try {
      const profile = {
        name: name.peek(),
        ...(description.peek() !== '' && { description: description.peek() }),
      };
      let id = '';
      const began = Date.now();
      const done = (group: Group): Made => {
        id = group.id;
        created(group);
        return { kind: 'group-created', group: { id, name: group.profile.name } };
      };
      await write(
        `Create the group ${nameText(profile.name)}`,
        async (signal) => done(await (await client()).groups.create(profile, { signal })),
        async (signal) => done(await madeSince(began, profile, signal)),
        (now) => (going.value = now),
      );
      close();
      openGroup(id);
    } catch (error) {
      fail(faultsOf(error));
    }
  };
  const { name: nameFault, description: descriptionFault, other } = faults.value;
  return (
    <Dialog
      title="New group"
      close={() => going.value || close()}
      dirty={(name.value !== '' || description.value !== '') && !going.value}
    >
      {(leave) => (
        <form
          ref={form}
          class="form"
          noValidate
          onSubmit={(event) => {
            event.preventDefault();
            void create();
          }}
        >
          <Field label="Name" error={nameFault} hint="No two groups of an org have the same name.">
            {(attributes) => (
              <input
                {...attributes}
                required
                autofocus
                autocomplete="off"
                value={name.value}
                onInput={({ currentTarget }) => (name.value = currentTarget.value)}
                onKeyDown={(event) => event.key === 'Enter' && event.repeat && event.preventDefault()}
              />
            )}
          </Field>
          <Field label="Description" error={descriptionFault}>
            {(attributes) => (
              <textarea
                {...attributes}
                rows={3}
                value={description.value}
                onInput={({ currentTarget }) => (description.value = currentTarget.value)}
              />
            )}
          </Field>
          {other !== undefined && (
            <ErrorNote
              what={
                mayHaveRun(other)
                  ? `${whyUnknown(other)}, so it is not known whether the group was created. Look for its name before you create it again.`
                  : 'The group was not created.'
              }
              error={other}
            />
          )}
          <GoingNote going={going.value} />
          <div class="actions">
            <Button kind="primary" busy={going.value !== undefined} action={create}>
              {going.value ? 'Creating…' : 'Create'}
            </Button>
            <Button action={() => (going.value ? going.value.cancel() : leave())}>Cancel</Button>
          </div>
        </form>
      )}
    </Dialog>
  );
}

/** Clocks of the org and of this device may differ by so much, in milliseconds. */
const CLOCKS = 300_000;

/**
 * The group that a create whose answer was lost has made: names are unique, and it is new. Throws where there is none, since a
 * list may lag behind the write.
 */
async function madeSince(
  began: number,
  { name, description }: BaseGroupProfile,
  signal: AbortSignal,
): Promise<Group> {
  const { items } = await (await client()).groups.list({ q: name, limit: PAGE, signal });
  const group = items.find(
    ({ profile, created }) =>
      profile.name === name &&
      (profile.description ?? '') === (description ?? '') &&
      Date.parse(created ?? '') > began - CLOCKS,
  );
  if (!group) throw new Error('The org does not tell.');
  return group;
}

function check(name: string, description: string): Faults | undefined {
  const faults: Faults = {};
  if (name.trim() === '') faults.name = 'Type a name.';
  else if (name.length > NAME_LIMIT)
    faults.name = `A name has at most ${NAME_LIMIT} characters; this one has ${name.length}.`;
  if (description.length > DESCRIPTION_LIMIT)
    faults.description = `A description has at most ${DESCRIPTION_LIMIT} characters; this one has ${description.length}.`;
  return Object.keys(faults).length > 0 ? faults : undefined;
}

/** The org names the field at the start of each cause: `name: An object with this field already exists …`. */
function faultsOf(error: unknown): Faults {
  const { causes } = error as { causes?: readonly string[] };
  const faults: Faults = {};
  for (const cause of causes ?? []) {
    const [, field, text = ''] = /^(?:profile\.)?(name|description): *(.+)$/s.exec(cause) ?? [];
    if (field === 'name') faults.name = /already exists/i.test(text) ? 'Another group has this name.' : text;
    else if (field === 'description') faults.description = text;
    else return { other: error };
  }
  return Object.keys(faults).length > 0 ? faults : { other: error };
}
