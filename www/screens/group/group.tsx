// One group beside the list: what it is, and its members, apps, owners, profile and history by tabs.
import { signal, useSignal } from '@preact/signals';
import { isOktaError } from 'okta-groups/external';
import type { Group } from 'okta-groups/external';
import type { ComponentChildren, JSX } from 'preact';
import { useEffect, useMemo, useRef } from 'preact/hooks';

import { TABS } from '../../model/address.ts';
import type { Tab } from '../../model/address.ts';
import { nameText } from '../../model/names.ts';
import { grouped } from '../../model/numbers.ts';
import { typeName } from '../../model/row.ts';
import { ago } from '../../model/time.ts';
import { groupChanged, removed } from '../../org/groups.ts';
import { Load } from '../../org/load.ts';
import { readOnly } from '../../org/session.ts';
import { Button } from '../../ui/button.tsx';
import { Copy } from '../../ui/copy.tsx';
import { AskToLeave } from '../../ui/dialog.tsx';
import { Lazy } from '../../ui/lazy.tsx';
import { Name } from '../../ui/name.tsx';
import { hrefOf, param, params, set } from '../../ui/route.ts';
import { Show, useMedia } from '../../ui/states.tsx';
import { Tabs } from '../../ui/tabs.tsx';
import { useTitle } from '../../ui/title.ts';
import { useGuard } from '../../ui/unsaved.ts';
import { fixedBecause, missed } from './about.ts';
import { Members, MembersTab } from './members.tsx';

const loadProfile = () => import('./profile.tsx');
const loadApps = () => import('./apps.tsx');
const loadOwners = () => import('./owners.tsx');
const loadHistory = () => import('./history.tsx');
const loadDelete = () => import('./delete.tsx');

const TITLES: Record<Tab, string> = {
  members: 'Members',
  apps: 'Apps',
  owners: 'Owners',
  profile: 'Profile',
  history: 'History',
};

/** One group. `close` takes the panel away. */
export default function GroupPanel({ id, close }: { id: string; close: () => void }): JSX.Element {
  return <Panel key={id} id={id} close={close} />;
}

/** What was typed into the profile and is not saved, by the name of the attribute. It outlives a change of tabs. */
export interface Draft {
  /** The group when the editor was opened. */
  base: Group;
  texts: Readonly<Record<string, string>>;
}

function Panel({ id, close }: { id: string; close: () => void }): JSX.Element {
  const group = useMemo(() => new Load<Group>(), []);
  const members = useMemo(() => new Members(id), []);
  const draft = useMemo(() => signal<Draft | undefined>(undefined), []);
  const box = useRef<HTMLElement>(null);
  const asks = useSignal<(() => void) | undefined>(undefined);
  const deletes = useSignal(false);
  const tab = TABS.find((each) => each === param('tab')) ?? 'members';
  const read = (keep = false) =>
    void group.load((client, signal) => client.groups.get(id, { expand: ['stats', 'app'], signal }), {
      keep,
    });

  const retry = () => {
    read();
    if (members.list.state.peek().state === 'failed') members.next();
  };

  useEffect(() => {
    read();
    if (tab === 'members') members.ensure();
    // A panel that a key or a click opened takes the focus; one of the address leaves it where it is.
    const { activeElement } = document;
    if (activeElement !== document.body) box.current?.focus();
    return () => {
      group.stop();
      members.stop();
      // Without a row to go back to, the focus would be lost.
      requestAnimationFrame(() => {
        if (document.activeElement !== document.body) return;
        const screen = document.getElementById('screen');
        (screen?.querySelector<HTMLElement>('.grid [tabindex="0"]') ?? screen)?.focus();
      });
    };
  }, []);

  const coversAll = useMedia('(max-width: 48rem)');
  useEffect(() => (coversAll && box.current ? makeInert(box.current) : undefined), [coversAll]);

  const state = group.state.value;
  const value = group.value;
  // After the first 404 of anything in the panel, the panel looks whether the group is gone.
  const miss = missed.value;
  const seenMiss = useRef(miss);
  useEffect(() => {
    if (miss === seenMiss.current) return;
    seenMiss.current = miss;
    if (group.value) read(true);
  }, [miss]);
  const change = groupChanged.value;
  useEffect(() => {
    if (!value) return;
    if (change?.kind === 'members' && change.id === id) {
      const stats = value._embedded?.stats;
      const usersCount = stats?.usersCount;
      group.set({
        ...value,
        lastMembershipUpdated: new Date().toISOString(),
        ...(usersCount !== undefined && {
          _embedded: { ...value._embedded, stats: { ...stats, usersCount: usersCount + change.by } },
        }),
      });
    }
    if (change?.kind !== 'updated' || change.group.id !== id || value === change.group) return;
    const { _embedded } = value;
    group.set({ ...change.group, ...(_embedded && { _embedded }) });
  }, [change]);

  const name = value?.profile.name;
  const lastName = useRef(name);
  lastName.current = name ?? lastName.current;
  useTitle(name === undefined ? 'Group' : nameText(name), 'Groups');
  const isDirty = () => draft.value !== undefined;
  useGuard(
    isDirty,
    (next) => next.get('group') === id && next.get('screen') === params.value.get('screen'),
    (leave) => {
      asks.value = leave;
    },
  );

  return (
    <section
      class="panel beside keeps-focus"
      ref={box}
      tabIndex={-1}
      aria-label={name === undefined ? 'Group' : `Group ${nameText(name)}`}
      onKeyDown={(event) => {
        if (event.key !== 'Escape' || event.defaultPrevented || event.repeat) return;
        const { target } = event;
        // A text that was typed for something else than the profile is not thrown away with the panel.
        if (target instanceof HTMLInputElement && target.value !== '' && !isDirty()) return;
        event.preventDefault();
        if (asks.value) asks.value = undefined;
        else close();
      }}
    >
      <div class="panel-bar">
        <Button action={close}>
          <span class="narrow back">Back</span>
          <span class="wider">Close</span>
        </Button>
        <span class="actions">
          {value && (
            <Button
              kind="quiet"
              action={() => {
                read(true);
                members.again();
              }}
            >
              Read again
            </Button>
          )}
          {value && <DeleteButton group={value} ask={() => (deletes.value = true)} />}
        </span>
      </div>
      {asks.value && (
        <AskToLeave
          stay={() => {
            asks.value = undefined;
            box.current?.querySelector<HTMLElement>('.profile :is(input, textarea, select)')?.focus();
          }}
          leave={() => {
            const leave = asks.value;
            draft.value = undefined;
            asks.value = undefined;
            leave?.();
          }}
        />
      )}
      {state.state === 'failed' && isOktaError(state.error, 'not-found') ? (
        <Gone id={id} name={lastName.current} draft={draft.value} close={close} />
      ) : (
        <Show of={state} what="The group" retry={retry} cancel={() => group.cancel()}>
          {(shown) => <Head group={shown} members={members} />}
        </Show>
      )}
      {value && (
        <Tabs
          label="Parts of the group"
          tabs={TABS.map((each) => ({ id: each, text: TITLES[each] }))}
          chosen={tab}
          choose={(next) => set({ tab: next === 'members' ? undefined : next }, { replace: true })}
        >
          <Content tab={tab} group={value} members={members} draft={draft} />
        </Tabs>
      )}
      {deletes.value && value && (
        <Lazy
          load={loadDelete}
          what="The question before deleting"
          props={{
            group: value,
            close: () => (deletes.value = false),
            gone: () => {
              draft.value = undefined;
              deletes.value = false;
              removed(id);
              setTimeout(close);
            },
          }}
        />
      )}
    </section>
  );
}

function Content({
  tab,
  group,
  members,
  draft,
}: {
  tab: Tab;
  group: Group;
  members: Members;
  draft: ReturnType<typeof signal<Draft | undefined>>;
}): JSX.Element {
  switch (tab) {
    case 'members':
      return <MembersTab group={group} members={members} />;
    case 'apps':
      return <Lazy key="apps" load={loadApps} what="The apps" props={{ group }} />;
    case 'owners':
      return <Lazy key="owners" load={loadOwners} what="The owners" props={{ group }} />;
    case 'profile':
      return <Lazy key="profile" load={loadProfile} what="The profile" props={{ group, draft }} />;
    case 'history':
      return <Lazy key="history" load={loadHistory} what="The history" props={{ group }} />;
  }
}

/**
 * Keeps the focus out of what the panel covers, also of what comes later, except notices. Gives the function that ends it.
 */
function makeInert(panel: HTMLElement): () => void {
  const covered = new Set<HTMLElement>();
  const cover = () => {
    for (
      let inside = panel;
      inside.parentElement && inside !== document.body;
      inside = inside.parentElement
    ) {
      for (const each of inside.parentElement.children) {
        if (each === inside || !(each instanceof HTMLElement) || each.inert) continue;
        if (each.matches('.notices, dialog') || each.querySelector('.notices')) continue;
        each.inert = true;
        covered.add(each);
      }
    }
  };
  const observer = new MutationObserver(cover);
  for (let at = panel.parentElement; at; at = at.parentElement) observer.observe(at, { childList: true });
  cover();
  return () => {
    observer.disconnect();
    for (const each of covered) each.inert = false;
  };
}

/** Somebody deleted the group, or the address is wrong. What was typed into its profile can be copied. */
function Gone({
  id,
  name,
  draft,
  close,
}: {
  id: string;
  /** As it was read before. */
  name: string | undefined;
  draft: Draft | undefined;
  close: () => void;
}): JSX.Element {
  useEffect(() => removed(id), []);
  return (
    <div class="error" role="alert">
      <p>
        <strong>The org has no group with the id</strong> <code>{id}</code>
        {name !== undefined && (
          <>
            {' '}
            any more, which was <Name text={name} />
          </>
        )}
        . Somebody may have deleted it.
      </p>
      {draft && (
        <>
          <p>What you typed into its profile was not saved:</p>
          <dl class="facts">
            {Object.entries(draft.texts).map(([name, text]) => (
              <div key={name}>
                <dt>{name}</dt>
                <dd>
                  <Name text={text} />
                </dd>
              </div>
            ))}
          </dl>
        </>
      )}
      <div class="actions">
        <Button action={close}>Close</Button>
      </div>
    </div>
  );
}

function DeleteButton({ group, ask }: { group: Group; ask: () => void }): JSX.Element {
  const why = group.type === 'BUILT_IN' ? fixedBecause(group) : readOnly.value;
  return (
    <Button kind="danger" action={ask} disabled={why !== undefined} title={why}>
      Delete…
    </Button>
  );
}

/** The name with marks, the id, where the group comes from, and its dates. */
function Head({ group, members }: { group: Group; members: Members }): JSX.Element {
  const { profile, type, id, source, _embedded } = group;
  const now = Date.now();
  const date = (text: string | undefined): ComponentChildren => {
    const time = Date.parse(text ?? '');
    if (Number.isNaN(time)) return 'The org does not say.';
    return (
      <time dateTime={text} title={new Date(time).toLocaleString()}>
        {ago(time, now)}
      </time>
    );
  };
  const { state, more } = members.list.state.value;
  const counted = members.rows.value.filter(({ change }) => change?.added ?? true).length;
  const { usersCount, appsCount: apps } = _embedded?.stats ?? {};
  const users = state === 'complete' && !more ? counted : usersCount;
  const facts: [string, ComponentChildren][] = [
    ['Type', typeName(type)],
    ['Members', users === undefined ? undefined : grouped(users)],
    ['Apps', apps === undefined ? undefined : grouped(apps)],
    [
      'Source',
      source && (
        <a href={hrefOf('groups', { source: source.id })} title="The groups that come from this app">
          <Name text={_embedded?.app?.label ?? source.id} />
        </a>
      ),
    ],
    ['Created', date(group.created)],
    ['Profile changed', date(group.lastUpdated)],
    ['Members changed', date(group.lastMembershipUpdated)],
  ];
  const { description } = profile;
  return (
    <header class="group-head">
      <h2 class="clamp" title={nameText(profile.name)}>
        <Name text={profile.name} />
      </h2>
      {description && (
        <p class="clamp">
          <Name text={description} />
        </p>
      )}
      <p class="actions">
        <code>{id}</code>
        <Copy text={id} label="Copy the id of the group" />
      </p>
      <dl class="head-facts">
        {facts.map(
          ([title, content]) =>
            content !== undefined && (
              <div key={title}>
                <dt>{title}</dt>
                <dd>{content}</dd>
              </div>
            ),
        )}
      </dl>
    </header>
  );
}
