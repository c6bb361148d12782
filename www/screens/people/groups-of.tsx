// The groups of one person: a list with how the person got into each, and one of them beside it.
import { useSignal } from '@preact/signals';
import { oneOf } from 'okta-groups/external';
import type { Group, GroupRule, User } from 'okta-groups/external';
import type { JSX } from 'preact';
import { useEffect, useMemo, useRef } from 'preact/hooks';

import { nameText } from '../../model/names.ts';
import { counted, grouped } from '../../model/numbers.ts';
import { howWithoutMembers } from '../../model/person-groups.ts';
import type { How } from '../../model/person-groups.ts';
import { personOf } from '../../model/person.ts';
import { typeName } from '../../model/row.ts';
import { Load } from '../../org/load.ts';
import type { ListLoad } from '../../org/load.ts';
import { warn } from '../../org/notices.ts';
import { readOnly } from '../../org/session.ts';
import { Button } from '../../ui/button.tsx';
import { Copy } from '../../ui/copy.tsx';
import { FailedNote } from '../../ui/failed.tsx';
import type { Failed } from '../../ui/failed.tsx';
import { Grid } from '../../ui/grid.tsx';
import type { Column } from '../../ui/grid.tsx';
import { Name } from '../../ui/name.tsx';
import { GROUPS, Picker } from '../../ui/picker.tsx';
import { hrefOf, param, set } from '../../ui/route.ts';
import { SearchField } from '../../ui/search-field.tsx';
import { Empty, ListFoot, useMedia } from '../../ui/states.tsx';
import '../../ui/steady.ts';
import { When } from '../../ui/when.tsx';
import { Here, RuleLinks } from './here.tsx';
import type { Found } from './here.tsx';
import { seenGroups } from './person.tsx';
import { add, fixedMembers, remove } from './writes.ts';

/** Results of reading members, by person and group. They stay while another screen is shown. */
const walks = new Map<string, Found>();

export function GroupsOf({
  user,
  groups,
  rules,
  retry,
  retryRules,
}: {
  user: User;
  groups: ListLoad<Group>;
  rules: Load<readonly GroupRule[]>;
  retry: () => void;
  retryRules: () => void;
}): JSX.Element {
  const person = personOf(user);
  const state = groups.state.value;
  const filter = useSignal('');
  const active = useSignal(0);
  const problem = useSignal<Failed | undefined>(undefined);
  const busy = useSignal<ReadonlySet<string>>(new Set());
  const walked = useSignal(0);
  const box = useRef<HTMLDivElement>(null);
  const narrow = useMedia('(max-width: 60rem)');
  const open = param('group');
  const allRules = rules.value;

  // A person's groups come without the labels of apps: those are read for all of them at once.
  const labels = useMemo(() => new Load<ReadonlyMap<string, string>>(), []);
  const ofApps = state.items.filter(({ type }) => type === 'APP_GROUP').map(({ id }) => id);
  useEffect(() => {
    if (ofApps.length > 0 && !state.more) {
      void labels.load(async (client, signal) => {
        const { items } = await client.groups.list({
          search: oneOf('id', ofApps.slice(0, 100)),
          expand: 'app',
          signal,
        });
        return new Map(items.map((group) => [group.id, group._embedded?.app?.label ?? '']));
      });
    }
    return () => labels.stop();
  }, [ofApps.join(), state.more]);
  const sourceOf = ({ id, source }: Group): string => labels.value?.get(id) || source?.id || '';
  const howOf = (group: Group): How => {
    walked.value;
    const found = walks.get(`${user.id} ${group.id}`);
    if (found?.is === 'member' && found.rules)
      return found.rules.length > 0 ? { by: 'rules', rules: found.rules } : { by: 'hand' };
    return howWithoutMembers(group, allRules);
  };
  const sought = filter.value.trim().toLowerCase();
  const rows =
    sought === ''
      ? state.items
      : state.items.filter(({ id, profile, type }) =>
          `${profile.name}\n${profile.description ?? ''}\n${type}\n${id}`.toLowerCase().includes(sought),
        );
  const at = Math.min(active.value, Math.max(0, rows.length - 1));
  const focusRow = (id: string | undefined) => {
    const row = id && box.current?.querySelector<HTMLElement>(`[data-key="${CSS.escape(id)}"]`);
    (row || box.current?.querySelector<HTMLElement>('[data-index][tabindex="0"]') || box.current)?.focus();
  };
  // A row that goes takes the focus with it: the row in its place gets it.
  const focused = useRef<string | undefined>(undefined);
  useEffect(() => {
    if (focused.current === undefined || document.activeElement !== document.body) return;
    focused.current = undefined;
    focusRow(rows[at]?.id);
  });

  const isShown = useRef(true);
  useEffect(
    () => () => {
      isShown.current = false;
    },
    [],
  );
  const tell = (failure: Failed & { what: string }) => {
    if (isShown.current) problem.value = failure;
    // Another person or screen is shown by now.
    else warn(failure.what, failure.error);
  };

  const takeOut = async (group: Group) => {
    if (busy.value.has(group.id)) return;
    // The focus goes to the row, so that the same key removes nothing else.
    focusRow(group.id);
    problem.value = undefined;
    busy.value = new Set([...busy.value, group.id]);
    const how = howOf(group);
    const known = how.by === 'rules' ? how.rules.map(({ name }) => name) : how.by === 'hand' ? [] : undefined;
    const failure = await remove({ id: group.id, name: group.profile.name }, person, known);
    busy.value = new Set([...busy.value].filter((id) => id !== group.id));
    if (failure) tell({ ...failure, retry: () => void takeOut(group) });
    else walks.delete(`${user.id} ${group.id}`);
  };
  const bring = async (group: { id: string; name: string; of?: Group }) => {
    problem.value = undefined;
    if (group.of) seenGroups.set(group.id, group.of);
    const failure = await add({ id: group.id, name: group.name }, person);
    if (failure) tell({ ...failure, retry: () => void bring(group) });
    else walks.delete(`${user.id} ${group.id}`);
  };
  const save = async () => {
    const { saveGroups } = await import('./export.ts');
    saveGroups(person, state.items, state.more);
  };

  const columns: Column<Group>[] = [
    {
      id: 'name',
      title: 'Group',
      width: 'minmax(9rem, 2fr)',
      cell: (group) => <Name text={group.profile.name} />,
    },
    { id: 'type', title: 'Type', width: '5rem', cell: ({ type }) => typeName(type) },
  ];
  if (!narrow && !open) {
    columns.push({
      id: 'source',
      title: 'Source',
      width: 'minmax(6rem, 1fr)',
      cell: (group) => sourceOf(group) !== '' && <Name text={sourceOf(group)} />,
    });
  }
  columns.push({
    id: 'how',
    title: 'Here',
    width: 'minmax(6rem, 1.2fr)',
    cell: (group) => <HowWords how={howOf(group)} />,
  });
  if (!narrow && !open) {
    columns.push({
      id: 'remove',
      title: 'Remove',
      width: '6rem',
      align: 'end',
      cell: (group) =>
        busy.value.has(group.id) ? (
          <em class="pending">removing…</em>
        ) : (
          readOnly.value === undefined &&
          fixedMembers(group) === undefined && (
            <Button
              class="small"
              label={`Remove from ${nameText(group.profile.name)}`}
              action={() => void takeOut(group)}
            >
              Remove
            </Button>
          )
        ),
    });
  }
  const chosen = open ? state.items.find(({ id }) => id === open) : undefined;
  const close = () => {
    set({ group: undefined });
    requestAnimationFrame(() => focusRow(open));
  };
  const isIn = new Set(state.items.map(({ id }) => id));
  return (
    <div
      class="stack fill"
      data-steady
      ref={box}
      tabIndex={-1}
      onFocusIn={(event) => {
        focused.current = (event.target as Element).closest<HTMLElement>('[data-key]')?.dataset['key'];
      }}
      onFocusOut={({ relatedTarget }) => {
        if (relatedTarget) focused.current = undefined;
      }}
    >
      <div class="toolbar top-aligned">
        {readOnly.value === undefined ? (
          <Picker
            source={GROUPS}
            label="Add to a group"
            hint="Choosing adds at once; Undo is in the notice."
            unread
            refuse={({ id, of }) => (isIn.has(id) ? 'a member already' : of && fixedMembers(of))}
            pick={(choice) => void bring(choice)}
          />
        ) : (
          <p class="hint">Read only: {readOnly.value}</p>
        )}
        {state.items.length > 0 && (
          <SearchField label="Filter these groups" text={filter} typed={() => (active.value = 0)} />
        )}
      </div>
      <FailedNote of={problem} />
      <div class={chosen ? 'split' : 'split alone'}>
        <div
          class="split-list keeps-focus"
          role="group"
          aria-label="List of groups"
          hidden={narrow && chosen !== undefined}
        >
          {rows.length > 0 && (
            <Grid
              label={`Groups of ${nameText(person.name)}`}
              rows={rows}
              keyOf={({ id }) => id}
              columns={columns}
              complete={!state.more}
              active={at}
              activate={(index) => (active.value = index)}
              open={({ id }) => set({ group: id })}
              selected={({ id }) => id === open}
            />
          )}
          {rows.length === 0 && state.items.length > 0 && (
            <Empty>No group that was read matches the filter.</Empty>
          )}
          {state.items.length === 0 && state.state === 'complete' && (
            <Empty>The person is in no group.</Empty>
          )}
          {sought !== '' && (
            <p class="hint" role="status">
              {counted(rows.length, 'group')} of {grouped(state.items.length)} read
            </p>
          )}
          <div class="actions">
            <ListFoot
              list={state}
              what="The groups"
              one="group"
              next={() =>
                state.state === 'failed' && state.items.length === 0 ? retry() : void groups.rest()
              }
              cancel={() => groups.cancel()}
            />
            {state.items.length > 0 && state.state !== 'loading' && (
              <Button action={save}>Save as CSV{state.more && ' (partial)'}</Button>
            )}
          </div>
        </div>
        {chosen && (
          <GroupOf
            key={chosen.id}
            group={chosen}
            user={user}
            how={howOf(chosen)}
            source={sourceOf(chosen)}
            rules={rules}
            retryRules={retryRules}
            found={walks.get(`${user.id} ${chosen.id}`)}
            tell={(found) => {
              walks.set(`${user.id} ${chosen.id}`, found);
              walked.value++;
            }}
            takeOut={() => {
              set({ group: undefined });
              void takeOut(chosen);
            }}
            close={close}
          />
        )}
      </div>
    </div>
  );
}

function HowWords({ how }: { how: How }): JSX.Element | string {
  switch (how.by) {
    case 'okta':
      return 'by Okta';
    case 'app':
      return 'by the app';
    case 'hand':
      return 'by hand';
    case 'rules':
      return (
        <>
          by rule{' '}
          {how.rules.map(({ id, name }, index) => (
            <>
              {index > 0 && ', '}
              <Name key={id} text={name} />
            </>
          ))}
        </>
      );
    case 'unknown': {
      const count = how.targetedBy?.length;
      return (
        <span class="muted">
          not known
          {count !== undefined && `: ${counted(count, 'rule')} ${count === 1 ? 'leads' : 'lead'} here`}
        </span>
      );
    }
  }
}

/** The panel of one group of the person: why the person is in it, and its actions. */
function GroupOf({
  group,
  user,
  how,
  source,
  rules,
  retryRules,
  found,
  tell,
  takeOut,
  close,
}: {
  group: Group;
  user: User;
  how: How;
  source: string;
  rules: Load<readonly GroupRule[]>;
  retryRules: () => void;
  found: Found | undefined;
  tell: (found: Found) => void;
  takeOut: () => void;
  close: () => void;
}): JSX.Element {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    if (document.activeElement?.closest('.grid')) heading.current?.focus();
  }, []);
  const fixed = fixedMembers(group);
  const state = rules.state.value;
  const leads = state.state === 'ready' ? howWithoutMembers(group, state.value) : undefined;
  return (
    <section
      class="panel split-panel keeps-focus"
      aria-label="Group of the person"
      onKeyDown={(event) => {
        if (event.key !== 'Escape' || event.defaultPrevented) return;
        event.preventDefault();
        close();
      }}
    >
      <div class="screen-head">
        <h3 ref={heading} tabIndex={-1}>
          <Name text={group.profile.name} />
        </h3>
        <Button kind="quiet" action={close}>
          Close
        </Button>
      </div>
      {group.profile.description && (
        <p>
          <Name text={group.profile.description} />
        </p>
      )}
      <div class="actions">
        <a class="button" href={hrefOf('groups', { group: group.id })}>
          Open the group
        </a>
        {fixed === undefined && (
          <Button disabled={readOnly.value !== undefined} title={readOnly.value} action={takeOut}>
            Remove from the group
          </Button>
        )}
      </div>
      {fixed !== undefined && <p class="hint">Members are not changed here: {fixed}.</p>}
      <h3>Why the person is here</h3>
      {how.by === 'okta' ? (
        <p>Okta puts people into this group itself.</p>
      ) : how.by === 'app' ? (
        <p>The app that the group comes from decides who is in it.</p>
      ) : how.by === 'hand' && !found ? (
        <p>By hand: no rule of the org has this group as a target.</p>
      ) : (
        <>
          {leads?.by === 'unknown' && leads.targetedBy && (
            <p>
              Rules that put people into this group: <RuleLinks rules={leads.targetedBy} />.
            </p>
          )}
          <Here groupId={group.id} userId={user.id} found={found} tell={tell} />
        </>
      )}
      {how.by === 'rules' && fixed === undefined && (
        <p class="hint">
          Okta excludes a member whom you remove from the rules that had put the member here (documented).
        </p>
      )}
      {state.state === 'failed' && (
        <div class="actions">
          <p class="hint" role="status">
            The org’s rules could not be read.
          </p>
          <Button kind="quiet" action={retryRules}>
            Read the rules
          </Button>
        </div>
      )}
      <dl class="facts">
        <div>
          <dt>Type</dt>
          <dd>
            {typeName(group.type)} {source !== '' && <Name text={source} />}
          </dd>
        </div>
        <div>
          <dt>Members changed</dt>
          <dd>
            <When at={group.lastMembershipUpdated} />
          </dd>
        </div>
        <div>
          <dt>Id</dt>
          <dd>
            <code>{group.id}</code> <Copy text={group.id} label="Copy the id of the group" />
          </dd>
        </div>
      </dl>
    </section>
  );
}
