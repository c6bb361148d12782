// All attributes of the group, typed by the org's schema; what is to be saved is shown before, with what others changed.
import { useSignal } from '@preact/signals';
import type { Signal } from '@preact/signals';
import { isOktaError } from 'okta-groups/external';
import type { Group } from 'okta-groups/external';
import type { ComponentChildren, JSX } from 'preact';
import { useEffect, useRef } from 'preact/hooks';

import { sameValue } from '../../model/history.ts';
import { isMarked, nameText } from '../../model/names.ts';
import { counted } from '../../model/numbers.ts';
import { fieldText, profileChanges, profileFields, readField } from '../../model/profile.ts';
import type { Field as Attribute, ProfileChanges } from '../../model/profile.ts';
import { failure, say, warn, write } from '../../org/changes.ts';
import type { Going } from '../../org/changes.ts';
import { updated } from '../../org/groups.ts';
import { asPerson } from '../../org/person.ts';
import { groupSchema, needGroupSchema, readGroupSchema } from '../../org/schema.ts';
import { client, theClient } from '../../org/session.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { FailedNote } from '../../ui/failed.tsx';
import type { Failed } from '../../ui/failed.tsx';
import { Field } from '../../ui/field.tsx';
import { GoingNote } from '../../ui/going.tsx';
import { Name } from '../../ui/name.tsx';
import { Loading, Waits } from '../../ui/states.tsx';
import { noteMissed, unwritable } from './about.ts';
import type { Draft } from './group.tsx';

interface Review {
  changes: ProfileChanges;
  theirs: Group;
}

/** The tab *Profile*. */
export default function Profile({
  group,
  draft,
}: {
  group: Group;
  draft: Signal<Draft | undefined>;
}): JSX.Element {
  useEffect(needGroupSchema, []);
  const state = groupSchema.state.value;
  const form = useRef<HTMLFormElement>(null);
  const faults = useSignal<Readonly<Record<string, string>>>({});
  const problem = useSignal<Failed | undefined>(undefined);
  const reading = useSignal<AbortController | undefined>(undefined);
  const going = useSignal<Going | undefined>(undefined);
  const review = useSignal<Review | undefined>(undefined);
  const isShown = useRef(true);
  useEffect(() => () => void (isShown.current = false), []);
  if (state.state === 'loading') return <Loading text="Loading: the attributes of groups…" />;

  const { profile, id } = group;
  const fields = profileFields(profile, state.state === 'ready' ? state.value : undefined);
  const why = unwritable(group);
  const texts = draft.value?.texts ?? {};
  const edited = fields.filter(({ name }) => Object.hasOwn(texts, name));

  const type = (field: Attribute, text: string) => {
    const base = draft.value?.base ?? group;
    const next = { ...texts };
    if (text === fieldText(field, base.profile[field.name])) delete next[field.name];
    else next[field.name] = text;
    draft.value = Object.keys(next).length > 0 ? { base, texts: next } : undefined;
    if (faults.value[field.name] !== undefined) {
      const { [field.name]: _, ...rest } = faults.value;
      faults.value = rest;
    }
  };
  const mark = (found: Readonly<Record<string, string>>) => {
    faults.value = found;
    // The first of them gets the focus once it is drawn as wrong.
    const first = fields.find(({ name }) => Object.hasOwn(found, name));
    requestAnimationFrame(
      () => first && form.current?.querySelector<HTMLElement>(`[name="${CSS.escape(first.name)}"]`)?.focus(),
    );
  };
  const tell = (what: string, error: unknown) => {
    noteMissed(error);
    if (isShown.current) problem.value = { what, error };
    else warn(what, error);
  };

  /** Checks what was typed, and reads the group anew to compare. */
  const compare = async () => {
    const kept = draft.value;
    if (!kept || reading.value || review.value) return;
    problem.value = undefined;
    const found: Record<string, string> = {};
    const mine: Record<string, unknown> = {};
    for (const field of edited) {
      const read = readField(field, texts[field.name] ?? '');
      if (read.fault !== undefined) found[field.name] = `${read.fault}.`;
      else mine[field.name] = read.value;
    }
    if (Object.keys(found).length > 0) {
      mark(found);
      return;
    }
    const { signal } = (reading.value = new AbortController());
    try {
      const org = await client();
      const theirs = await asPerson(async () => org.groups.get(id, { expand: ['stats', 'app'], signal }));
      const changes = profileChanges(kept.base.profile, mine, theirs.profile);
      if (Object.keys(changes.patch).length === 0) {
        draft.value = undefined;
        updated(theirs);
        say('The org has these values already. Nothing was changed.');
      } else if (isShown.current) review.value = { changes, theirs };
    } catch (error) {
      tell('The group could not be read again, so nothing was saved.', error);
    } finally {
      reading.value = undefined;
    }
  };

  const save = async ({ theirs }: Review, patch: Readonly<Record<string, unknown>>) => {
    const before = theirs.profile;
    const named = { id, name: before.name };
    if (Object.keys(patch).length === 0) {
      review.value = undefined;
      draft.value = undefined;
      updated(theirs);
      say('What others saved was kept. Nothing was changed.');
      return;
    }
    const done = (now: Group) => {
      draft.value = undefined;
      updated(now);
      // What others saved in the same moment is no change of this page: an undo leaves it.
      const own = Object.keys(patch).map((name) => [name, now.profile[name]]);
      const after = { ...before, ...Object.fromEntries(own) };
      return { kind: 'profile-changed', group: { id, name: now.profile.name }, before, after } as const;
    };
    try {
      await write(
        `Save the profile of ${nameText(named.name)}`,
        async (signal) => done(await theClient().groups.update(id, patch, { signal })),
        async (signal) => {
          const now = await theClient().groups.get(id, { signal });
          const isDone = Object.entries(patch).every(([name, value]) => sameValue(now.profile[name], value));
          return isDone ? done(now) : undefined;
        },
        (now) => (going.value = now),
      );
      faults.value = {};
      review.value = undefined;
    } catch (error) {
      review.value = undefined;
      const found = refusedFields(error, fields);
      if (Object.keys(found).length > 0 && isShown.current) mark(found);
      else tell(failure(error, `The profile of ${nameText(named.name)} was not saved.`), error);
    }
  };

  const isUnread = state.state === 'failed' || state.state === 'cancelled';
  return (
    <>
      {why !== undefined && <p class="banner">{why}</p>}
      {isUnread && (
        <div class="hint actions">
          <p>
            {state.state === 'failed' && isOktaError(state.error, 'forbidden')
              ? 'The org does not let the console read its schema (okta.schemas.read): attributes are shown by the values that they have.'
              : 'The org’s schema could not be read: attributes are shown by the values that they have.'}
          </p>
          <Button kind="quiet" action={readGroupSchema}>
            Read the schema
          </Button>
        </div>
      )}
      <form
        class="profile"
        ref={form}
        noValidate
        onSubmit={(event) => event.preventDefault()}
        onKeyDown={(event) => {
          if (event.key !== 'Enter' || !(event.target instanceof HTMLInputElement)) return;
          event.preventDefault();
          // A held Enter saves once.
          if (!event.repeat && !event.isComposing) void compare();
        }}
      >
        {fields.map((field) => (
          <Input
            key={field.name}
            field={field}
            text={texts[field.name] ?? fieldText(field, profile[field.name])}
            isChanged={Object.hasOwn(texts, field.name)}
            fault={faults.value[field.name]}
            isFixed={why !== undefined || field.isReadOnly}
            type={(text) => type(field, text)}
          />
        ))}
        <FailedNote of={problem} />
        {why === undefined && (
          <div class="actions">
            <Button
              kind="primary"
              action={compare}
              busy={reading.value !== undefined}
              disabled={edited.length === 0}
            >
              {reading.value ? 'Reading the group again…' : 'Save…'}
            </Button>
            {reading.value ? (
              <Button action={() => reading.value?.abort()}>Cancel</Button>
            ) : (
              edited.length > 0 && (
                <Button
                  action={() => {
                    draft.value = undefined;
                    faults.value = {};
                    form.current?.querySelector<HTMLElement>('input, textarea, select')?.focus();
                  }}
                >
                  Take back {counted(edited.length, 'edit')}
                </Button>
              )
            )}
            <p role="status" class="said">
              {reading.value ? (
                <Waits />
              ) : (
                edited.length > 0 && `${counted(edited.length, 'attribute')} edited, not saved.`
              )}
            </p>
          </div>
        )}
      </form>
      <details>
        <summary>As JSON</summary>
        <pre class="json">{JSON.stringify(profile, undefined, 2)}</pre>
      </details>
      {review.value && (
        <ReviewDialog
          review={review.value}
          fields={fields}
          save={save}
          going={going.value}
          close={() => (review.value = undefined)}
        />
      )}
    </>
  );
}

/** What the org refused, by attribute: its causes begin with the attribute's name. */
function refusedFields(error: unknown, fields: readonly Attribute[]): Record<string, string> {
  if (!isOktaError(error)) return {};
  const { code, causes = [] } = error as { code?: string; causes?: readonly string[] };
  const found: Record<string, string> = {};
  if (code === 'E0000055') found['name'] = TAKEN;
  if (!isOktaError(error, 'bad-request')) return found;
  for (const cause of causes) {
    const [, name = '', words = ''] = /^(?:profile\.)?([\w$]+):\s*(.*)$/s.exec(cause) ?? [];
    if (!fields.some((field) => field.name === name)) return {};
    found[name] = /already exists/i.test(words) ? TAKEN : words;
  }
  return found;
}

const TAKEN = 'Another group of the org has this name already. Choose another one.';

function Input({
  field,
  text,
  isChanged,
  fault,
  isFixed,
  type,
}: {
  field: Attribute;
  text: string;
  isChanged: boolean;
  fault: string | undefined;
  isFixed: boolean;
  type: (text: string) => void;
}): JSX.Element {
  const { name, title, description, values, type: kind, isRequired, isCustom } = field;
  const hints: ComponentChildren[] = [
    isChanged && <strong>edited</strong>,
    isCustom && (
      <>
        <code>{name}</code> ({kind === 'json' ? 'JSON' : kind})
      </>
    ),
    description !== undefined && isCustom && <Name text={description} />,
    kind === 'array' && 'one value in each line',
    isMarked(text.replaceAll('\n', '')) && kind === 'string' && (
      <>
        reads as <Name text={text} />
      </>
    ),
  ].filter(Boolean);
  const hint = hints.length > 0 && (
    <>
      {hints.map((each, index) => (
        <>
          {index > 0 && ' · '}
          {each}
        </>
      ))}
    </>
  );
  return (
    <Field label={isRequired ? `${title} (required)` : title} hint={hint || undefined} error={fault}>
      {(attributes) => {
        const common = {
          ...attributes,
          name,
          readOnly: isFixed,
          'aria-required': isRequired,
          onInput: (event: { currentTarget: { value: string } }) => type(event.currentTarget.value),
        };
        const options =
          kind === 'boolean'
            ? [
                { value: 'true', label: 'true' },
                { value: 'false', label: 'false' },
              ]
            : kind !== 'array'
              ? values
              : undefined;
        if (options && !isFixed) {
          const isOdd = text !== '' && !options.some(({ value }) => String(value) === text);
          return (
            <select
              {...attributes}
              name={name}
              value={text}
              onChange={(event) => type(event.currentTarget.value)}
            >
              <option value="">(no value)</option>
              {isOdd && <option value={text}>{text}</option>}
              {options.map(({ value, label }) => (
                <option key={value} value={String(value)}>
                  {label}
                </option>
              ))}
            </select>
          );
        }
        const lines = kind === 'array' || kind === 'json' || name === 'description' || text.includes('\n');
        if (lines) {
          return (
            <textarea
              {...common}
              class={kind === 'json' ? 'code' : ''}
              spellcheck={kind === 'string'}
              rows={Math.min(8, Math.max(2, text.split('\n').length))}
              value={text}
            />
          );
        }
        return (
          <input
            {...common}
            type="text"
            autocomplete="off"
            inputMode={kind === 'integer' ? 'numeric' : kind === 'number' ? 'decimal' : undefined}
            value={text}
          />
        );
      }}
    </Field>
  );
}

/** What will be saved, what others changed since the editor was opened, and what both changed. */
function ReviewDialog({
  review,
  fields,
  save,
  going,
  close,
}: {
  review: Review;
  fields: readonly Attribute[];
  save: (review: Review, patch: Readonly<Record<string, unknown>>) => Promise<void>;
  going: Going | undefined;
  close: () => void;
}): JSX.Element {
  const { changes, theirs } = review;
  const takesTheirs = useSignal<ReadonlySet<string>>(new Set());
  const patch = Object.fromEntries(
    Object.entries(changes.patch).filter(([name]) => !takesTheirs.value.has(name)),
  );
  const title = (name: string): string => fields.find((field) => field.name === name)?.title ?? name;
  const value = (name: string, of: unknown): ComponentChildren => {
    if (of === undefined || of === null || of === '') return <span class="muted">(no value)</span>;
    const field = fields.find((each) => each.name === name);
    return <Name text={field ? fieldText(field, of) : JSON.stringify(of)} />;
  };
  const rows = (heads: readonly string[], all: readonly (readonly [string, unknown, unknown])[]) => (
    <table class="plain values">
      <thead>
        <tr>
          {heads.map((head) => (
            <th key={head} scope="col">
              {head}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {all.map(([name, from, to]) => (
          <tr key={name}>
            <th scope="row">{title(name)}</th>
            <td>{value(name, from)}</td>
            <td>{value(name, to)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
  const count = Object.keys(patch).length;
  return (
    <Dialog
      wide
      title={
        <>
          Save the profile of <Name text={theirs.profile.name} />?
        </>
      }
      close={() => going || close()}
    >
      {changes.mine.length > 0 &&
        rows(
          ['Attribute', 'In the org now', 'Yours'],
          changes.mine.map(({ name, from, to }) => [name, from, to]),
        )}
      {changes.conflicts.length > 0 && (
        <>
          <h3>Changed elsewhere as well, since you began</h3>
          {changes.conflicts.map(({ name, base, mine, theirs: other }) => (
            <fieldset key={name} class="choice">
              <legend>
                {title(name)}: it was {value(name, base)}
              </legend>
              <label>
                <input
                  type="radio"
                  name={`keep-${name}`}
                  checked={!takesTheirs.value.has(name)}
                  onChange={() =>
                    (takesTheirs.value = new Set([...takesTheirs.value].filter((each) => each !== name)))
                  }
                />
                <span>Save yours: {value(name, mine)}</span>
              </label>
              <label>
                <input
                  type="radio"
                  name={`keep-${name}`}
                  checked={takesTheirs.value.has(name)}
                  onChange={() => (takesTheirs.value = new Set([...takesTheirs.value, name]))}
                />
                <span>Keep theirs: {value(name, other)}</span>
              </label>
            </fieldset>
          ))}
        </>
      )}
      {changes.theirs.length > 0 && (
        <>
          <h3>Changed elsewhere meanwhile; stays as it is</h3>
          {rows(
            ['Attribute', 'Was', 'In the org now'],
            changes.theirs.map(({ name, from, to }) => [name, from, to]),
          )}
        </>
      )}
      <GoingNote going={going} />
      <div class="actions">
        <Button kind="primary" busy={going !== undefined} action={() => save(review, patch)}>
          {going ? 'Saving…' : count === 0 ? 'Keep what others saved' : `Save ${counted(count, 'attribute')}`}
        </Button>
        <Button action={() => (going ? going.cancel() : close())}>
          {going ? 'Cancel' : 'Go on editing'}
        </Button>
      </div>
    </Dialog>
  );
}
