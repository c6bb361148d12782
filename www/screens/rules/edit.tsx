// Makes a rule, or changes one: by `rules.update`, which deactivates an active rule, replaces it and activates it again.
import { useComputed, useSignal } from '@preact/signals';
import type { GroupRule, OktaError } from 'okta-groups/external';
import type { ComponentChildren, JSX } from 'preact';
import { useEffect, useMemo, useRef } from 'preact/hooks';

import { changeText, inverseOf } from '../../model/history.ts';
import { nameText } from '../../model/names.ts';
import { isChangeable } from '../../model/row.ts';
import {
  NO_TERMS,
  RULE_NAME_MAX,
  TERM_WORDS,
  changedTerms,
  faultsOfTerms,
  fieldOfRefusal,
  mergeTerms,
  patchOfTerms,
  ruleOfTerms,
  termsOfRule,
} from '../../model/rules.ts';
import type { RuleTerms, TermField } from '../../model/rules.ts';
import { lastAttempt } from '../../model/calls-shown.ts';
import { mayHaveRun, whyUnknown, write } from '../../org/changes.ts';
import type { Done, Going, Made } from '../../org/changes.ts';
import { calls } from '../../org/log.ts';
import { theClient } from '../../org/session.ts';
import { Button } from '../../ui/button.tsx';
import { AskToLeave, Dialog } from '../../ui/dialog.tsx';
import { ErrorNote, wordsOf } from '../../ui/error.tsx';
import { Field } from '../../ui/field.tsx';
import { GoingNote } from '../../ui/going.tsx';
import { Name } from '../../ui/name.tsx';
import { GROUPS, PEOPLE, Picker } from '../../ui/picker.tsx';
import { useGuard } from '../../ui/unsaved.ts';
import { looked, ofOneGroup, stateAfter } from './ask.tsx';
import { Differences, RuleState } from './words.tsx';

type Faults = Partial<Record<TermField, string>>;

/** A failed save, with the state that the rule has now in words. */
interface Failure {
  what: string;
  error: unknown;
  after: string;
}

export function Editor({
  rule,
  nameOf = (id) => id,
  close,
  saved,
  seen = () => undefined,
}: {
  /** The rule to change; not given for a new one. */
  rule?: GroupRule;
  nameOf?: (id: string) => string;
  close: () => void;
  /** Gets the rule as the org answered the save. */
  saved: (rule: GroupRule) => void;
  /** Gets the rule as the org has it, after a failure or a change elsewhere. */
  seen?: (rule: GroupRule) => void;
}): JSX.Element {
  const started = useMemo(() => (rule ? termsOfRule(rule) : NO_TERMS), []);
  const base = useSignal<{ terms: RuleTerms; status: string }>({
    terms: started,
    status: rule?.status ?? 'INACTIVE',
  });
  const mine = useSignal(started);
  const faults = useSignal<Faults>({});
  const failure = useSignal<Failure | undefined>(undefined);
  /** A change that somebody else made meanwhile: the terms before and after it. */
  const elsewhere = useSignal<
    { before: RuleTerms; after: RuleTerms; conflicts: TermField[]; status: string } | undefined
  >(undefined);
  const names = useSignal<ReadonlyMap<string, string>>(new Map());
  const busy = useSignal<Going | undefined>(undefined);
  const since = useSignal(0);
  const leaves = useSignal<(() => void) | undefined>(undefined);
  const form = useRef<HTMLDivElement>(null);
  const isSaved = useRef(false);
  const named = (id: string) => names.value.get(id) ?? nameOf(id);
  const isDirty = () => changedTerms(base.value.terms, mine.value).length > 0;
  const dirty = isDirty();
  useGuard(
    isDirty,
    () => isSaved.current,
    (leave) => (leaves.value = leave),
  );
  // Leaving aborts the update: the client activates the rule again before the call rejects.
  useEffect(() => () => busy.peek()?.cancel(), []);

  const put = (field: TermField, value: string | readonly string[]) => {
    mine.value = { ...mine.value, [field]: value };
    if (faults.value[field]) faults.value = { ...faults.value, [field]: undefined };
  };
  const refuse = (found: Faults) => {
    faults.value = found;
    // The first field with an error gets the focus, once its words are drawn.
    requestAnimationFrame(() =>
      form.current?.querySelector<HTMLElement>('[aria-invalid="true"], .at-fault input, .at-fault')?.focus(),
    );
  };

  const save = async () => {
    failure.value = undefined;
    const found = faultsOfTerms(mine.value);
    if (Object.keys(found).length > 0) return refuse(found);
    since.value = Date.now();
    try {
      if (rule) await change(rule.id);
      else await create();
    } catch (error) {
      await looked(busy, (signal) => told(error, signal));
    }
  };

  const show = (going: Going | undefined) => {
    busy.value = going;
  };

  const create = async () => {
    const terms = mine.value;
    const { rules } = theClient();
    let made: GroupRule | undefined;
    const done = (rule: GroupRule): Done => {
      made = rule;
      const change: Made = { kind: 'rule-created', rule: { id: rule.id, name: rule.name } };
      const { reason } = inverseOf(change);
      return {
        text: `${changeText(change)}. It is inactive until somebody activates it.`,
        made: change,
        ...ofOneGroup(terms.targets),
        ...(reason !== undefined && { final: reason }),
      };
    };
    await write(
      `Create the rule ${nameText(terms.name)}`,
      async (signal) => done(await rules.create(ruleOfTerms(terms), { signal })),
      // The answer was lost: names of rules are unique, so a rule with these terms is this one.
      async (signal) => {
        for await (const rule of rules.list({ search: terms.name, signal }))
          if (changedTerms(terms, termsOfRule(rule)).length === 0) return done(rule);
        return undefined;
      },
      show,
    );
    isSaved.current = true;
    close();
    if (made) saved(made);
  };

  const change = async (id: string) => {
    const { rules } = theClient();
    const { terms: from, status } = base.value;
    const terms = mine.value;
    const patch = patchOfTerms(from, terms);
    if (!patch) return close();
    let now: GroupRule | undefined;
    let changed: GroupRule | undefined;
    const done = (before: GroupRule, rule: GroupRule): Made => {
      changed = rule;
      return { kind: 'rule-changed', rule: { id, name: rule.name }, before, after: rule };
    };
    await write(
      `Change the rule ${nameText(terms.name)}`,
      async (signal) => {
        now = await rules.get(id, { expand: 'groupIdToGroupNameMap', signal });
        const theirs = termsOfRule(now);
        if (changedTerms(from, theirs).length > 0 || now.status !== status) {
          const merged = mergeTerms(from, terms, theirs);
          elsewhere.value = { before: from, after: theirs, conflicts: merged.conflicts, status };
          base.value = { terms: theirs, status: now.status };
          mine.value = merged.terms;
          seen(now);
          return undefined;
        }
        return done(now, await rules.update(id, patch, { signal }));
      },
      async (signal) => {
        const rule = await rules.get(id, { signal });
        const isDone = changedTerms(terms, termsOfRule(rule)).length === 0 && rule.status === status;
        return isDone && now ? done(now, rule) : undefined;
      },
      show,
    );
    if (!changed) return;
    isSaved.current = true;
    close();
    saved(changed);
  };

  /** Tells the failure at its field or above the buttons, with the state that the rule has now. */
  const told = async (error: unknown, signal: AbortSignal) => {
    const { ruleStatus, causes, summary, kind } = error as OktaError & {
      causes?: readonly string[];
      summary?: string;
    };
    const isLost = mayHaveRun(error);
    const wasActive = base.value.status === 'ACTIVE';
    let after = '';
    if (!rule) {
      after = isLost ? await lookFor(mine.value.name, signal) : 'Nothing was made.';
    } else if (ruleStatus === 'INACTIVE') {
      after = 'The rule was active and is INACTIVE now: the client could not activate it again. Activate it.';
      await stateAfter(seen, rule.id, signal);
    } else {
      let now: GroupRule | undefined;
      const state = await stateAfter((read) => seen((now = read)), rule.id, signal);
      if (now && changedTerms(base.value.terms, termsOfRule(now)).length > 0) {
        after = `The org has other terms of the rule than before. ${state}`;
      } else if (now?.status === base.value.status) {
        after = wasActive ? 'The old rule is active, as it was.' : 'The old rule is as it was.';
      } else {
        after = state;
      }
    }
    const field =
      kind === 'bad-request' || kind === 'argument' ? fieldOfRefusal(summary ?? '', causes ?? []) : undefined;
    const what = isLost
      ? rule
        ? `${whyUnknown(error)}: the change may have been made.`
        : `${whyUnknown(error)}: the rule may have been made.`
      : rule
        ? 'The rule was not changed.'
        : 'The rule was not made.';
    failure.value = { what, error, after };
    if (field) refuse({ [field]: wordsOf(error) });
  };

  const { value: terms } = mine;
  const length = [...terms.name].length;
  const isActive = rule && base.value.status === 'ACTIVE';
  const other = elsewhere.value;
  return (
    <Dialog
      wide
      dirty={dirty && !busy.value}
      title={
        rule ? (
          <>
            Change the rule <Name text={rule.name} />
          </>
        ) : (
          'New rule'
        )
      }
      close={() => {
        if (!busy.value) close();
      }}
    >
      {(leave) => (
        <div class="form" ref={form}>
          {other && (
            <div class="banner" role="alert">
              <p>
                The rule was changed elsewhere since this page read it. Nothing was sent. What you typed is
                below, on top of the other change: save again to go on.
              </p>
              {other.status !== base.value.status && (
                <p>
                  State: <RuleState status={other.status} /> → <RuleState status={base.value.status} />
                </p>
              )}
              <Differences
                before={other.before}
                after={other.after}
                fields={changedTerms(other.before, other.after)}
                nameOf={named}
              />
              {other.conflicts.length > 0 && (
                <p>
                  You changed the same: {other.conflicts.map((field) => TERM_WORDS[field]).join(', ')}. Saving
                  puts yours in place of theirs.
                </p>
              )}
            </div>
          )}
          <Field
            label="Name"
            hint={`${length} of ${RULE_NAME_MAX} characters`}
            error={faults.value.name ?? (length > RULE_NAME_MAX ? faultsOfTerms(terms).name : undefined)}
          >
            {(attributes) => (
              <input
                {...attributes}
                autocomplete="off"
                value={terms.name}
                onInput={(event) => put('name', event.currentTarget.value)}
              />
            )}
          </Field>
          <Field
            label="Takes people by this expression"
            hint={
              <>
                In Okta’s expression language, such as <code>user.department=="West"</code>. Okta checks it
                when it is saved.
              </>
            }
            error={faults.value.expression}
          >
            {(attributes) => (
              <textarea
                {...attributes}
                class="code"
                rows={4}
                spellcheck={false}
                autocapitalize="none"
                value={terms.expression}
                onInput={(event) => put('expression', event.currentTarget.value)}
              />
            )}
          </Field>
          <Ids
            legend="Puts them into"
            ids={terms.targets}
            nameOf={named}
            error={faults.value.targets}
            remove={(id) =>
              put(
                'targets',
                terms.targets.filter((each) => each !== id),
              )
            }
          >
            <Picker
              source={GROUPS}
              label="Add a target group"
              unread
              refuse={({ id, of }) =>
                terms.targets.includes(id)
                  ? 'a target already'
                  : of && !isChangeable(of)
                    ? 'rules put people only into groups of Okta’s own (OKTA_GROUP)'
                    : undefined
              }
              pick={({ id, name }) => {
                names.value = new Map([...names.value, [id, name]]);
                put('targets', [...mine.value.targets, id]);
              }}
            />
          </Ids>
          <Ids
            legend="Leaves these people alone"
            ids={terms.excluded}
            nameOf={named}
            error={faults.value.excluded}
            remove={(id) =>
              put(
                'excluded',
                terms.excluded.filter((each) => each !== id),
              )
            }
          >
            <Picker
              source={PEOPLE}
              label="Add a person to leave alone"
              unread
              refuse={({ id }) => (terms.excluded.includes(id) ? 'left alone already' : undefined)}
              pick={({ id, name }) => {
                names.value = new Map([...names.value, [id, name]]);
                put('excluded', [...mine.value.excluded, id]);
              }}
            />
          </Ids>
          {isActive && (
            <p class="hint">
              Okta replaces only a rule that is inactive (documented). So the client deactivates this rule,
              replaces it and activates it again; if Okta refuses the new rule, it activates the old one
              again. Meanwhile, about a second, the rule does nothing. Whether Okta removes people meanwhile
              is recorded nowhere.
            </p>
          )}
          {rule && base.value.status === 'INVALID' && (
            <p class="hint">
              An invalid rule cannot be deactivated (recorded): the client replaces it as it is. Whether Okta
              accepts that is recorded nowhere; the answer says which state the rule has then.
            </p>
          )}
          {!rule && (
            <p class="hint">A new rule is inactive (recorded): it does nothing until it is activated.</p>
          )}
          {failure.value && (
            <ErrorNote what={failure.value.what} error={failure.value.error}>
              <p>{failure.value.after}</p>
            </ErrorNote>
          )}
          {rule && since.value > 0 && <Steps id={rule.id} since={since.value} />}
          {busy.value && busy.value.state !== 'cancelled' && <GoingNote going={busy.value} />}
          <div class="actions">
            <Button
              kind="primary"
              busy={busy.value !== undefined}
              disabled={rule !== undefined && !dirty}
              action={save}
            >
              {busy.value ? 'Sending…' : rule ? 'Save' : 'Create'}
            </Button>
            <Button action={() => (busy.value ? busy.value.cancel() : leave())}>
              {busy.value ? 'Stop' : 'Cancel'}
            </Button>
            {busy.value?.state === 'cancelled' && (
              <span class="hint" role="status">
                {isActive ? 'Stopping: the client makes sure first that the rule is active.' : 'Stopping…'}
              </span>
            )}
          </div>
          {leaves.value && (
            <AskToLeave stay={() => (leaves.value = undefined)} leave={() => leaves.value?.()} />
          )}
        </div>
      )}
    </Dialog>
  );
}

/** Tells whether the org has a rule of that name, after a create whose answer was lost. */
async function lookFor(name: string, signal: AbortSignal): Promise<string> {
  try {
    for await (const { name: known } of theClient().rules.list({ search: name, signal }))
      if (known === name) return 'The org has a rule of this name: read the list before you create it again.';
    return 'The org has no rule of this name so far.';
  } catch {
    return 'Whether the org has it could not be read: look for it before you create it again.';
  }
}

const STEPS: readonly [RegExp, string][] = [
  [/^GET /, 'Read the rule'],
  [/^POST .*\/deactivate$/, 'Deactivate it'],
  [/^PUT /, 'Replace it'],
  [/^POST .*\/activate$/, 'Activate it'],
];

/** The requests of an update, as they go. */
function Steps({ id, since }: { id: string; since: number }): JSX.Element {
  const own = useComputed(() =>
    calls.value.filter(({ at, path }) => at >= since && path.includes(`/groups/rules/${id}`)).reverse(),
  ).value;
  return (
    <ol class="steps" aria-live="polite" aria-label="Steps">
      {own.map((call) => {
        const { number = 1, status, durationMs } = lastAttempt(call) ?? {};
        return (
          <li key={call.id}>
            {STEPS.find(([form]) => form.test(`${call.method} ${call.path}`))?.[1]}:{' '}
            <span class="muted">
              {status === undefined || durationMs === undefined
                ? 'under way'
                : status < 300
                  ? 'done'
                  : status === 423
                    ? 'the org is busy with other rules (423)'
                    : `refused (${status})`}
              {number > 1 && `, attempt ${number}`}
            </span>
          </li>
        );
      })}
    </ol>
  );
}

function Ids({
  legend,
  ids,
  nameOf,
  error,
  remove,
  children,
}: {
  legend: string;
  ids: readonly string[];
  nameOf: (id: string) => string;
  error: string | undefined;
  remove: (id: string) => void;
  children: ComponentChildren;
}): JSX.Element {
  const box = useRef<HTMLFieldSetElement>(null);
  return (
    <fieldset ref={box} class={error ? 'ids at-fault' : 'ids'}>
      <legend>{legend}</legend>
      <ul class="lines">
        {ids.map((id) => (
          <li key={id}>
            <Name text={nameOf(id)} />{' '}
            <Button
              kind="quiet"
              label={`Take out ${nameText(nameOf(id))}`}
              action={() => {
                remove(id);
                // The button goes with its row: the field takes the focus.
                box.current?.querySelector('input')?.focus();
              }}
            >
              ✕
            </Button>
          </li>
        ))}
      </ul>
      {children}
      {error && (
        <p class="field-error" role="alert">
          {error}
        </p>
      )}
    </fieldset>
  );
}
