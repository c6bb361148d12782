import { useSignal } from '@preact/signals';
import { isOktaError, ownerDate } from 'okta-groups/external';
import type { Group, GroupOwner } from 'okta-groups/external';
import type { JSX } from 'preact';
import { useEffect, useMemo, useRef } from 'preact/hooks';

import { nameText } from '../../model/names.ts';
import { ago } from '../../model/time.ts';
import { failure, recorded, say, warn, write } from '../../org/changes.ts';
import { Load } from '../../org/load.ts';
import { readOnly, theClient } from '../../org/session.ts';
import { Select } from '../../ui/select.tsx';
import { Button } from '../../ui/button.tsx';
import { ErrorNote } from '../../ui/error.tsx';
import { FailedNote } from '../../ui/failed.tsx';
import type { Failed } from '../../ui/failed.tsx';
import { Name } from '../../ui/name.tsx';
import { GROUPS, PEOPLE, Picker } from '../../ui/picker.tsx';
import type { Choice } from '../../ui/picker.tsx';
import { href, hrefOf } from '../../ui/route.ts';
import { Empty, Show } from '../../ui/states.tsx';
import '../../ui/steady.ts';
import { noteMissed, useMissed } from './about.ts';

type Kind = 'USER' | 'GROUP';

/** The tab *Owners*: people and groups that own the group, where the org has the feature. */
export default function Owners({ group }: { group: Group }): JSX.Element {
  const { id } = group;
  const load = useMemo(() => new Load<readonly GroupOwner[]>(), []);
  const kind = useSignal<Kind>('USER');
  const busy = useSignal('');
  const problem = useSignal<Failed | undefined>(undefined);
  const box = useRef<HTMLDivElement>(null);
  const isShown = useRef(true);
  const owners = (signal: AbortSignal) =>
    theClient().groups.listOwners(id, { signal }).toArray({ max: Infinity });
  const read = (keep = false) =>
    void load.load((client, signal) => client.groups.listOwners(id, { signal }).toArray({ max: Infinity }), {
      keep,
    });
  useEffect(() => {
    read();
    const before = recorded.peek();
    const stop = recorded.subscribe((change) => {
      if (change !== before && change?.groupId === id && change.made?.kind.startsWith('owner')) read(true);
    });
    return () => {
      isShown.current = false;
      stop();
      load.stop();
    };
  }, []);
  const why = readOnly.value;
  const named = { id, name: group.profile.name };

  const run = async (
    what: { text: string; doing: string; failed: string },
    owner: { id: string; name: string; type: Kind },
    is: 'owner-added' | 'owner-removed',
    send: (signal: AbortSignal) => Promise<unknown>,
  ) => {
    const change = { kind: is, group: named, owner } as const;
    problem.value = undefined;
    busy.value = what.doing;
    try {
      await write(
        what.text,
        async (signal) => {
          await send(signal);
          return change;
        },
        async (signal) => {
          const isOwner = (await owners(signal)).some((each) => each.id === owner.id);
          return isOwner === (is === 'owner-added') ? change : undefined;
        },
      );
    } catch (error) {
      noteMissed(error);
      const words = failure(error, what.failed);
      if (isShown.current) problem.value = { what: words, error };
      else warn(words, error);
    } finally {
      busy.value = '';
    }
  };
  const add = async (choice: Choice<unknown>) => {
    const type = kind.value;
    const shown = nameText(choice.name);
    const owner = { id: choice.id, name: choice.name, type };
    if (load.value?.some((each) => each.id === choice.id)) {
      say(`${shown} is an owner already. Nothing was changed.`);
      return;
    }
    await run(
      {
        text: `Make ${shown} an owner of ${nameText(named.name)}`,
        doing: `Adding ${shown}…`,
        failed: `${shown} was not made an owner.`,
      },
      owner,
      'owner-added',
      (signal) => theClient().groups.assignOwner(id, { id: choice.id, type }, { signal }),
    );
  };
  const remove = async (owner: GroupOwner) => {
    const name = owner.displayName ?? owner.id;
    const shown = nameText(name);
    // The row goes, and its button with it.
    box.current?.focus();
    await run(
      {
        text: `Remove ${shown} as an owner of ${nameText(named.name)}`,
        doing: `Removing ${shown}…`,
        failed: `${shown} was not removed as an owner.`,
      },
      { id: owner.id, name, type: owner.type === 'GROUP' ? 'GROUP' : 'USER' },
      'owner-removed',
      (signal) => theClient().groups.deleteOwner(id, owner.id, { signal }),
    );
  };

  const state = load.state.value;
  useMissed(state.state === 'failed' && state.error);
  const isRefused =
    state.state === 'failed' &&
    (isOktaError(state.error, 'forbidden') ||
      isOktaError(state.error, 'unauthorized') ||
      (isOktaError(state.error, 'not-found') && state.error.code === undefined));
  if (isRefused) {
    return (
      <>
        <p class="banner">
          The org does not let the console read owners. They need Okta Identity Governance, and a role or
          scope that may read groups.
        </p>
        <ErrorNote what="The owners could not be read." error={state.error}>
          <Button action={() => read()}>Retry</Button>
        </ErrorNote>
      </>
    );
  }
  return (
    <div class="stack" data-steady ref={box} tabIndex={-1}>
      {why === undefined ? (
        <div class="owner-add">
          <Select
            label="Add as an owner"
            value={kind.value}
            choose={(value) => (kind.value = value)}
            options={[
              ['USER', 'a person'],
              ['GROUP', 'a group'],
            ]}
          />
          {kind.value === 'USER' ? (
            <Picker key="USER" source={PEOPLE} label="Person" unread pick={(choice) => void add(choice)} />
          ) : (
            <Picker key="GROUP" source={GROUPS} label="Group" pick={(choice) => void add(choice)} />
          )}
        </div>
      ) : (
        <p class="banner">{why}</p>
      )}
      <p role="status" class="muted status">
        {busy.value}
      </p>
      <FailedNote of={problem} />
      <Show of={state} what="The owners" retry={() => read()} cancel={() => load.cancel()}>
        {(all) =>
          all.length === 0 ? (
            <Empty>Nobody owns the group.</Empty>
          ) : (
            <ul class="rows" aria-label="Owners">
              {all.map((owner) => (
                <li key={owner.id}>
                  <span class="person-cell">
                    <a
                      href={
                        owner.type === 'GROUP'
                          ? href({ group: owner.id, tab: undefined })
                          : hrefOf('people', { user: owner.id })
                      }
                    >
                      <Name text={owner.displayName ?? owner.id} />
                    </a>
                    <span class="muted">
                      {owner.type === 'GROUP' ? 'group' : 'person'}
                      {owner.lastUpdated !== undefined &&
                        ` · since ${ago(ownerDate(owner.lastUpdated).getTime(), Date.now())}`}
                    </span>
                  </span>
                  {why === undefined && (
                    <Button
                      label={`Remove ${nameText(owner.displayName ?? owner.id)} as an owner`}
                      action={() => remove(owner)}
                    >
                      Remove
                    </Button>
                  )}
                </li>
              ))}
            </ul>
          )
        }
      </Show>
    </div>
  );
}
