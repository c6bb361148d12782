// The first step: groups, people, and what is to become of them.
import { useSignal } from '@preact/signals';
import type { Signal } from '@preact/signals';
import type { ComponentChildren, JSX } from 'preact';
import { useEffect, useId, useRef } from 'preact/hooks';

import { bytesText, counted } from '../../model/numbers.ts';
import { isChangeable } from '../../model/row.ts';
import { groups } from '../../org/names.ts';
import { readOnly } from '../../org/session.ts';
import { Button } from '../../ui/button.tsx';
import { ErrorNote } from '../../ui/error.tsx';
import { Field } from '../../ui/field.tsx';
import { Name } from '../../ui/name.tsx';
import { GROUPS, Picker } from '../../ui/picker.tsx';
import { set } from '../../ui/route.ts';
import { Select } from '../../ui/select.tsx';
import {
  LONG,
  attribute,
  bring,
  chosen,
  file,
  groupsInFile,
  how,
  keep,
  leaveOut,
  limit,
  mode,
  nobody,
  pasted,
  read,
  readToEnd,
  ruleManaged,
  unfolded,
  unresolved,
  wishOf,
} from './draft.ts';
import type { Lack } from './draft.ts';
import { backToInput, makePlan, openPlan, outcome, phase, planned, problem } from './job.ts';

const KINDS = [
  ['', 'what they look like'],
  ['id', 'ids of users'],
  ['login', 'logins'],
  ['email', 'emails'],
  ['value', 'another attribute'],
] as const;

const SEPARATORS = [
  [',', 'comma'],
  [';', 'semicolon'],
  ['\t', 'tab'],
  ['|', 'bar'],
] as const;

export function Input(): JSX.Element {
  const lacks = useSignal<readonly Lack[]>([]);
  const lack = (part: Lack['part']) => lacks.value.find((each) => each.part === part)?.text;
  const plan = async () => {
    await readToEnd();
    const { wish, lacks: found } = wishOf();
    lacks.value = found ?? [];
    if (wish) await makePlan(wish);
    else
      requestAnimationFrame(() =>
        document
          .querySelector<HTMLElement>(`#bulk-${found?.[0]?.part} :is(input, textarea, button)`)
          ?.focus(),
      );
  };
  return (
    <div class="bulk">
      <Problem />
      <WhichGroups error={lack('groups')} />
      <WhichPeople error={lack('people')} attributeError={lack('attribute')} />
      <What limitError={lack('limit')} />
      <div class="actions">
        <Button kind="primary" action={plan}>
          Plan
        </Button>
        <FileButton
          label="Open a plan or the rest of a run…"
          accept=".json,application/json"
          take={openFile}
        />
        {outcome.value ? (
          <Button action={() => (phase.value = 'report')}>Back to the report</Button>
        ) : (
          planned.value && <Button action={() => (phase.value = 'planned')}>Back to the plan</Button>
        )}
        <span class="muted">Planning reads and changes nothing.</span>
      </div>
      {readOnly.value && (
        <p class="muted">The console only reads: {readOnly.value} A plan can be made and saved.</p>
      )}
    </div>
  );
}

const openFile = async (given: File) => openPlan(await given.text(), given.name);

/** Why there is no plan, in the guards' words, and the ways on. */
function Problem(): JSX.Element | undefined {
  const now = problem.value;
  useEffect(() => {
    // The limit that refused is among them.
    if (now?.removals !== undefined) unfolded.value = { ...unfolded.peek(), guards: true };
  }, [now]);
  if (!now) return undefined;
  const { error, text, removals, wish } = now;
  if (text === undefined) return <ErrorNote what="The plan could not be made." error={error} />;
  return (
    <div class="error" role="alert">
      <p>
        <strong>Refused:</strong> <bdi>{text}</bdi>{' '}
        {(error as { kind?: string }).kind === undefined && <bdi>{(error as Error).message}</bdi>}
      </p>
      <div class="actions">
        {wish && removals !== undefined && removals > 0 && (
          <Button action={() => makePlan({ ...wish, maxRemovals: { count: removals, ratio: 1 } })}>
            {`Plan with at most ${counted(removals, 'removal')}`}
          </Button>
        )}
        <Button kind="quiet" action={backToInput}>
          Dismiss
        </Button>
      </div>
    </div>
  );
}

function WhichGroups({ error }: { error: string | undefined }): JSX.Element {
  const put = (ids: readonly string[]) => {
    chosen.value = ids;
    set({ ids: ids.join(',') }, { replace: true });
  };
  const box = useRef<HTMLElement>(null);
  return (
    <section class="panel" id="bulk-groups" aria-labelledby="bulk-groups-title" ref={box}>
      <h2 id="bulk-groups-title">Groups</h2>
      <Choice
        name="Groups"
        of={groupsInFile}
        options={[
          [false, 'Groups that I choose'],
          [true, 'The file names them, in a column groupId or groupName'],
        ]}
      />
      {!groupsInFile.value && (
        <>
          {chosen.value.length > 0 && (
            <ul class="chips" aria-label="Chosen groups">
              {chosen.value.map((id) => {
                const name = groups.get(id)?.profile.name ?? id;
                return (
                  <li key={id} class="chip">
                    <Name text={name} />
                    <Button
                      kind="quiet"
                      label={`Leave out ${name}`}
                      action={() => {
                        put(chosen.value.filter((each) => each !== id));
                        box.current?.querySelector<HTMLElement>('[role=combobox]')?.focus();
                      }}
                    >
                      ✕
                    </Button>
                  </li>
                );
              })}
            </ul>
          )}
          <Picker
            source={GROUPS}
            label="Add a group"
            unread
            refuse={({ id, of }) => {
              if (chosen.value.includes(id)) return 'chosen already';
              return of && !isChangeable(of) ? 'its members cannot be changed by hand' : undefined;
            }}
            pick={({ id, of }) => {
              if (of) groups.note(of);
              put([...chosen.value, id]);
            }}
          />
        </>
      )}
      {error && <p class="field-error">{error}</p>}
    </section>
  );
}

function WhichPeople({
  error,
  attributeError,
}: {
  error: string | undefined;
  attributeError: string | undefined;
}): JSX.Element {
  const over = useSignal(false);
  const isNobody = nobody.value && mode.value === 'exact' && !groupsInFile.value;
  const drop = (event: DragEvent) => {
    event.preventDefault();
    over.value = false;
    const [given] = event.dataTransfer?.files ?? [];
    if (given) void bring(given);
  };
  return (
    <section
      class={`panel${over.value ? ' over' : ''}`}
      id="bulk-people"
      aria-labelledby="bulk-people-title"
      onDragOver={(event) => {
        event.preventDefault();
        over.value = true;
      }}
      onDragLeave={() => (over.value = false)}
      onDrop={drop}
    >
      <h2 id="bulk-people-title">People</h2>
      {isNobody ? (
        <p class="muted">Nobody is to be a member.</p>
      ) : file.value ? (
        <p class="actions">
          <strong>
            <Name text={file.value.name} />
          </strong>
          <span class="muted">{bytesText(file.value.text.length)}</span>
          <Button
            action={() => {
              file.value = undefined;
              how.value = {};
            }}
          >
            Take another list
          </Button>
        </p>
      ) : (
        <>
          <Field
            label="Ids, logins or emails, one a line, or CSV"
            hint="Paste them, or drop a file here."
            error={error}
          >
            {(attributes) => (
              <textarea
                {...attributes}
                rows={5}
                spellcheck={false}
                value={pasted.value}
                onInput={(event) => (pasted.value = event.currentTarget.value)}
                onPaste={(event) => {
                  const text = event.clipboardData?.getData('text') ?? '';
                  if (text.length < LONG) return;
                  // A text area of many lines makes the page slow.
                  event.preventDefault();
                  how.value = {};
                  file.value = { name: 'Pasted list', text: `${pasted.value}${text}`, isGuessed: false };
                }}
              />
            )}
          </Field>
          <div class="actions">
            <FileButton label="Choose a file…" accept=".csv,.txt,.tsv,text/*" take={bring} />
          </div>
        </>
      )}
      {file.value && error && <p class="field-error">{error}</p>}
      {!isNobody && <Found attributeError={attributeError} />}
    </section>
  );
}

/** What the list says, its faults by line, and how it is read. */
function Found({ attributeError }: { attributeError: string | undefined }): JSX.Element | undefined {
  const now = read.value;
  switch (now.state) {
    case 'none':
      return undefined;
    case 'reading':
      return <p role="status">Reading the list…</p>;
    case 'failed':
      return <ErrorNote what="The list could not be read." error={now.error} />;
    case 'ready':
  }
  const { one, many, table } = now;
  const { faults, faultCount, duplicates } = one ?? many;
  const parts = one
    ? [`${counted(one.members.length, 'person', 'people')}${one.by ? `, by ${BY[one.by]}` : ''}`]
    : [
        counted(many.groups.size, 'group'),
        counted(
          [...many.groups.values()].reduce((all, members) => all + members.length, 0),
          'membership',
        ),
      ];
  if (duplicates > 0) parts.push(`${counted(duplicates, 'line')} named again`);
  if (file.value?.isGuessed) parts.push('letters beyond ASCII are guessed, since the file is not in UTF-8');
  return (
    <>
      <p role="status" class="said">
        {parts.join(', ')}.{faultCount > 0 && ` ${counted(faultCount, 'line')} cannot be used.`}
      </p>
      {faultCount > 0 && (
        <div class="error">
          <ul aria-label="Lines that cannot be used">
            {faults.slice(0, SHOWN).map(({ line, message }, at) => (
              <li key={at}>
                Line {line}: <bdi>{message}</bdi>
              </li>
            ))}
          </ul>
          {faultCount > SHOWN && <p>And {counted(faultCount - SHOWN, 'line')} more.</p>}
          {(mode.value === 'add' || mode.value === 'these') && (
            <Check of={leaveOut}>Leave these lines out</Check>
          )}
        </div>
      )}
      <Fold
        of="reading"
        title="How the list is read"
        open={(one ?? many).column === undefined || (many && many.groupColumn === undefined)}
      >
        <div class="fields">
          {(one ?? many).columns.length > 1 && (
            <>
              {many && (
                <Column
                  label="Column of groups"
                  names={many.columns}
                  of="groupColumn"
                  at={many.groupColumn}
                />
              )}
              <Column
                label="Column of people"
                names={(one ?? many).columns}
                of="column"
                at={(one ?? many).column}
              />
            </>
          )}
          <Select
            label="Separator"
            value={how.value.delimiter ?? ''}
            choose={(value) => (how.value = { ...how.value, delimiter: value || undefined })}
            options={[['', `guessed: ${nameOf(table.delimiter)}`], ...SEPARATORS]}
          />
          <Select
            label="People are named by"
            value={how.value.kind ?? ''}
            choose={(value) => (how.value = { ...how.value, kind: value || undefined })}
            options={KINDS}
          />
          {how.value.kind === 'value' && (
            <div id="bulk-attribute">
              <Field
                label="Attribute of the profile"
                hint="For example employeeNumber"
                error={attributeError}
              >
                {(attributes) => (
                  <input
                    {...attributes}
                    value={attribute.value}
                    onInput={(event) => (attribute.value = event.currentTarget.value)}
                  />
                )}
              </Field>
            </div>
          )}
          {one && (
            <label class="check">
              <input
                type="checkbox"
                checked={one.hasHeading}
                onChange={(event) => (how.value = { ...how.value, hasHeading: event.currentTarget.checked })}
              />{' '}
              The first row is a heading
            </label>
          )}
        </div>
      </Fold>
    </>
  );
}

/** Chooses a column by its heading, or by what its first cell holds. */
function Column({
  label,
  names,
  of,
  at,
}: {
  label: string;
  names: readonly string[];
  of: 'column' | 'groupColumn';
  at: number | undefined;
}): JSX.Element {
  return (
    <Select
      label={label}
      value={at ?? ''}
      choose={(value) => (how.value = { ...how.value, [of]: value === '' ? undefined : value })}
      options={[
        ['', 'choose'],
        ...names.map((name, place) => [place, `${place + 1}: ${name.slice(0, 60)}`] as const),
      ]}
    />
  );
}

const SHOWN = 20;

const BY: Record<string, string> = {
  id: 'id',
  login: 'login',
  email: 'email',
  value: 'an attribute',
  mixed: 'ids and logins, which cannot be mixed',
};

const nameOf = (delimiter: string): string =>
  SEPARATORS.find(([value]) => value === delimiter)?.[1] ?? `“${delimiter}”`;

function What({ limitError }: { limitError: string | undefined }): JSX.Element {
  const removes = mode.value !== 'add';
  return (
    <section class="panel" aria-labelledby="bulk-what-title">
      <h2 id="bulk-what-title">What happens</h2>
      <Choice
        name="What happens"
        of={mode}
        options={[
          ['add', 'Add these people; nobody is removed'],
          ['these', 'Remove these people; nobody is added'],
          ['exact', 'Make these people the only members: others are removed'],
          ['remove', 'Remove the others; nobody is added'],
        ]}
      />
      {mode.value === 'exact' && !groupsInFile.value && (
        <Check of={nobody}>Nobody is to be a member: empty the groups</Check>
      )}
      <Fold of="guards" title="Guards" open={limitError !== undefined}>
        <div class="fields" id="bulk-limit">
          {removes && (
            <>
              <Field label="The most removals of a group" error={limitError}>
                {(attributes) => (
                  <span class="joined">
                    <select
                      {...attributes}
                      value={limit.value.kind}
                      onChange={({ currentTarget: { value } }) =>
                        (limit.value = { ...limit.value, kind: value as 'share' })
                      }
                    >
                      <option value="share">a share of the members, in %</option>
                      <option value="count">a number of members</option>
                      <option value="any">no limit</option>
                    </select>
                    {limit.value.kind !== 'any' && (
                      <input
                        inputMode="decimal"
                        aria-label={limit.value.kind === 'share' ? 'Per cent' : 'Members'}
                        aria-invalid={attributes['aria-invalid']}
                        value={limit.value.kind === 'share' ? limit.value.share : limit.value.count}
                        onInput={({ currentTarget: { value } }) =>
                          (limit.value = { ...limit.value, [limit.value.kind]: value })
                        }
                      />
                    )}
                  </span>
                )}
              </Field>
              <Select
                label="Members whom a group rule put there"
                value={ruleManaged.value}
                choose={(value) => (ruleManaged.value = value)}
                options={[
                  ['skip', 'stay'],
                  ['include', 'are removed like others'],
                  ['fail', 'refuse the plan'],
                ]}
              />
              <Field label="People who are never removed" hint="Ids or logins">
                {(attributes) => (
                  <textarea
                    {...attributes}
                    rows={2}
                    spellcheck={false}
                    value={keep.value}
                    onInput={(event) => (keep.value = event.currentTarget.value)}
                  />
                )}
              </Field>
            </>
          )}
          {mode.value !== 'these' && (
            <Select
              label="Values that name no single user"
              value={unresolved.value}
              choose={(value) => (unresolved.value = value)}
              options={[
                ['block', 'keep the plan from being applied'],
                ['skip', 'are left out; then nobody is removed'],
              ]}
            />
          )}
        </div>
      </Fold>
    </section>
  );
}

/** A part that can be folded, and stays as it was when the form comes back. `open` unfolds it in any case. */
function Fold({
  of,
  title,
  open,
  children,
}: {
  of: keyof typeof unfolded.value;
  title: string;
  open: boolean | undefined;
  children: ComponentChildren;
}): JSX.Element {
  return (
    <details
      open={unfolded.value[of] || open === true}
      onToggle={(event) => (unfolded.value = { ...unfolded.value, [of]: event.currentTarget.open })}
    >
      <summary>{title}</summary>
      {children}
    </details>
  );
}

/** A choice of one, as radio buttons. */
function Choice<T>({
  name,
  of,
  options,
}: {
  name: string;
  of: Signal<T>;
  options: readonly (readonly [T, string])[];
}): JSX.Element {
  const id = useId();
  return (
    <div role="radiogroup" aria-label={name} class="radios">
      {options.map(([value, text]) => (
        <label key={text} class="check">
          <input type="radio" name={id} checked={of.value === value} onChange={() => (of.value = value)} />{' '}
          {text}
        </label>
      ))}
    </div>
  );
}

function Check({ of, children }: { of: Signal<boolean>; children: ComponentChildren }): JSX.Element {
  return (
    <label class="check">
      <input
        type="checkbox"
        checked={of.value}
        onChange={(event) => (of.value = event.currentTarget.checked)}
      />{' '}
      {children}
    </label>
  );
}

/** A button that asks for a file. */
function FileButton({
  label,
  accept,
  take,
}: {
  label: string;
  accept: string;
  take: (file: File) => unknown;
}): JSX.Element {
  const input = useRef<HTMLInputElement>(null);
  return (
    <>
      <Button action={() => input.current?.click()}>{label}</Button>
      <input
        ref={input}
        type="file"
        accept={accept}
        hidden
        aria-label={label}
        onChange={async ({ currentTarget }) => {
          const [given] = currentTarget.files ?? [];
          if (given) await take(given);
          // The same file can be chosen again.
          currentTarget.value = '';
        }}
      />
    </>
  );
}
