// Who is in the group, why, and since this page changed it; people are added and removed one by one.
import { computed, signal } from '@preact/signals';
import type { ReadonlySignal } from '@preact/signals';
import type { Group, GroupRule, User } from 'okta-groups/external';
import type { ComponentChildren, JSX } from 'preact';
import { useEffect, useLayoutEffect, useMemo, useRef } from 'preact/hooks';

import { nameText } from '../../model/names.ts';
import { counted, grouped } from '../../model/numbers.ts';
import { personOf, statusWords } from '../../model/person.ts';
import { duration } from '../../model/time.ts';
import { failure, say, warn, write } from '../../org/changes.ts';
import { PAGE, spare } from '../../org/groups.ts';
import { ListLoad, Load } from '../../org/load.ts';
import { confirm, isMember, settle, unconfirmed } from '../../org/memberships.ts';
import type { Unconfirmed } from '../../org/memberships.ts';
import { client, theClient } from '../../org/session.ts';
import { Button } from '../../ui/button.tsx';
import { FailedNote } from '../../ui/failed.tsx';
import type { Failed } from '../../ui/failed.tsx';
import { Grid } from '../../ui/grid.tsx';
import { Name } from '../../ui/name.tsx';
import { PEOPLE, Picker } from '../../ui/picker.tsx';
import type { Choice } from '../../ui/picker.tsx';
import { hrefOf } from '../../ui/route.ts';
import { SearchField } from '../../ui/search-field.tsx';
import '../../ui/steady.ts';
import { Empty, ListFoot, useMedia } from '../../ui/states.tsx';
import { missed, noteMissed, rulesInto, unwritable, useMissed } from './about.ts';

/** A member as the org told: what is shown of the answer, so that 100,000 stay small. */
interface Listed {
  readonly id: string;
  readonly name: string;
  readonly login: string;
  readonly status: string;
  /** The rules that put the member here; none: by hand. Absent: the org did not say. */
  readonly rules: readonly { id: string; name: string }[] | undefined;
}

/** A row of the list: a member, with what this page changed since. */
interface Row extends Listed {
  readonly change?: Unconfirmed;
}

function listed(user: User): Listed {
  const { id, name, login, status } = personOf(user);
  const rules = user._embedded?.['group-rules'];
  return {
    id,
    name,
    login,
    status,
    rules: rules?.map(({ id, name }) => ({ id, name: typeof name === 'string' ? name : id })),
  };
}

/** A list of at most so many members is read anew by itself, to confirm what was changed. */
const REREAD_MOST = 1000;
/** Of a longer list, so many changes are confirmed by themselves. */
const LOOKED = 5;
/** When, after a change, in milliseconds: lists lag up to 5 seconds (recorded). */
const REREAD_AFTER = [1000, 2500, 6000];

/** People whom a picker showed: a list that lags does not know them yet. */
const known = new Map<string, Listed>();

/** The members of one group, as read and as changed. It lives as long as the panel, whichever tab is shown. */
export class Members {
  readonly list = new ListLoad<Listed>();
  readonly rules = new Load<readonly GroupRule[]>();
  readonly rows: ReadonlySignal<readonly Row[]>;
  /** Ids of people whose removal is under way. */
  readonly removing = signal<ReadonlySet<string>>(new Set());
  readonly readsAll = signal(false);
  readonly filter = signal('');
  readonly active = signal(0);
  #turn = new AbortController();
  #timer = 0;
  /** When the first page of the list was asked for. */
  #began = 0;
  #asksRules = false;

  constructor(readonly groupId: string) {
    this.rows = computed(() => {
      const { items } = this.list.state.value;
      const changes = unconfirmed(groupId);
      const ids = new Set<string>();
      const rows: Row[] = [];
      for (const member of items) {
        if (ids.has(member.id)) continue;
        ids.add(member.id);
        const change = changes.get(member.id);
        // Who was put back by this page is here by hand, whatever the list still says.
        rows.push(change ? { ...member, ...(change.added && { rules: [] }), change } : member);
      }
      const added = [...changes.values()]
        .filter((change) => change.added && !ids.has(change.id))
        .map((change): Row => {
          const { id, name } = change;
          return { id, name, login: '', status: '', ...known.get(id), rules: [], change };
        });
      return [...added.reverse(), ...rows];
    });
  }

  /** Reads the first page, if that was not done yet. */
  ensure(): void {
    if (this.#began === 0) this.read();
  }

  /** Reads anew what was read. */
  again(): void {
    if (this.#began > 0) this.read();
  }

  read(): void {
    clearTimeout(this.#timer);
    this.#turn.abort();
    this.#began = Date.now();
    void this.list
      .start(async (org, cursor, signal) => {
        const page = await org.groups.listUsers(this.groupId, {
          expand: 'group-rules',
          cursor,
          signal,
        });
        return { ...page, items: page.items.map(listed) };
      })
      .then(() => this.#confirm());
  }

  next(): void {
    void this.list.next().then(() => this.#confirm());
  }

  /** Reads on to the end, or until only the reserve of the rate limit is left. */
  async readAll(): Promise<void> {
    const org = await client();
    this.readsAll.value = true;
    do {
      const bucket = org.rateLimits().get('groups');
      if (bucket && spare(bucket) <= 0 && bucket.resetsInMs > 0) {
        say(
          `The members are read on no further: what is left of the rate limit is kept for others. Its window ends in ${duration(bucket.resetsInMs)}.`,
        );
        break;
      }
      await this.list.next();
    } while (this.list.state.peek().state === 'idle');
    this.readsAll.value = false;
    this.#confirm();
  }

  #confirm(): void {
    const { items, state } = this.list.state.peek();
    if (state !== 'complete' && state !== 'idle') return;
    confirm(this.groupId, new Set(items.map(({ id }) => id)), this.#began, state === 'complete');
    if (items.some(({ rules }) => rules === undefined)) this.readRules();
  }

  /** The rules that lead here: where the org does not say of each member. */
  readRules(again = false): void {
    if (this.#asksRules && !again) return;
    this.#asksRules = true;
    void this.rules.load((org, signal) => rulesInto(org, this.groupId, signal));
  }

  /** Reads again some times after a change, until the org shows what was changed. */
  follow(): void {
    clearTimeout(this.#timer);
    const step = (at: number) => {
      const wait = REREAD_AFTER[at];
      if (wait === undefined) return;
      this.#timer = setTimeout(async () => {
        const { state, items } = this.list.state.peek();
        try {
          if (state === 'complete' && items.length <= REREAD_MOST) await this.reread();
          else await this.#look();
        } catch (error) {
          // The changes stay marked, and the next read may confirm them.
          noteMissed(error);
        }
        if (unconfirmed(this.groupId).size > 0) step(at + 1);
      }, wait);
    };
    if (unconfirmed(this.groupId).size > 0) step(0);
  }

  /** Confirms changes one by one, from the groups of the person, where the list is too long to be read for them. */
  async #look(): Promise<void> {
    for (const change of [...unconfirmed(this.groupId).values()].slice(0, LOOKED)) {
      if ((await isMember(await client(), this.groupId, change.id)) !== change.added) continue;
      const user = known.get(change.id);
      if (!change.added) this.drop(change.id);
      else if (user) this.list.update((items) => [user, ...items.filter(({ id }) => id !== user.id)]);
      else continue;
      settle(this.groupId, change);
    }
  }

  /** Reads the whole list again, and puts it in place of the one that is shown once it is there. */
  async reread(): Promise<void> {
    this.#turn.abort();
    const turn = (this.#turn = new AbortController());
    const began = Date.now();
    const org = await client();
    const items = await org.groups
      .listUsers(this.groupId, { expand: 'group-rules', signal: turn.signal })
      .toArray({ max: 10 * REREAD_MOST });
    if (turn.signal.aborted || this.list.state.peek().state !== 'complete') return;
    this.list.update(() => items.map(listed));
    this.#began = began;
    confirm(this.groupId, new Set(items.map(({ id }) => id)), began, true);
  }

  /** Whether a person is a member: by the person's groups, or else by the list, read to its end. */
  async has(userId: string, signal: AbortSignal): Promise<boolean> {
    const told = await isMember(await client(), this.groupId, userId, signal);
    if (told !== undefined) return told;
    const change = unconfirmed(this.groupId).get(userId);
    if (change) return change.added;
    if (this.list.state.peek().state === 'complete') await this.reread();
    else await this.list.rest();
    const { items, state, error } = this.list.state.peek();
    if (items.some(({ id }) => id === userId)) return true;
    if (state === 'complete') return false;
    throw error ?? new Error('the list of members was not read to its end');
  }

  /** Takes a person out of what is shown, who is known to be no member. */
  drop(userId: string): void {
    this.list.update((items) => items.filter(({ id }) => id !== userId));
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#turn.abort();
    this.list.stop();
    this.rules.stop();
  }
}

/** The tab *Members*. */
export function MembersTab({ group, members }: { group: Group; members: Members }): JSX.Element {
  const { list, rules, removing, filter, active } = members;
  const box = useRef<HTMLDivElement>(null);
  const problem = useMemo(() => signal<Failed | undefined>(undefined), []);
  const adding = useMemo(() => signal(''), []);
  const isShown = useRef(true);
  useEffect(() => {
    members.ensure();
    isShown.current = true;
    return () => {
      isShown.current = false;
    };
  }, []);
  const named = { id: group.id, name: group.profile.name };
  const why = unwritable(group);
  const state = list.state.value;
  const pending = unconfirmed(group.id);
  useEffect(() => {
    if (pending.size > 0) members.follow();
  }, [pending, state.state]);

  const sought = filter.value.trim().toLowerCase();
  const all = members.rows.value;
  const rows =
    sought === ''
      ? all
      : all.filter(({ id, name, login }) => `${name}\n${login}\n${id}`.toLowerCase().includes(sought));

  // A row that goes takes the focus with it: the row in its place gets it.
  const focused = useRef<string | undefined>(undefined);
  const at = Math.min(active.value, Math.max(0, rows.length - 1));
  useLayoutEffect(() => {
    if (focused.current === undefined || document.activeElement !== document.body) return;
    if (rows.some(({ id }) => id === focused.current)) return;
    focused.current = undefined;
    focusRow(rows[at]?.id);
  });
  const focusRow = (id: string | undefined) => {
    const row =
      id === undefined
        ? undefined
        : box.current?.querySelector<HTMLElement>(`[data-key="${CSS.escape(id)}"]`);
    (row ?? box.current)?.focus();
  };
  // An undo from a notice that held the focus leads back to the row of the person.
  const lastPending = useRef(pending);
  useLayoutEffect(() => {
    const before = lastPending.current;
    lastPending.current = pending;
    const [changed] = [...pending.values()].filter((change) => before.get(change.id) !== change);
    const { activeElement } = document;
    const isLost = activeElement === document.body || activeElement?.matches('#screen, .beside');
    if (changed?.added && isLost) {
      active.value = Math.max(
        0,
        rows.findIndex(({ id }) => id === changed.id),
      );
      focusRow(changed.id);
    }
  }, [pending]);

  useMissed(state.error);
  const tell = (told: Failed) => {
    noteMissed(told.error);
    if (isShown.current) problem.value = told;
    else if (typeof told.what === 'string') warn(told.what, told.error);
  };

  const add = async (choice: Choice<User>) => {
    const { id, name, of } = choice;
    if (of) known.set(id, listed(of));
    const person = { id, name };
    const shown = nameText(name);
    problem.value = undefined;
    adding.value = `Adding ${shown}…`;
    const change = { kind: 'member-added', group: named, user: person } as const;
    try {
      await write(
        `Add ${shown} to ${nameText(named.name)}`,
        async (signal) => {
          if (await members.has(id, signal)) {
            say(`${shown} is a member of ${nameText(named.name)} already. Nothing was changed.`);
            return undefined;
          }
          await theClient().groups.assignUser(group.id, id, { signal });
          return change;
        },
        async (signal) => ((await members.has(id, signal)) ? change : undefined),
      );
    } catch (error) {
      tell({
        what: failure(error, `${shown} was not added to ${nameText(named.name)}.`),
        error,
        retry: () => add(choice),
      });
    } finally {
      adding.value = '';
    }
  };

  const remove = async (row: Row) => {
    if (removing.value.has(row.id)) return;
    // The focus goes to the row: what the same key does next, it does to nobody else.
    focusRow(row.id);
    problem.value = undefined;
    removing.value = new Set([...removing.value, row.id]);
    const shown = nameText(row.name);
    const change = {
      kind: 'member-removed',
      group: named,
      user: { id: row.id, name: row.name },
      ...(row.rules && { rules: row.rules.map(({ name }) => name) }),
    } as const;
    try {
      await write(
        `Remove ${shown} from ${nameText(named.name)}`,
        async (signal) => {
          if ((await isMember(theClient(), group.id, row.id, signal)) === false) {
            members.drop(row.id);
            // A deleted group is no group of the person either.
            missed.value = row;
            say(`${shown} is no member of ${nameText(named.name)} any more. Nothing was changed.`);
            return undefined;
          }
          await theClient().groups.unassignUser(group.id, row.id, { signal });
          return change;
        },
        async (signal) => ((await members.has(row.id, signal)) ? undefined : change),
      );
    } catch (error) {
      tell({
        what: failure(error, `${shown} was not removed from ${nameText(named.name)}.`),
        error,
        retry: () => remove(row),
      });
    } finally {
      removing.value = new Set([...removing.value].filter((id) => id !== row.id));
    }
  };

  const toRules = rules.state.value;
  const isUnsaid = all.some((row) => row.rules === undefined);
  const noRule = toRules.state === 'ready' && toRules.value.length === 0;
  const how = (row: Row, index: number): ComponentChildren => {
    const said = row.rules ?? (noRule ? [] : undefined);
    if (said === undefined) return <span title="The org does not say.">unknown</span>;
    if (said.length === 0) {
      // Nobody adds members to these by hand: the app or Okta does.
      if (group.type === 'APP_GROUP') return 'from the app';
      return group.type === 'BUILT_IN' ? 'by Okta' : 'by hand';
    }
    return (
      <>
        by rule{' '}
        {said.map(({ id, name }, nth) => (
          <>
            {nth > 0 && ', '}
            <a href={hrefOf('rules', { rule: id })} tabIndex={index === at ? 0 : -1}>
              <Name text={name} />
            </a>
          </>
        ))}
      </>
    );
  };
  const mark = (row: Row): ComponentChildren => {
    if (removing.value.has(row.id)) return 'removing…';
    if (!row.change) return undefined;
    return `${row.change.added ? 'added' : 'removed'}, not confirmed yet`;
  };
  const isNarrow = useMedia('(max-width: 48rem)');
  const isByRule = all.some((row) => (row.rules?.length ?? 0) > 0);

  return (
    <div
      class="stack"
      data-steady
      ref={box}
      tabIndex={-1}
      onFocusIn={(event) => {
        const { key, index } = (event.target as Element).closest<HTMLElement>('[data-key]')?.dataset ?? {};
        focused.current = key;
        // A control of a row that gets the focus by a click makes its row the one that keys start from.
        if (index !== undefined) active.value = Number(index);
      }}
      onFocusOut={({ relatedTarget }) => {
        if (relatedTarget) focused.current = undefined;
      }}
    >
      {/* One element, whatever is in it: the list after it keeps its place, and so the focus. */}
      <div class="stack-top">
        {why !== undefined && <p class="banner">{why}</p>}
        <div class="member-tools">
          {why === undefined && (
            <div>
              <Picker
                source={PEOPLE}
                label="Add a person"
                hint="By name, email, login or id. Choosing adds at once."
                unread
                pick={(choice) => void add(choice)}
                refuse={({ id }) =>
                  all.some((row) => row.id === id && (row.change?.added ?? true))
                    ? 'a member already'
                    : undefined
                }
              />
              <p role="status" class="muted status">
                {adding.value}
              </p>
            </div>
          )}
          {all.length > 0 && (
            <SearchField
              label={`Filter the members${state.more ? ' that were read' : ''}`}
              text={filter}
              typed={() => (active.value = 0)}
            />
          )}
        </div>
        <FailedNote of={problem} />
        {isUnsaid && <RulesInto members={members} />}
        {isByRule && why === undefined && (
          <p class="hint">
            Okta excludes whom you remove from the rules that had put them here (documented).
          </p>
        )}
      </div>
      {rows.length > 0 && (
        <Grid
          label={`Members of ${nameText(named.name)}`}
          rows={rows}
          keyOf={({ id }) => id}
          rowHeight={isNarrow ? 72 : 52}
          complete={state.state === 'complete'}
          active={at}
          activate={(index) => (active.value = index)}
          nearEnd={() => state.state === 'idle' && state.items.length < REREAD_MOST && members.next()}
          columns={[
            {
              id: 'name',
              title: 'Person',
              width: 'minmax(0, 1fr)',
              cell: (row, index) => (
                <span class={`person-cell${row.change && !row.change.added ? ' gone' : ''}`}>
                  <span>
                    <a href={hrefOf('people', { user: row.id })} tabIndex={index === at ? 0 : -1}>
                      <Name text={row.name} />
                    </a>
                    {row.status !== 'ACTIVE' && row.status !== '' && (
                      <>
                        {' '}
                        <span class="badge">{statusWords(row.status)}</span>
                      </>
                    )}
                  </span>
                  <span class="muted">
                    {mark(row) ? <em class="pending">{mark(row)}</em> : <Name text={row.login} />}
                  </span>
                  {isNarrow && <span>{how(row, index)}</span>}
                </span>
              ),
            },
            ...(isNarrow ? [] : [{ id: 'how', title: 'Here', width: 'minmax(4.5rem, 9rem)', cell: how }]),
            {
              id: 'remove',
              title: 'Change',
              width: '5.75rem',
              align: 'end',
              cell: (row, index) =>
                why === undefined &&
                !removing.value.has(row.id) &&
                (row.change?.added ?? true) && (
                  <Button
                    label={`Remove ${nameText(row.name)}`}
                    tabIndex={index === at ? 0 : -1}
                    action={() => void remove(row)}
                  >
                    Remove
                  </Button>
                ),
            },
          ]}
        />
      )}
      {rows.length === 0 && all.length > 0 && <Empty>No member that was read matches the filter.</Empty>}
      {state.state === 'complete' && all.length === 0 && <Empty>The group has no members.</Empty>}
      {all.length > 0 || state.state !== 'complete' ? (
        <ListFoot
          list={state}
          what="The members"
          one="member"
          next={() => members.next()}
          cancel={() => list.cancel()}
        />
      ) : undefined}
      <p role="status" class="said">
        {sought !== '' &&
          `${counted(rows.length, 'member')} of ${grouped(all.length)} match${rows.length === 1 ? 'es' : ''}.`}
        {pending.size > 0 &&
          ` ${counted(pending.size, 'change')} not confirmed yet: the org’s list lags some seconds behind.`}
      </p>
      <div class="actions">
        {members.readsAll.value && <Button action={() => list.cancel()}>Stop</Button>}
        {!members.readsAll.value && state.state === 'idle' && all.length > 0 && (
          <Button action={() => members.readAll()}>Read all the members{requests(group, all.length)}</Button>
        )}
        {pending.size > 0 && <Button action={() => members.read()}>Read the members again</Button>}
        {why === undefined && <a href={hrefOf('bulk', { ids: group.id })}>Change many members at once</a>}
      </div>
    </div>
  );
}

/** What it costs to read on to the end, where the org said how many members there are. */
function requests(group: Group, read: number): string {
  const users = group._embedded?.stats?.usersCount;
  if (users === undefined || users <= read) return '';
  return ` (${counted(Math.ceil((users - read) / PAGE), 'request')})`;
}

/** Where the org does not say why some are members: the rules that may be the reason. */
function RulesInto({ members }: { members: Members }): JSX.Element {
  const state = members.rules.state.value;
  switch (state.state) {
    case 'ready':
      return state.value.length === 0 ? (
        <p class="hint">No rule puts people into this group: everybody is here by hand.</p>
      ) : (
        <p class="hint">
          The org does not say of every member whether a rule is the reason. Rules that lead here:{' '}
          {state.value.map(({ id, name, status }, index) => (
            <>
              {index > 0 && ', '}
              <a href={hrefOf('rules', { rule: id })}>
                <Name text={name} />
              </a>{' '}
              ({status.toLowerCase()})
            </>
          ))}
          .
        </p>
      );
    case 'failed':
      return (
        <div class="hint actions">
          The org does not say of every member whether a rule is the reason, and its rules could not be read.{' '}
          <Button kind="quiet" action={() => members.readRules(true)}>
            Read the rules
          </Button>
        </div>
      );
    default:
      return <p class="hint">Reading the rules that lead here…</p>;
  }
}
