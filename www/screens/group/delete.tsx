// The question before a group is deleted: the group is read anew, with what hangs on it.
import { useSignal } from '@preact/signals';
import { isOktaError } from 'okta-groups/external';
import type { App, Group, GroupRule, OktaGroups } from 'okta-groups/external';
import type { JSX } from 'preact';
import { useEffect, useMemo } from 'preact/hooks';

import { isMarked, nameText } from '../../model/names.ts';
import { counted } from '../../model/numbers.ts';
import { failure, say, warn } from '../../org/changes.ts';
import type { Going } from '../../org/changes.ts';
import { deleteGroup } from '../../org/delete-group.ts';
import { Load } from '../../org/load.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { ErrorNote } from '../../ui/error.tsx';
import { Field } from '../../ui/field.tsx';
import { GoingNote } from '../../ui/going.tsx';
import { Name } from '../../ui/name.tsx';
import { Show } from '../../ui/states.tsx';
import { rulesInto } from './about.ts';

interface Found {
  /** Absent: the org has no such group any more. */
  group?: Group;
  apps: readonly App[] | undefined;
  moreApps: boolean;
  rules: readonly GroupRule[] | undefined;
}

/** Apps and rules that are named; of more, the number is told. */
const NAMED = 10;

async function look(org: OktaGroups, id: string, signal: AbortSignal): Promise<Found> {
  const optional = async <T,>(read: Promise<T>): Promise<T | undefined> => {
    try {
      return await read;
    } catch (error) {
      if (isOktaError(error, 'forbidden') || isOktaError(error, 'not-found')) return undefined;
      throw error;
    }
  };
  const apps = optional(Promise.resolve(org.groups.listApps(id, { limit: 200, signal })));
  const rules = optional(rulesInto(org, id, signal));
  const all = Promise.all([apps, rules]);
  // The failure of the group itself is told, not that of what was read beside it.
  all.catch(() => undefined);
  try {
    const group = await org.groups.get(id, { expand: ['stats', 'app'], signal });
    const [page, found] = await all;
    return { group, apps: page?.items, moreApps: page?.hasNext ?? false, rules: found };
  } catch (error) {
    if (isOktaError(error, 'not-found')) return { apps: [], moreApps: false, rules: [] };
    throw error;
  }
}

/**
 * Asks before deleting.
 *
 * @param gone - The group is deleted, by this page or by somebody else.
 */
export default function DeleteDialog({
  group: { id, profile: shown },
  close,
  gone,
}: {
  group: Pick<Group, 'id' | 'profile'>;
  close: () => void;
  gone: () => void;
}): JSX.Element {
  const load = useMemo(() => new Load<Found>(), []);
  const typed = useSignal('');
  const going = useSignal<Going | undefined>(undefined);
  const problem = useSignal<{ what: string; error: unknown } | undefined>(undefined);
  const read = () => void load.load((client, signal) => look(client, id, signal));
  useEffect(() => {
    read();
    return () => load.stop();
  }, []);

  const run = async (group: Group, apps: number | undefined) => {
    if (going.value) return;
    problem.value = undefined;
    const { name } = group.profile;
    const members = group._embedded?.stats?.usersCount;
    try {
      await deleteGroup({ id, name }, members, apps, (now) => (going.value = now));
      gone();
    } catch (error) {
      if (isOktaError(error, 'not-found')) {
        say(`${nameText(name)} was gone already: somebody else deleted it.`);
        gone();
        return;
      }
      const what = failure(error, `${nameText(name)} was not deleted.`);
      if (isShown(id)) problem.value = { what, error };
      else warn(what, error);
    }
  };

  const fresh = load.value?.group;
  const name = fresh?.profile.name ?? shown.name;
  return (
    <Dialog
      title={
        <>
          Delete the group <Name text={name} />?
        </>
      }
      close={() => {
        if (!going.value) (load.value && !load.value.group ? gone : close)();
      }}
      dirty={typed.value !== '' && !going.value}
    >
      <div data-delete={id} class="stack">
        <Show of={load.state.value} what="The group" retry={read} cancel={() => load.cancel()}>
          {({ group, apps, moreApps, rules }) => {
            if (!group) {
              return (
                <>
                  <p role="alert">The org has no such group any more: somebody else deleted it.</p>
                  <div class="actions">
                    <Button kind="primary" action={gone}>
                      Close
                    </Button>
                  </div>
                </>
              );
            }
            const { usersCount: users, appsCount } = group._embedded?.stats ?? {};
            const count = appsCount ?? (moreApps ? undefined : apps?.length);
            const asksName = count !== 0 || (apps?.length ?? 1) > 0;
            const isOdd = isMarked(name) || name.length > 100;
            const isTyped = !asksName || typed.value === name || typed.value.trim() === id;
            return (
              <>
                {group.profile.name !== shown.name && (
                  <p class="banner" role="status">
                    It was renamed elsewhere: this page knew it as <Name text={shown.name} />.
                  </p>
                )}
                <ul class="plain-list">
                  <li>
                    {users !== undefined
                      ? `${counted(users, 'member')} lose${users === 1 ? 's' : ''} what the group gives.`
                      : 'How many members it has could not be read.'}
                  </li>
                  <li>
                    {apps === undefined
                      ? 'Which apps it is assigned to could not be read.'
                      : apps.length === 0
                        ? 'It is assigned to no app.'
                        : `It is assigned to ${count === undefined ? `more than ${apps.length} apps` : counted(count, 'app')}, which its members lose with it:`}
                    {apps && apps.length > 0 && (
                      <ul class="inner">
                        {apps.slice(0, NAMED).map((app) => (
                          <li key={app.id}>
                            <Name text={app.label} />
                          </li>
                        ))}
                        {apps.length > NAMED && <li>and more</li>}
                      </ul>
                    )}
                  </li>
                  <li>
                    {rules === undefined
                      ? 'Which rules put people into it could not be read.'
                      : rules.length === 0
                        ? 'No rule puts people into it.'
                        : `${counted(rules.length, 'rule')} put${rules.length === 1 ? 's' : ''} people into it; a rule without its group becomes invalid:`}
                    {rules && rules.length > 0 && (
                      <ul class="inner">
                        {rules.slice(0, NAMED).map((rule) => (
                          <li key={rule.id}>
                            <Name text={rule.name} />
                          </li>
                        ))}
                        {rules.length > NAMED && <li>and more</li>}
                      </ul>
                    )}
                  </li>
                </ul>
                <p>
                  <strong>This cannot be undone.</strong> A new group of the name has another id.
                </p>
                {asksName && (
                  <Field
                    label={isOdd ? 'Type the name or the id of the group' : 'Type the name of the group'}
                    hint={isOdd ? <code>{id}</code> : <Name text={name} />}
                  >
                    {(attributes) => (
                      <input
                        {...attributes}
                        type="text"
                        autocomplete="off"
                        spellcheck={false}
                        value={typed.value}
                        onInput={(event) => (typed.value = event.currentTarget.value)}
                      />
                    )}
                  </Field>
                )}
                {problem.value && <ErrorNote what={problem.value.what} error={problem.value.error} />}
                <GoingNote going={going.value} />
                <div class="actions">
                  <Button action={() => (going.value ? going.value.cancel() : close())}>Cancel</Button>
                  <Button
                    kind="danger"
                    class="primary"
                    busy={going.value !== undefined}
                    disabled={!isTyped}
                    action={() => run(group, count)}
                  >
                    {going.value ? 'Deleting…' : 'Delete the group'}
                  </Button>
                </div>
              </>
            );
          }}
        </Show>
      </div>
    </Dialog>
  );
}

/** Whether the question is still on the page, so that it can tell what failed. */
const isShown = (id: string): boolean =>
  document.querySelector(`dialog [data-delete="${CSS.escape(id)}"]`) !== null;
