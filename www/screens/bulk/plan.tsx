// The second step: what a plan would do, to whom, and how long it takes. Nothing is sent until Apply.
import { useSignal, useSignalEffect } from '@preact/signals';
import type { JSX } from 'preact';

import {
  CHANGE_WORDS,
  ROW_CHANGES,
  countRows,
  filterPlanRows,
  isBlocked,
  limitText,
  planRows,
  planTotals,
  plansOf,
  requestsOf,
  skippedGroups,
} from '../../model/bulk.ts';
import type { PlanRow, RowChange } from '../../model/bulk.ts';
import { counted, grouped } from '../../model/numbers.ts';
import { duration, estimate } from '../../model/time.ts';
import { orgName, readOnly } from '../../org/session.ts';
import { inTurns } from '../../org/turns.ts';
import { Button } from '../../ui/button.tsx';
import { ErrorNote } from '../../ui/error.tsx';
import { Field } from '../../ui/field.tsx';
import { buckets } from '../../ui/gauge.tsx';
import { Grid } from '../../ui/grid.tsx';
import { GroupName, Person } from '../../ui/known.tsx';
import { Name } from '../../ui/name.tsx';
import { hrefOf } from '../../ui/route.ts';
import { saveFile } from '../../ui/save.ts';
import { useMedia } from '../../ui/states.tsx';
import { apply, backToInput, groupName, makePlan, planText, planned, problem } from './job.ts';
import { Chips, Chosen, textOfRow } from './table.tsx';

export function PlanView(): JSX.Element | undefined {
  const rows = useSignal<readonly PlanRow[] | undefined>(undefined);
  const found = useSignal<readonly PlanRow[]>([]);
  const pressed = useSignal<ReadonlySet<RowChange>>(new Set());
  const text = useSignal('');
  const active = useSignal(0);
  useSignalEffect(() => {
    const now = planned.value;
    if (!now) return undefined;
    const turn = new AbortController();
    rows.value = undefined;
    inTurns(planRows(now.plan, now.absent, now.wish?.maxRemovals), turn.signal).then(
      (all) => (rows.value = all),
      () => undefined,
    );
    return () => turn.abort();
  });
  useSignalEffect(() => {
    const turn = new AbortController();
    const wanted = { changes: pressed.value, text: text.value, textOf: textOfRow };
    inTurns(filterPlanRows(rows.value ?? [], wanted), turn.signal).then(
      (some) => {
        found.value = some;
        active.value = 0;
      },
      () => undefined,
    );
    return () => turn.abort();
  });
  const isNarrow = useMedia('(max-width: 48rem)');
  const now = planned.value;
  if (!now) return undefined;
  const { plan, wish, file, undoes } = now;
  const { add, remove, unchanged, groups } = planTotals(plan);
  const isMany = groups !== 1 || skippedGroups(plan).length > 0;
  const only = plansOf(plan)[0];
  const { writes, reads } = requestsOf(plan);
  const bucket = buckets.value.find((each) => each.bucket === 'groups');
  const time = estimate(writes + reads, { bucket, paceMs: 40 });
  const blocked = isBlocked(plan);
  const counts = countRows(rows.value ?? []);
  const chosen = found.value[active.value];
  const warnings = plansOf(plan).flatMap((each) => each.warnings);
  return (
    <div class="bulk">
      <h2>
        {file ? (
          <>
            Plan of <Name text={file} />
          </>
        ) : undoes === undefined ? (
          'Plan'
        ) : (
          'Undo'
        )}{' '}
        for {isMany ? counted(groups, 'group') : <Name text={groupName(only?.groupId ?? '')} />}
      </h2>
      <p role="status">
        <strong>{grouped(add)}</strong> to add, <strong>{grouped(remove)}</strong> to remove,{' '}
        {grouped(unchanged)} as they are.{' '}
        {writes > 0 && (
          <>
            {counted(writes, 'write')}
            {reads > 0 && ` and about ${counted(reads, 'read')}`}: {time.ms >= 1000 && 'about '}
            {duration(time.ms)}
            {bucket && ` at ${grouped(bucket.limit)} requests a minute`}.
          </>
        )}
      </p>
      {remove > 0 && only && (
        <p class="muted">
          {only.maxRemovals === false
            ? 'The plan has no limit on removals.'
            : `The run removes no more than ${limitText(only.maxRemovals)}${isMany ? ' in each group' : ''}.`}{' '}
          {add > 0 && 'It starts with those who are added.'}
        </p>
      )}
      {warnings.map((warning, at) => (
        <p key={at} class="banner">
          {warning}
        </p>
      ))}
      {blocked && (
        <div class="banner">
          <p>
            {counts.unresolved === 1
              ? '1 value names no single user.'
              : `${grouped(counts.unresolved)} values name no single user.`}{' '}
            So the plan removes nobody, and cannot be applied.
          </p>
          {wish && (
            <Button action={() => makePlan({ ...wish, unresolved: 'skip' })}>
              Plan again without them: add the others, remove nobody
            </Button>
          )}
        </div>
      )}
      {problem.value && (
        <ErrorNote
          what={
            problem.value.text ? `The plan was refused. ${problem.value.text}` : 'The plan was not applied.'
          }
          error={problem.value.error}
        />
      )}
      <div class="actions">
        {!readOnly.value && (
          <Button
            kind={remove > 0 ? 'danger' : 'primary'}
            class="primary"
            disabled={blocked || writes === 0}
            action={apply}
          >
            {applyWords(add, remove)}
          </Button>
        )}
        <Button
          action={async () =>
            saveFile(`members-plan-${orgName.value}.json`, await planText(plan), 'application/json')
          }
        >
          Save the plan
        </Button>
        <Button action={backToInput}>Change the list</Button>
      </div>
      {readOnly.value && <p class="muted">The console only reads: {readOnly.value}</p>}
      <div class="filters">
        <Chips
          label="Filter by what happens"
          counts={ROW_CHANGES.filter((change) => counts[change] > 0).map(
            (change) => [change, counts[change]] as const,
          )}
          words={CHANGE_WORDS}
          pressed={pressed.value}
          press={(next) => (pressed.value = next)}
        />
        <Field label="Find in the plan" hint="Ids, values, and names that were shown">
          {(attributes) => (
            <input
              {...attributes}
              type="search"
              value={text.value}
              onInput={(event) => (text.value = event.currentTarget.value)}
            />
          )}
        </Field>
      </div>
      <Grid
        label="The plan"
        rows={found.value}
        keyOf={({ key }) => key}
        active={active.value}
        activate={(index) => (active.value = index)}
        columns={[
          {
            id: 'change',
            title: 'Change',
            width: isNarrow ? '7.5rem' : '11rem',
            cell: ({ change }) => <span class={`change ${change}`}>{CHANGE_WORDS[change]}</span>,
          },
          {
            id: 'person',
            title: 'Person',
            width: 'minmax(8rem, 2fr)',
            cell: ({ userId, value }) => (userId === undefined ? <bdi>{value}</bdi> : <Person id={userId} />),
          },
          ...(isMany
            ? [
                {
                  id: 'group',
                  title: 'Group',
                  width: 'minmax(6rem, 1fr)',
                  cell: ({ groupId }: PlanRow) => (groupId ? <GroupName id={groupId} /> : ''),
                },
              ]
            : []),
          ...(isNarrow
            ? []
            : [
                {
                  id: 'why',
                  title: 'Why',
                  width: 'minmax(8rem, 1fr)',
                  cell: (row: PlanRow) => <Why row={row} />,
                },
              ]),
        ]}
      />
      {chosen && <Chosen userId={chosen.userId} why={[chosen.note, ...(chosen.ids ?? [])].join(' ')} />}
      <p class="said" role="status">
        {rows.value === undefined
          ? 'Loading…'
          : found.value.length === rows.value.length
            ? counted(rows.value.length, 'row')
            : `${grouped(found.value.length)} of ${counted(rows.value.length, 'row')}`}
      </p>
    </div>
  );
}

/** Why a row is as it is: in words, the users that a value may mean, the rules that put a member there. */
function Why({ row: { note, ids = [], change } }: { row: PlanRow }): JSX.Element {
  return (
    <>
      <bdi>{note}</bdi>
      {ids.map((id, at) => (
        <span key={id}>
          {at > 0 || note ? ', ' : ''}
          {change === 'rule-managed' ? (
            <a href={hrefOf('rules', { rule: id })}>
              <code>{id}</code>
            </a>
          ) : (
            <Person id={id} />
          )}
        </span>
      ))}
    </>
  );
}

/** The words of the button: what it does, with numbers. */
function applyWords(add: number, remove: number): string {
  const parts = [
    ...(add > 0 ? [`add ${counted(add, 'person', 'people')}`] : []),
    ...(remove > 0 ? [`remove ${counted(remove, 'person', 'people')}`] : []),
  ];
  return parts.length === 0 ? 'Nothing to apply' : `Apply: ${parts.join(', ')}`;
}
