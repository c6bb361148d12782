// The panel of one rule: its terms, its state in words, the people in its groups, and its actions.
import { useSignal } from '@preact/signals';
import { isOktaError, oneOf } from 'okta-groups/external';
import type { GroupRule } from 'okta-groups/external';
import type { JSX } from 'preact';
import { useEffect, useMemo, useRef } from 'preact/hooks';

import { personOf } from '../../model/person.ts';
import type { Person } from '../../model/person.ts';
import { counted } from '../../model/numbers.ts';
import { ruleStateWords, termsOfRule } from '../../model/rules.ts';
import { recorded } from '../../org/changes.ts';
import { Load } from '../../org/load.ts';
import { client, readOnly } from '../../org/session.ts';
import { Button } from '../../ui/button.tsx';
import { Copy } from '../../ui/copy.tsx';
import { wordsOf } from '../../ui/error.tsx';
import { Name } from '../../ui/name.tsx';
import { hrefOf } from '../../ui/route.ts';
import { Show } from '../../ui/states.tsx';
import { When } from '../../ui/when.tsx';
import { Ask } from './ask.tsx';
import type { Act } from './ask.tsx';
import { Editor } from './edit.tsx';
import { PutThere } from './put-there.tsx';
import { RuleState, namesOf } from './words.tsx';

/** The panel reads at most so many target groups one by one, if the answer has no names for them. */
const NAMES_READ = 10;

/** A target group: its name, or that it was deleted. */
type Target = { name: string; gone?: false } | { gone: true };

export function RulePanel({
  id,
  close,
  named,
  changed,
  gone,
}: {
  id: string;
  close: () => void;
  /** Tells the name for the page's title. */
  named: (name: string) => void;
  /** Gets the rule when it was read or changed. */
  changed: (rule: GroupRule) => void;
  /** The rule was deleted. */
  gone: () => void;
}): JSX.Element {
  const rule = useMemo(() => new Load<GroupRule>(), []);
  const people = useMemo(() => new Load<readonly Person[]>(), []);
  const targets = useSignal<ReadonlyMap<string, Target>>(new Map());
  const asks = useSignal<Act | 'edit' | undefined>(undefined);
  const heading = useRef<HTMLHeadingElement>(null);
  const turn = useMemo(() => ({ abort: new AbortController() }), []);

  const read = (keep = false) =>
    void rule.load((client, signal) => client.rules.get(id, { expand: 'groupIdToGroupNameMap', signal }), {
      keep,
    });
  useEffect(() => {
    read();
    return () => {
      rule.stop();
      people.stop();
      turn.abort.abort();
    };
  }, []);
  const value = rule.value;
  const terms = value && termsOfRule(value);
  const isReady = value !== undefined;
  useEffect(() => {
    // The panel takes the focus from the list that opened it. After a reload the focus stays at the top of the page.
    if (isReady && document.activeElement?.closest('.grid')) heading.current?.focus();
  }, [isReady]);

  useEffect(() => {
    if (!value) return;
    named(value.name);
    changed(value);
    void nameTargets(value, turn, targets);
  }, [value]);
  const last = recorded.value;
  const seenLast = useRef(last);
  useEffect(() => {
    if (last === seenLast.current) return;
    seenLast.current = last;
    // Somebody undid a change in its notice or in the history.
    if (last?.made && 'rule' in last.made && last.made.rule.id === id && asks.peek() === undefined)
      read(true);
  }, [last]);
  const excluded = terms?.excluded.join() ?? '';
  const readPeople = () => {
    const ids = excluded.split(',');
    void people.load(async (client, signal) => {
      const { items } = await client.users.list({ search: oneOf('id', ids), limit: 200, signal });
      return items.map(personOf);
    });
  };
  useEffect(() => {
    if (excluded) readPeople();
  }, [excluded]);

  const nameOf = (key: string): string => {
    const target = targets.value.get(key);
    if (target && !target.gone) return target.name;
    return people.value?.find((person) => person.id === key)?.name ?? key;
  };
  const writes = (act: Act | 'edit', text: string, kind: 'plain' | 'danger' = 'plain') => (
    <Button
      kind={kind}
      disabled={readOnly.value !== undefined}
      title={readOnly.value}
      action={() => (asks.value = act)}
    >
      {text}
    </Button>
  );
  return (
    <section
      class="panel split-panel keeps-focus"
      aria-label="Rule"
      onKeyDown={(event) => {
        if (event.key !== 'Escape' || event.defaultPrevented) return;
        event.preventDefault();
        close();
      }}
    >
      <div class="screen-head">
        <h2 ref={heading} tabIndex={-1}>
          {value ? <Name text={value.name} /> : 'Rule'}
        </h2>
        <Button kind="quiet" action={close}>
          Close
        </Button>
      </div>
      <Show of={rule.state.value} what="The rule" retry={() => read()} cancel={() => rule.cancel()}>
        {(value) => {
          const { expression, targets: groupIds, excluded } = termsOfRule(value);
          const groups = value.conditions?.people?.groups?.exclude ?? [];
          return (
            <>
              <div class="actions">
                {writes('edit', 'Change…')}
                {/* One button in one place: it keeps the focus when the state changes. */}
                {value.status === 'INACTIVE'
                  ? writes('activate', 'Activate…')
                  : value.status === 'ACTIVE' && writes('deactivate', 'Deactivate…')}
                {writes('delete', 'Delete…', 'danger')}
                <Button kind="quiet" action={() => read(true)}>
                  Read again
                </Button>
              </div>
              {readOnly.value && <p class="hint">Read only: {readOnly.value}</p>}
              <p>
                <RuleState status={value.status} /> {ruleStateWords(value.status).means}
              </p>
              <h3>Takes people by</h3>
              <pre class="expression" role="group" tabIndex={0} aria-label="Expression">
                <code>
                  <bdi>{expression}</bdi>
                </code>
              </pre>
              <h3>Puts them into</h3>
              <ul class="lines">
                {groupIds.map((groupId) => {
                  const target = targets.value.get(groupId);
                  return (
                    <li key={groupId}>
                      {target?.gone ? (
                        <>
                          <code>{groupId}</code> <span class="muted">does not exist (any more)</span>
                        </>
                      ) : (
                        <>
                          <a href={hrefOf('groups', { group: groupId })}>
                            <Name text={target?.name ?? groupId} />
                          </a>
                          <PutThere ruleId={id} groupId={groupId} name={target?.name ?? groupId} />
                        </>
                      )}
                    </li>
                  );
                })}
              </ul>
              {(excluded.length > 0 || groups.length > 0) && (
                <>
                  <h3>Leaves alone</h3>
                  <Excluded ids={excluded} people={people} retry={readPeople} />
                  {groups.length > 0 && (
                    <p>
                      {counted(groups.length, 'group')}{' '}
                      <span class="muted">that Okta does not support here:</span>{' '}
                      <code>{groups.join(', ')}</code>
                    </p>
                  )}
                </>
              )}
              <dl class="facts">
                <div>
                  <dt>Created</dt>
                  <dd>
                    <When at={value.created} />
                  </dd>
                </div>
                <div>
                  <dt>Last changed</dt>
                  <dd>
                    <When at={value.lastUpdated} />
                  </dd>
                </div>
                <div>
                  <dt>Id</dt>
                  <dd>
                    <code>{id}</code> <Copy text={id} label="Copy the id of the rule" />
                  </dd>
                </div>
              </dl>
            </>
          );
        }}
      </Show>
      {value && asks.value === 'edit' && (
        <Editor
          rule={value}
          nameOf={nameOf}
          close={() => (asks.value = undefined)}
          saved={(next) => rule.set(withNames(next, value))}
          seen={(next) => rule.set(withNames(next, value))}
        />
      )}
      {value && asks.value && asks.value !== 'edit' && (
        <Ask
          act={asks.value}
          shown={value}
          nameOf={nameOf}
          close={() => (asks.value = undefined)}
          seen={(next) => rule.set(withNames(next, value))}
          gone={gone}
        />
      )}
    </section>
  );
}

/** Keeps the names of groups that were read: an answer to a write has none. */
const withNames = (next: GroupRule, before: GroupRule): GroupRule => ({
  ...next,
  _embedded: { groupIdToGroupNameMap: { ...namesOf(before), ...namesOf(next) } },
});

/** Names the targets of a rule: by the answer, and else by reading the groups, as far as these are few. */
async function nameTargets(
  rule: GroupRule,
  turn: { abort: AbortController },
  targets: { value: ReadonlyMap<string, Target> },
): Promise<void> {
  turn.abort.abort();
  const { signal } = (turn.abort = new AbortController());
  const names = namesOf(rule);
  const ids = termsOfRule(rule).targets;
  const put = (id: string, target: Target) => {
    if (!signal.aborted) targets.value = new Map([...targets.value, [id, target]]);
  };
  for (const id of ids) {
    const name = names[id];
    if (name !== undefined) put(id, { name });
  }
  const unnamed = ids.filter((id) => names[id] === undefined).slice(0, NAMES_READ);
  const { groups } = await client();
  await Promise.all(
    unnamed.map(async (id) => {
      try {
        const { profile } = await groups.get(id, { signal });
        put(id, { name: profile.name });
      } catch (error) {
        // Another failure leaves the id: the group may be there.
        if (isOktaError(error, 'not-found')) put(id, { gone: true });
      }
    }),
  );
}

function Excluded({
  ids,
  people,
  retry,
}: {
  ids: readonly string[];
  people: Load<readonly Person[]>;
  retry: () => void;
}): JSX.Element {
  const state = people.state.value;
  return (
    <>
      <ul class="lines">
        {ids.map((id) => {
          const person = people.value?.find((each) => each.id === id);
          return (
            <li key={id}>
              <a href={hrefOf('people', { user: id })}>
                <Name text={person?.name ?? id} />
              </a>{' '}
              {person && <span class="muted">{person.login && <Name text={person.login} />}</span>}
            </li>
          );
        })}
      </ul>
      {state.state === 'failed' && (
        <div class="loading">
          <p class="hint" role="status">
            Their names could not be read: {wordsOf(state.error)}
          </p>
          <Button action={retry}>Read the names</Button>
        </div>
      )}
    </>
  );
}
