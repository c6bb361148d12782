// The rules of the org: a list, and one rule beside it.
import { useComputed, useSignal } from '@preact/signals';
import type { GroupRule } from 'okta-groups/external';
import type { JSX } from 'preact';
import { useEffect, useMemo, useRef } from 'preact/hooks';

import { counted, grouped } from '../../model/numbers.ts';
import { ruleStateWords, termsOfRule } from '../../model/rules.ts';
import { ListLoad } from '../../org/load.ts';
import { readOnly } from '../../org/session.ts';
import { Button } from '../../ui/button.tsx';
import { Grid } from '../../ui/grid.tsx';
import type { Column } from '../../ui/grid.tsx';
import { Name } from '../../ui/name.tsx';
import { param, set } from '../../ui/route.ts';
import { Empty, ListFoot, useMedia } from '../../ui/states.tsx';
import { useTitle } from '../../ui/title.ts';
import { When } from '../../ui/when.tsx';
import { Editor } from './edit.tsx';
import { RulePanel } from './panel.tsx';
import { RuleState, namesOf } from './words.tsx';

const STATES = ['ACTIVE', 'INACTIVE', 'INVALID'];
/** Okta documents that an org has at most 2,000 rules; a page has 200. */
const LIMIT = 200;

export default function Rules(): JSX.Element {
  const id = param('rule');
  const search = param('search');
  const states = param('state').split(',').filter(Boolean);
  const sort = param('sort');
  const title = useSignal<string | undefined>(undefined);
  useTitle(id ? title.value : undefined, 'Rules');
  const list = useMemo(() => new ListLoad<GroupRule>(), []);
  const active = useSignal(0);
  const creates = useSignal(false);
  const read = () =>
    void list.start((client, cursor, signal) =>
      client.rules.list({
        limit: LIMIT,
        expand: 'groupIdToGroupNameMap',
        ...(search && { search }),
        cursor,
        signal,
      }),
    );
  useEffect(() => {
    active.value = 0;
    read();
    return () => list.stop();
  }, [search]);
  const state = list.state.value;
  const rows = useComputed(() =>
    sorted(list.state.value.items, param('sort'), param('state').split(',')),
  ).value;
  const narrow = useMedia('(max-width: 60rem)');
  const slim = narrow || id !== '';

  const timer = useRef(0);
  const box = useRef<HTMLInputElement>(null);
  useEffect(() => () => clearTimeout(timer.current), []);
  useEffect(() => {
    // Back and forward change the search, too. A field that has the focus keeps its text.
    if (box.current && box.current !== document.activeElement) box.current.value = search;
  }, [search]);
  const typed = (text: string) => {
    clearTimeout(timer.current);
    timer.current = setTimeout(() => set({ search: text.trim() }, { replace: true }), 300);
  };
  const toggle = (name: string) => {
    const next = states.includes(name) ? states.filter((each) => each !== name) : [...states, name];
    active.value = 0;
    set({ state: next.join(',') }, { replace: true });
  };
  const sortBy = (key: string) => () => set({ sort: sort === key ? `-${key}` : key }, { replace: true });
  const sortedBy = (key: string) => (sort === key ? 'asc' : sort === `-${key}` ? 'desc' : undefined);
  const open = (rule: GroupRule, index: number) => {
    active.value = index;
    title.value = rule.name;
    set({ rule: rule.id });
  };
  const focusList = () =>
    requestAnimationFrame(() =>
      (
        document.querySelector<HTMLElement>('.grid [data-index][tabindex="0"]') ??
        document.getElementById('screen')
      )?.focus(),
    );
  const close = () => {
    set({ rule: undefined });
    focusList();
  };
  const columns: Column<GroupRule>[] = [
    {
      id: 'name',
      title: 'Name',
      width: 'minmax(10rem, 2fr)',
      cell: ({ name }) => <Name text={name} />,
      sorted: sortedBy('name'),
      sort: sortBy('name'),
    },
    { id: 'state', title: 'State', width: '6rem', cell: ({ status }) => <RuleState status={status} /> },
  ];
  if (!slim) {
    columns.push(
      {
        id: 'targets',
        title: 'Puts people into',
        width: 'minmax(8rem, 1.5fr)',
        cell: (rule) => <Targets rule={rule} />,
      },
      {
        id: 'expression',
        title: 'Takes people by',
        width: 'minmax(8rem, 2fr)',
        cell: (rule) => <code>{termsOfRule(rule).expression}</code>,
      },
      {
        id: 'changed',
        title: 'Changed',
        width: '13.5rem',
        cell: ({ lastUpdated }) => <When at={lastUpdated} />,
        sorted: sortedBy('changed'),
        sort: sortBy('changed'),
      },
    );
  }
  const count = (name: string) => state.items.filter(({ status }) => status === name).length;
  return (
    <>
      <div class="screen-head">
        <h1>Rules</h1>
        <Button
          kind="primary"
          disabled={readOnly.value !== undefined}
          title={readOnly.value}
          action={() => (creates.value = true)}
        >
          New rule…
        </Button>
      </div>
      <div class="toolbar" role="search" aria-label="Rules" hidden={narrow && id !== ''}>
        <input
          ref={box}
          type="search"
          aria-label="Search rules by a keyword of the name"
          placeholder="Keyword of the name"
          defaultValue={search}
          onInput={(event) => typed(event.currentTarget.value)}
        />
        <div class="actions" role="group" aria-label="States">
          {STATES.map((name) => (
            <Button key={name} class="chip" aria-pressed={states.includes(name)} action={() => toggle(name)}>
              {ruleStateWords(name).word}{' '}
              <span class="muted">
                {count(name)}
                {state.more && state.items.length > 0 && '+'}
              </span>
            </Button>
          ))}
        </div>
      </div>
      <div class={id ? 'split' : 'split alone'}>
        <div
          class="split-list keeps-focus"
          role="group"
          aria-label="List of rules"
          hidden={narrow && id !== ''}
        >
          {(rows.length > 0 || state.state === 'loading') && (
            <Grid
              label="Rules"
              rows={rows}
              keyOf={(rule) => rule.id}
              columns={columns}
              complete={!state.more}
              active={Math.min(active.value, Math.max(0, rows.length - 1))}
              activate={(index) => (active.value = index)}
              open={open}
              selected={(rule) => rule.id === id}
              nearEnd={() => state.state === 'idle' && void list.next()}
            />
          )}
          {rows.length === 0 && state.state === 'complete' && (
            <Empty>
              {states.length > 0 && state.items.length > 0
                ? `None of the ${counted(state.items.length, 'rule')} has this state.`
                : search
                  ? 'The org finds no rule by this keyword.'
                  : 'The org has no group rules. A rule puts people into groups by a condition.'}
            </Empty>
          )}
          {states.length > 0 && state.items.length > 0 && (
            <p class="hint" role="status">
              {`${counted(rows.length, 'rule')} of the ${grouped(state.items.length)} read`}
              {state.more && ': more exist, so this is partial'}.
            </p>
          )}
          <ListFoot
            list={state}
            what="The rules"
            one="rule"
            next={() => void list.next()}
            cancel={() => list.cancel()}
          />
        </div>
        {id && (
          <RulePanel
            key={id}
            id={id}
            close={close}
            named={(name) => (title.value = name)}
            changed={(rule) =>
              list.update((items) =>
                items.map((each) =>
                  each.id === rule.id
                    ? { ...rule, _embedded: { ...each._embedded, ...rule._embedded } }
                    : each,
                ),
              )
            }
            gone={() => {
              list.update((items) => items.filter((each) => each.id !== id));
              close();
            }}
          />
        )}
      </div>
      {creates.value && (
        <Editor
          close={() => (creates.value = false)}
          saved={(rule) => {
            list.update((items) => [...items.filter((each) => each.id !== rule.id), rule]);
            title.value = rule.name;
            set({ rule: rule.id });
          }}
        />
      )}
    </>
  );
}

function sorted(items: readonly GroupRule[], sort: string, states: readonly string[]): readonly GroupRule[] {
  const wanted = states.filter(Boolean);
  const rows = wanted.length === 0 ? items : items.filter(({ status }) => wanted.includes(status));
  const key = sort.replace(/^-/, '');
  if (key !== 'name' && key !== 'changed') return rows;
  const collator = new Intl.Collator();
  const by = (rule: GroupRule) => (key === 'name' ? rule.name : (rule.lastUpdated ?? ''));
  const way = sort.startsWith('-') ? -1 : 1;
  return [...rows].sort((a, b) => way * collator.compare(by(a), by(b)));
}

function Targets({ rule }: { rule: GroupRule }): JSX.Element {
  const [first = '', ...others] = termsOfRule(rule).targets;
  return (
    <>
      <Name text={namesOf(rule)[first] ?? first} />
      {others.length > 0 && <span class="muted"> and {others.length} more</span>}
    </>
  );
}
