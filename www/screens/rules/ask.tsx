// The question before a rule is activated, deactivated or deleted. The dialog reads the rule and its target groups anew first, and
// shows their members and apps.
import { useSignal } from '@preact/signals';
import type { Signal } from '@preact/signals';
import { isOktaError } from 'okta-groups/external';
import type { GroupRule, OktaGroups } from 'okta-groups/external';
import type { JSX } from 'preact';
import { useEffect, useId, useMemo } from 'preact/hooks';

import { changeText, inverseOf } from '../../model/history.ts';
import { nameText } from '../../model/names.ts';
import { counted } from '../../model/numbers.ts';
import { changedTerms, ruleStateWords, termsOfRule } from '../../model/rules.ts';
import { failure as failed, write } from '../../org/changes.ts';
import type { Done, Going, Made } from '../../org/changes.ts';
import { Load } from '../../org/load.ts';
import { theClient } from '../../org/session.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { ErrorNote } from '../../ui/error.tsx';
import { Field } from '../../ui/field.tsx';
import { GoingNote } from '../../ui/going.tsx';
import { Name } from '../../ui/name.tsx';
import { Show } from '../../ui/states.tsx';
import { Differences, RuleState, namesOf } from './words.tsx';

export type Act = 'activate' | 'deactivate' | 'delete';

/** The dialog reads the counts of at most so many target groups. */
const COUNTED = 10;

interface Target {
  id: string;
  name: string;
  /** `undefined`: the answer had no count, or the group was not read. */
  users?: number | undefined;
  apps?: number | undefined;
  gone?: boolean;
}

const WORDS: Record<Act, { title: string; does: string; button: string }> = {
  activate: {
    title: 'Activate the rule',
    does: 'Okta puts everyone whom the expression takes into the target groups, some seconds later (recorded). They stay if the rule is deactivated afterwards (Okta’s support documents it; no recording shows it).',
    button: 'Activate',
  },
  deactivate: {
    title: 'Deactivate the rule',
    does: 'The rule then does nothing: it puts nobody into its groups and takes nobody out. The people whom it put there stay (Okta’s support documents it; no recording shows it).',
    button: 'Deactivate',
  },
  delete: {
    title: 'Delete the rule',
    does: 'The rule cannot be brought back; a new one would have another id.',
    button: 'Delete the rule',
  },
};

/** The change that the org confirmed, for the notice and the history. */
function doneOf(act: Act, rule: GroupRule, removes: boolean): Done {
  const made: Made = { kind: `rule-${act}d`, rule: { id: rule.id, name: rule.name } };
  const { reason } = inverseOf(made);
  const then = {
    activate: 'Okta adds and removes people some seconds later.',
    deactivate:
      'The people whom it put into its groups stay (Okta’s support documents it; no recording shows it).',
    delete: removes
      ? 'Okta was asked to remove the people whom it put into its groups.'
      : 'The people whom it put into its groups stay (documented).',
  }[act];
  return {
    text: `${changeText(made)}. ${then}`,
    made,
    ...ofOneGroup(termsOfRule(rule).targets),
    ...(reason !== undefined && { final: reason }),
  };
}

/** Puts a change of a rule into the history of its target group, where it has only one. */
export const ofOneGroup = ([groupId, ...others]: readonly string[]): { groupId?: string } =>
  groupId !== undefined && others.length === 0 ? { groupId } : {};

async function readTargets(client: OktaGroups, rule: GroupRule, signal: AbortSignal): Promise<Target[]> {
  const names = namesOf(rule);
  return Promise.all(
    termsOfRule(rule).targets.map(async (id, index): Promise<Target> => {
      const name = names[id] ?? id;
      if (index >= COUNTED) return { id, name };
      try {
        const group = await client.groups.get(id, { expand: 'stats', signal });
        const stats = group._embedded?.stats;
        return { id, name: group.profile.name, users: stats?.usersCount, apps: stats?.appsCount };
      } catch (error) {
        if (isOktaError(error, 'not-found')) return { id, name, gone: true };
        if (isOktaError(error, 'aborted')) throw error;
        return { id, name };
      }
    }),
  );
}

export function Ask({
  act,
  shown,
  nameOf,
  close,
  seen,
  gone,
}: {
  act: Act;
  /** The rule as the panel shows it. */
  shown: GroupRule;
  nameOf: (id: string) => string;
  close: () => void;
  /** Gets the rule as the org answered it last. */
  seen: (rule: GroupRule) => void;
  gone: () => void;
}): JSX.Element {
  const { id } = shown;
  const fresh = useMemo(() => new Load<{ rule: GroupRule; targets: Target[] }>(), []);
  const before = useMemo(() => shown, []);
  const removes = useSignal(false);
  const typed = useSignal('');
  const busy = useSignal<Going | undefined>(undefined);
  const failure = useSignal<{ error: unknown; after: string } | undefined>(undefined);
  const radio = useId();
  const read = () =>
    void fresh.load(async (client, signal) => {
      const rule = await client.rules.get(id, { expand: 'groupIdToGroupNameMap', signal });
      return { rule, targets: await readTargets(client, rule, signal) };
    });
  useEffect(() => {
    read();
    return () => fresh.stop();
  }, []);
  const words = WORDS[act];

  const run = async (rule: GroupRule) => {
    failure.value = undefined;
    const { rules } = theClient();
    const done = doneOf(act, rule, removes.value);
    try {
      await write(
        `${words.title} ${nameText(rule.name)}`,
        async (signal) => {
          if (act === 'delete') await rules.delete(id, { signal, removeUsers: removes.value });
          else await rules[act](id, { signal });
          return done;
        },
        // The answer was lost: the rule's status tells whether the org did it.
        async (signal) => {
          try {
            const { status } = await rules.get(id, { signal });
            return status === (act === 'activate' ? 'ACTIVE' : 'INACTIVE') && act !== 'delete'
              ? done
              : undefined;
          } catch (error) {
            if (act === 'delete' && isOktaError(error, 'not-found')) return done;
            throw error;
          }
        },
        (now) => (busy.value = now),
      );
      close();
      if (act === 'delete') gone();
      else seen({ ...rule, status: act === 'activate' ? 'ACTIVE' : 'INACTIVE' });
    } catch (error) {
      // A write that was cancelled before it was sent needs no look, which would wait as the write did.
      const isUnsent = isOktaError(error, 'aborted') && !error.mayHaveRun;
      const after = isUnsent
        ? 'Nothing was sent.'
        : await looked(busy, (signal) => stateAfter(seen, id, signal));
      failure.value = { error, after };
    }
  };

  return (
    <Dialog
      title={
        <>
          {words.title} <Name text={fresh.value?.rule.name ?? shown.name} />?
        </>
      }
      close={() => {
        // The dialog stays while its request is under way, to tell how it ended; *Stop* aborts the request.
        if (!busy.value) close();
      }}
      dirty={typed.value !== '' && !busy.value}
    >
      <Show of={fresh.state.value} what="The rule" retry={read} cancel={() => fresh.cancel()}>
        {({ rule, targets }) => {
          const changed = changedTerms(termsOfRule(before), termsOfRule(rule));
          const already =
            act === 'delete'
              ? undefined
              : rule.status === 'INVALID'
                ? 'The rule is invalid by now, since one of its groups was deleted: Okta can neither activate nor deactivate it (recorded).'
                : rule.status === (act === 'activate' ? 'ACTIVE' : 'INACTIVE')
                  ? `The rule is ${ruleStateWords(rule.status).word.toLowerCase()} already. Nothing is sent.`
                  : undefined;
          // The name must be typed where a target group has apps, since its members may use them; also where the count is not known.
          const asksName =
            act !== 'deactivate' &&
            targets.some(({ apps, gone }) => !gone && (apps === undefined || apps > 0));
          return (
            <>
              {(changed.length > 0 || rule.status !== before.status) && (
                <div class="banner" role="status">
                  <p>The rule was changed elsewhere since this page read it.</p>
                  {rule.status !== before.status && (
                    <p>
                      State: <RuleState status={before.status} /> → <RuleState status={rule.status} />
                    </p>
                  )}
                  <Differences
                    before={termsOfRule(before)}
                    after={termsOfRule(rule)}
                    fields={changed}
                    nameOf={(key) => targets.find((each) => each.id === key)?.name ?? nameOf(key)}
                  />
                </div>
              )}
              <p>{already ?? words.does}</p>
              <h3>Its groups</h3>
              <ul class="lines">
                {targets.map(({ id, name, users, apps, gone }) => (
                  <li key={id}>
                    <Name text={name} />{' '}
                    <span class="muted">
                      {gone
                        ? 'does not exist (any more)'
                        : [
                            users === undefined ? 'members not counted' : counted(users, 'member'),
                            apps === undefined ? 'apps not counted' : counted(apps, 'app'),
                          ].join(', ')}
                    </span>
                  </li>
                ))}
              </ul>
              {act === 'delete' && (
                <fieldset class="choices">
                  <legend>The people whom the rule put into its groups</legend>
                  <label>
                    <input
                      type="radio"
                      name={radio}
                      checked={!removes.value}
                      onChange={() => (removes.value = false)}
                    />
                    <span>
                      stay in the groups.{' '}
                      <span class="muted">Okta’s default (documented). No rule manages them then.</span>
                    </span>
                  </label>
                  <label>
                    <input
                      type="radio"
                      name={radio}
                      checked={removes.value}
                      onChange={() => (removes.value = true)}
                    />
                    <span>
                      are removed by Okta.{' '}
                      <span class="muted">
                        <code>removeUsers</code> “removes users from groups assigned by this rule”
                        (documented; no recording shows it). The console cannot undo it. The panel of the rule
                        reads who is there by the rule.
                      </span>
                    </span>
                  </label>
                </fieldset>
              )}
              {asksName && already === undefined && (
                <Field
                  label="Type the name of the rule"
                  hint={
                    <>
                      Apps hang on its groups. The name is <Name text={rule.name} />
                    </>
                  }
                >
                  {(attributes) => (
                    <input
                      {...attributes}
                      autocomplete="off"
                      spellcheck={false}
                      value={typed.value}
                      onInput={(event) => (typed.value = event.currentTarget.value)}
                    />
                  )}
                </Field>
              )}
              {failure.value && (
                <ErrorNote
                  what={failed(failure.value.error, `The rule was not ${act}d.`)}
                  error={failure.value.error}
                >
                  <p>{failure.value.after}</p>
                </ErrorNote>
              )}
              <GoingNote going={busy.value} />
              <div class="actions">
                <Button action={() => (busy.value ? busy.value.cancel() : close())}>
                  {busy.value ? 'Stop' : already === undefined ? 'Cancel' : 'Close'}
                </Button>
                {already === undefined && (
                  <Button
                    kind={act === 'activate' ? 'primary' : 'danger'}
                    busy={busy.value !== undefined}
                    disabled={asksName && typed.value !== rule.name}
                    action={() => run(rule)}
                  >
                    {busy.value ? 'Sending…' : words.button}
                  </Button>
                )}
              </div>
            </>
          );
        }}
      </Show>
      {fresh.state.value.state !== 'ready' && (
        <div class="actions">
          <Button action={close}>Cancel</Button>
        </div>
      )}
    </Dialog>
  );
}

/** Reads after a write that failed, as a part of it: the dialog shows the read, with a way to end it. */
export async function looked<T>(
  busy: Signal<Going | undefined>,
  read: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const turn = new AbortController();
  busy.value = { state: 'looking', cancel: () => turn.abort() };
  try {
    return await read(turn.signal);
  } finally {
    busy.value = undefined;
  }
}

/** Reads a rule after a write that failed, and says what it is now. */
export async function stateAfter(
  seen: (rule: GroupRule) => void,
  id: string,
  signal: AbortSignal,
): Promise<string> {
  try {
    const rule = await theClient().rules.get(id, { expand: 'groupIdToGroupNameMap', signal });
    seen(rule);
    return `The org says that the rule is ${ruleStateWords(rule.status).word.toLowerCase()} now.`;
  } catch (error) {
    return isOktaError(error, 'not-found')
      ? 'The org says that there is no such rule.'
      : 'What the rule is now could not be read: read it again before you go on.';
  }
}
