import { useSignal } from '@preact/signals';
import type { JSX } from 'preact';
import { useEffect, useRef } from 'preact/hooks';

import { COLUMNS, DEFAULT_COLUMNS } from '../../model/address.ts';
import { chipsOf } from '../../model/chips.ts';
import { counting, normal } from '../../model/conditions.ts';
import type { Conditions } from '../../model/conditions.ts';
import { dayText, daysAgo } from '../../model/days.ts';
import { seenSources, typeName } from '../../model/row.ts';
import type { OwnKey } from '../../model/rows.ts';
import { version } from '../../org/groups.ts';
import { readOnly } from '../../org/session.ts';
import { Button } from '../../ui/button.tsx';
import { Field } from '../../ui/field.tsx';
import { Lazy } from '../../ui/lazy.tsx';
import { Menu } from '../../ui/menu.tsx';
import { Name } from '../../ui/name.tsx';
import { address } from '../../ui/route.ts';
import { useMedia } from '../../ui/waiting.tsx';
import { exporting, exportOf } from './exporting.ts';
import { TITLES } from './titles.ts';
import { attributes, change, learn, narrow, narrowing, needAttributes, shown } from './state.ts';
import { Views } from './views.tsx';

// The next thing may be a search, or selecting.
Promise.all([learn(), import('./select.ts')]).catch(() => undefined);

const loadExpression = () => import('./expression.tsx');
const loadNew = () => import('./create.tsx');
const loadExport = () => import('./export.tsx');

/** Chips, the expression, views, columns, export, a new group. */
export default function Bar(): JSX.Element {
  version.value;
  const by = narrowing.value;
  const isWriting = useSignal(false);
  const isNew = useSignal(false);
  const conditions = by?.conditions ?? {};
  const isText = by?.text !== undefined;
  const isEditor = isWriting.value || by?.fault !== undefined;
  const isNarrow = useMedia('(max-width: 48rem)');
  const isOpen = useSignal(false);
  const set = Object.keys(conditions).filter((key) => key !== 'text').length + (isText ? 1 : 0);
  const box = useRef<HTMLDivElement>(null);
  const newGroup = (
    <Button
      kind="primary"
      disabled={readOnly.value !== undefined}
      title={readOnly.value}
      action={() => (isNew.value = true)}
    >
      New group
    </Button>
  );
  return (
    <div class="groups-bar keeps-focus" role="group" aria-label="What is listed" ref={box} tabIndex={-1}>
      {isNarrow && (
        <div class="groups-tools">
          <Button aria-expanded={isOpen.value} action={() => (isOpen.value = !isOpen.value)}>
            Conditions and columns{set > 0 && ` (${set})`}
          </Button>
          {newGroup}
        </div>
      )}
      {(!isNarrow || isOpen.value) && (
        <div class="groups-tools">
          <div class="chips" role="group" aria-label="Conditions">
            {isText ? (
              <span class="chip">
                <code>{by.text}</code>
                <Remove label="Remove the expression" action={() => narrow(counting(conditions))} />
              </span>
            ) : (
              <Chips conditions={conditions} />
            )}
            <Toggle
              text={
                conditions.empty && shown.value?.list.isComplete === false
                  ? 'No members (of those read)'
                  : 'No members'
              }
              isOn={conditions.empty === true}
              conditions={conditions}
              to={({ empty, ...rest }) => (empty ? rest : { ...rest, empty: true })}
            />
          </div>
          <div class="actions">
            <Button
              class="groups-edit"
              aria-expanded={isEditor}
              action={() => (isWriting.value = !isWriting.value)}
            >
              Expression
            </Button>
            <Views />
            <Columns />
            <Menu title="Export">
              {(close) => (
                <>
                  <Button action={() => (close(), exportOf('shown'))}>What is shown…</Button>
                  <Button action={() => (close(), exportOf('found'))}>
                    {by?.search === undefined ? 'All groups of the org…' : 'All that the search finds…'}
                  </Button>
                </>
              )}
            </Menu>
            {!isNarrow && newGroup}
          </div>
        </div>
      )}
      {isEditor && (
        <Lazy
          load={loadExpression}
          what="The editor of expressions"
          props={{
            close: () => {
              isWriting.value = false;
              box.current?.querySelector<HTMLElement>('.groups-edit')?.focus();
            },
          }}
        />
      )}
      {exporting.value && <Lazy load={loadExport} what="The export" props={{}} />}
      {isNew.value && (
        <Lazy load={loadNew} what="The form of a new group" props={{ close: () => (isNew.value = false) }} />
      )}
    </div>
  );
}

function Remove({ label, action }: { label: string; action: () => void }): JSX.Element {
  return (
    <Button kind="quiet" label={label} action={action}>
      ✕
    </Button>
  );
}

/** A chip that is on or off. */
function Toggle({
  text,
  isOn,
  conditions,
  to,
}: {
  text: string;
  isOn: boolean;
  conditions: Conditions;
  to: (conditions: Conditions) => Conditions;
}): JSX.Element {
  const { search } = address.value;
  return (
    <Button
      class="chip"
      aria-pressed={isOn}
      action={() => {
        // An expression that chips cannot show stays beside the conditions that rows decide.
        if (narrowing.peek()?.text !== undefined) change({ search, conditions: to(conditions) });
        else narrow(to(conditions));
      }}
    >
      {text}
    </Button>
  );
}

const TYPES = ['OKTA_GROUP', 'APP_GROUP', 'BUILT_IN'];

function Chips({ conditions }: { conditions: Conditions }): JSX.Element {
  version.value;
  const { types = [], stale } = conditions;
  const year = daysAgo(365, Date.now());
  const others = chipsOf(conditions, seenSources).filter(
    ({ key }) => key !== 'types' && key !== 'empty' && key !== 'stale' && key !== 'text',
  );
  const further = types.filter((type) => !TYPES.includes(type));
  return (
    <>
      {[...TYPES, ...further].map((type) => (
        <Toggle
          key={type}
          text={typeName(type)}
          isOn={types.includes(type)}
          conditions={conditions}
          to={({ types: old = [], ...rest }) => ({
            ...rest,
            types: old.includes(type) ? old.filter((each) => each !== type) : [...old, type],
          })}
        />
      ))}
      <Menu title="Sources">{() => <Sources conditions={conditions} />}</Menu>
      <Toggle
        text={
          stale === undefined || stale === year
            ? 'Not changed for a year'
            : `Not changed since ${dayText(stale)}`
        }
        isOn={stale !== undefined}
        conditions={conditions}
        to={({ stale: old, ...rest }) => (old === undefined ? { ...rest, stale: year } : rest)}
      />
      {others.map(({ key, label, without }) => (
        <span key={key} class="chip" aria-label={label}>
          <Name text={label} />
          <Remove label={`Remove: ${label}`} action={() => narrow(without)} />
        </span>
      ))}
      <Menu title="More">{() => <More conditions={conditions} />}</Menu>
    </>
  );
}

/** The apps that groups come from. */
function Sources({ conditions }: { conditions: Conditions }): JSX.Element {
  const { sources = [] } = conditions;
  const known = new Map([...sources.map((id): [string, string] => [id, id]), ...seenSources]);
  return (
    <>
      {known.size === 0 && <p class="muted">No group that was read comes from an app.</p>}
      {[...known].map(([id, label]) => (
        <label key={id} class="check">
          <input
            type="checkbox"
            checked={sources.includes(id)}
            onChange={({ currentTarget: { checked } }) =>
              narrow(
                normal({
                  ...conditions,
                  sources: checked ? [...sources, id] : sources.filter((each) => each !== id),
                }),
              )
            }
          />
          <Name text={label} />
        </label>
      ))}
    </>
  );
}

/** Conditions that have no chip yet. */
function More({ conditions }: { conditions: Conditions }): JSX.Element {
  const { startsWith, stale, created = {}, size = {} } = conditions;
  const put = (own: Conditions): void => narrow(normal({ ...conditions, ...own }));
  const number = (text: string): number | undefined =>
    /^\d{1,9}$/.test(text.trim()) ? Number(text) : undefined;
  return (
    <>
      <Field label="Name starts with">
        {(attributes) => (
          <input
            {...attributes}
            value={startsWith ?? ''}
            onChange={({ currentTarget: { value } }) => {
              const { startsWith: _old, ...rest } = conditions;
              narrow(normal(value === '' ? rest : { ...rest, startsWith: value }));
            }}
          />
        )}
      </Field>
      <Field label="Not changed since">
        {(attributes) => (
          <input
            {...attributes}
            type="date"
            value={stale ?? ''}
            onChange={({ currentTarget: { value } }) => {
              const { stale: _old, ...rest } = conditions;
              narrow(normal(value === '' ? rest : { ...rest, stale: value }));
            }}
          />
        )}
      </Field>
      <div class="two">
        <Field label="Created from">
          {(attributes) => (
            <input
              {...attributes}
              type="date"
              value={created.from ?? ''}
              onChange={({ currentTarget: { value } }) => put({ created: { ...created, from: value } })}
            />
          )}
        </Field>
        <Field label="Created until">
          {(attributes) => (
            <input
              {...attributes}
              type="date"
              value={created.to ?? ''}
              onChange={({ currentTarget: { value } }) => put({ created: { ...created, to: value } })}
            />
          )}
        </Field>
        <Field label="Members at least">
          {(attributes) => (
            <input
              {...attributes}
              inputMode="numeric"
              value={size.min ?? ''}
              onChange={({ currentTarget: { value } }) => {
                const { min: _old, ...rest } = size;
                const min = number(value);
                put({ size: min === undefined ? rest : { ...rest, min } });
              }}
            />
          )}
        </Field>
        <Field label="Members at most">
          {(attributes) => (
            <input
              {...attributes}
              inputMode="numeric"
              value={size.max ?? ''}
              onChange={({ currentTarget: { value } }) => {
                const { max: _old, ...rest } = size;
                const max = number(value);
                put({ size: max === undefined ? rest : { ...rest, max } });
              }}
            />
          )}
        </Field>
      </div>
      <p class="hint">
        Okta’s search knows no numbers of members: they are tested among the groups that were read.
      </p>
    </>
  );
}

/** Which columns, and how high the rows are. */
function Columns(): JSX.Element {
  const { density } = address.value;
  return (
    <Menu title="Columns">
      {() => (
        <>
          {COLUMNS.map((key) => (
            <ColumnCheck key={key} column={key} title={TITLES[key as OwnKey]} />
          ))}
          <AttributeColumns />
          <label class="check">
            <input
              type="checkbox"
              checked={density === 'compact'}
              onChange={({ currentTarget: { checked } }) =>
                change({ density: checked ? 'compact' : undefined }, { replace: true })
              }
            />
            Low rows
          </label>
        </>
      )}
    </Menu>
  );
}

/** Shows a column, or not. */
function ColumnCheck({ column, title }: { column: string; title: string }): JSX.Element {
  const { columns = DEFAULT_COLUMNS } = address.value;
  return (
    <label class="check">
      <input
        type="checkbox"
        checked={columns.includes(column)}
        onChange={({ currentTarget: { checked } }) => {
          const others = columns.filter((each) => each !== column);
          change({ columns: checked ? [...others, column] : others }, { replace: true });
        }}
      />
      <Name text={title} />
    </label>
  );
}

/** The org's own attributes as columns, by the titles of its schema where the token may read it. */
function AttributeColumns(): JSX.Element | undefined {
  version.value;
  useEffect(needAttributes, []);
  const part = attributes.value;
  const { columns = DEFAULT_COLUMNS } = address.value;
  const names = part?.attributeNames(columns) ?? [];
  if (names.length === 0) return undefined;
  return (
    <fieldset>
      <legend>Attributes of the org</legend>
      {names.map((name) => (
        <ColumnCheck key={name} column={`profile.${name}`} title={part?.attributeTitle(name) ?? name} />
      ))}
    </fieldset>
  );
}
