// The third and the fourth step: a run as it goes on, and its report.
import { useComputed, useSignal } from '@preact/signals';
import type { JSX } from 'preact';
import { useEffect, useReducer } from 'preact/hooks';

import { isWhole, planTotals, plansOf, reportRows, stays } from '../../model/bulk.ts';
import type { FailedWrite, ReportRow, WriteStatus } from '../../model/bulk.ts';
import { counted, grouped } from '../../model/numbers.ts';
import { duration } from '../../model/time.ts';
import { changes, undo } from '../../org/changes.ts';
import { longestWait } from '../../org/log.ts';
import { orgName, readOnly } from '../../org/session.ts';
import { Button } from '../../ui/button.tsx';
import { ErrorNote, wordsOf } from '../../ui/error.tsx';
import { Grid } from '../../ui/grid.tsx';
import type { Column } from '../../ui/grid.tsx';
import { GroupName, Person } from '../../ui/known.tsx';
import { Name } from '../../ui/name.tsx';
import { saveFile } from '../../ui/save.ts';
import { Countdown, useMedia } from '../../ui/states.tsx';
import { clearList } from './draft.ts';
import {
  backToInput,
  ending,
  failures,
  groupName,
  lastChange,
  outcome,
  pause,
  phase,
  planText,
  planned,
  problem,
  progress,
  reportText,
  resume,
  retryFailed,
  stop,
  timeLeft,
} from './job.ts';
import { Chips, Chosen } from './table.tsx';

/** Names the one group of the plan, or counts them. */
function Where(): JSX.Element | undefined {
  const plans = planned.value ? plansOf(planned.value.plan) : [];
  if (plans.length !== 1) return <>{counted(plans.length, 'group')}</>;
  return <Name text={groupName(plans[0]?.groupId ?? '')} />;
}

const TITLES = {
  running: 'Running',
  pausing: 'Pausing',
  stopping: 'Stopping',
  paused: 'Paused',
} as const;

export function RunView(): JSX.Element {
  const now = phase.value as keyof typeof TITLES;
  const { total, done, failed, endsAt, isReading, read } = progress.value;
  const wait = longestWait.value;
  const [, tick] = useReducer((count: number) => count + 1, 0);
  useEffect(() => {
    // The time that is left goes down while the run waits.
    const timer = setInterval(() => tick(0), 1000);
    return () => clearInterval(timer);
  }, []);
  const active = useSignal(0);
  const isNarrow = useMedia('(max-width: 48rem)');
  const isMany = planned.value !== undefined && plansOf(planned.value.plan).length > 1;
  const failure = failures.value[active.value];
  const settled = done + failed;
  // A screen reader hears of every tenth.
  const tenth = total > 0 ? Math.floor((10 * settled) / total) * 10 : 0;
  return (
    <div class="bulk">
      <h2>
        {planned.value?.undoes !== undefined && 'Undo, '}
        {planned.value?.undoes === undefined ? TITLES[now] : TITLES[now].toLowerCase()}: <Where />
      </h2>
      <progress aria-label="Writes done" max={Math.max(1, total)} value={settled} />
      <p>
        <strong>{grouped(done)}</strong> of {counted(total, 'write')} done
        {failed > 0 && <>, {grouped(failed)} failed</>}
        {now === 'running' && (
          <>
            {', '}
            <span class="eta">
              {isReading
                ? `${planned.value?.undoes === undefined ? 'reading the members again' : 'looking at the members'}: ${grouped(read)} so far`
                : endsAt === undefined
                  ? 'the time that is left is not known yet'
                  : `about ${timeLeft(endsAt)} left`}
            </span>
          </>
        )}
        {now === 'stopping' && '. Writes under way settle, for at most two seconds.'}
        {now === 'running' && wait && (
          <>
            {' '}
            (the org’s limit opens in <Countdown until={wait.until} />)
          </>
        )}
      </p>
      <p role="status" class="unseen">
        {TITLES[now]}: {tenth} % done
      </p>
      <div class="actions">
        {now === 'paused' ? (
          <Button
            kind="primary"
            action={resume}
            disabled={readOnly.value !== undefined}
            title={readOnly.value}
          >
            Go on
          </Button>
        ) : (
          <Button action={pause} disabled={now !== 'running'}>
            Pause
          </Button>
        )}
        <Button kind="danger" action={stop} disabled={now === 'stopping'}>
          Stop
        </Button>
        {now === 'paused' && <SaveRest />}
      </div>
      <p class="muted">
        {now === 'paused'
          ? 'Nothing is sent while the run is paused. Reloading the page forgets it: save the rest before.'
          : 'The run goes on while another screen is shown. Closing the page ends it.'}
      </p>
      {failures.value.length > 0 && (
        <>
          <Grid
            label="Writes that failed"
            rows={failures.value}
            keyOf={({ groupId, userId }) => `${groupId} ${userId}`}
            active={active.value}
            activate={(index) => (active.value = index)}
            columns={columnsOf<FailedWrite>(isMany, isNarrow, (row) => row.error)}
          />
          {failure && <Chosen userId={failure.userId} why={wordsOf(failure.error)} />}
        </>
      )}
    </div>
  );
}

function columnsOf<Row extends { groupId: string; userId: string; op: string }>(
  isMany: boolean,
  isNarrow: boolean,
  errorOf: (row: Row) => unknown,
): Column<Row>[] {
  return [
    { id: 'op', title: 'Write', width: '4.5rem', cell: ({ op }) => op },
    {
      id: 'person',
      title: 'Person',
      width: 'minmax(7rem, 2fr)',
      cell: ({ userId }) => (userId ? <Person id={userId} /> : ''),
    },
    ...(isMany && !isNarrow
      ? [
          {
            id: 'group',
            title: 'Group',
            width: 'minmax(6rem, 1fr)',
            cell: ({ groupId }: Row) => <GroupName id={groupId} />,
          },
        ]
      : []),
    {
      id: 'why',
      title: 'Why',
      width: 'minmax(6rem, 2fr)',
      cell: (row) => {
        const error = errorOf(row);
        return error === undefined ? '' : <bdi>{wordsOf(error)}</bdi>;
      },
    },
  ];
}

function SaveRest(): JSX.Element | undefined {
  const rest = outcome.value?.rest;
  if (!rest) return undefined;
  return (
    <Button
      action={async () =>
        saveFile(`members-rest-${orgName.value}.json`, await planText(rest), 'application/json')
      }
    >
      Save the rest
    </Button>
  );
}

const STATUS_WORDS: Readonly<Record<WriteStatus, string>> = {
  'group refused': 'Group refused',
  failed: 'Failed',
  'not attempted': 'Not attempted',
  withheld: 'Withheld',
  done: 'Done',
  'already so': 'Already so',
};

const ENDINGS = {
  stopped: 'You stopped the run.',
  unauthorized: 'The run stopped: the sign-in is missing or has expired (401).',
  forbidden: 'The run stopped at the first write that the org refused (403). The console only reads now.',
  connection: 'The run stopped: the server did not answer several times in a row.',
  lag: 'The org’s list of members does not show the change yet that the run takes back: go on later.',
} as const;

export function ReportView(): JSX.Element | undefined {
  const pressed = useSignal<ReadonlySet<WriteStatus>>(new Set());
  const active = useSignal(0);
  const isNarrow = useMedia('(max-width: 48rem)');
  const rows = useComputed(() => (outcome.value ? reportRows(outcome.value) : []));
  const shown = useComputed(() =>
    pressed.value.size === 0 ? rows.value : rows.value.filter(({ status }) => pressed.value.has(status)),
  );
  const result = outcome.value;
  const plan = planned.value?.plan;
  if (!result || !plan) return undefined;
  const undoes = planned.value?.undoes;
  const kept = stays(plan, result);
  const { done, alreadyOk, failed, notAttempted, withheld, rest, requests, retries, waitedMs, durationMs } =
    result;
  const added = done.filter(({ op }) => op === 'add').length;
  const counts = new Map<WriteStatus, number>();
  for (const { status } of rows.value) counts.set(status, (counts.get(status) ?? 0) + 1);
  const isMany = plansOf(plan).length > 1;
  const change = changes.value.find(({ id }) => id === lastChange.value?.id);
  const chosen = shown.value[active.value];
  const left = rest ? planTotals(rest).add + planTotals(rest).remove : 0;
  const columns = columnsOf<ReportRow>(isMany, isNarrow, (row) => row.error).filter(
    ({ id }) => id !== 'why' || rows.value.some(({ error }) => error !== undefined),
  );
  return (
    <div class="bulk">
      <h2>
        {undoes === undefined ? 'Report' : 'Report of the undo'}: <Where />
      </h2>
      {undoes !== undefined && (
        <p>
          It took back: <bdi>{undoes}</bdi>.
        </p>
      )}
      <p role="status">
        {isWhole(result)
          ? `All of the ${undoes === undefined ? 'plan' : 'undo'} is done. `
          : ending.value
            ? `${ENDINGS[ending.value]} `
            : ''}
        Added {grouped(added)}, removed {grouped(done.length - added)}
        {failed.length > 0 && `, ${grouped(failed.length)} failed`}
        {notAttempted.length > 0 && `, ${grouped(notAttempted.length)} not attempted`}.
        {undoes !== undefined &&
          alreadyOk.length > 0 &&
          ` ${counted(alreadyOk.length, 'write was', 'writes were')} not needed: others had made the change already.`}
        {undoes !== undefined &&
          kept > 0 &&
          ` ${counted(kept, 'person stays', 'people stay')}: a rule put them there meanwhile.`}
      </p>
      {withheld.length > 0 && (
        <p class="banner">
          {counted(withheld.length, 'removal')} withheld, since too many adds failed: a list of wrong ids is
          not to empty a group.
        </p>
      )}
      {problem.value && (
        <ErrorNote
          what={
            problem.value.text ? `The rest was refused. ${problem.value.text}` : 'The rest was not applied.'
          }
          error={problem.value.error}
        />
      )}
      <p class="muted">
        {counted(requests, 'request')}, {counted(retries, 'retry', 'retries')}, {duration(durationMs)}
        {waitedMs > 1000 && `, of which calls waited for the rate limit`}
      </p>
      <div class="actions">
        {left > 0 && !readOnly.value && (
          <Button kind="primary" action={resume}>
            {`Go on with the rest: ${counted(left, 'write')}`}
          </Button>
        )}
        {failed.length > 0 && failed.length < left && !readOnly.value && (
          <Button action={retryFailed}>{`Retry ${grouped(failed.length)} failed`}</Button>
        )}
        {change?.undo && change.state === 'done' && !readOnly.value && (
          <Button action={() => undo(change)}>Undo</Button>
        )}
        <SaveRest />
        <Button
          action={async () =>
            saveFile(
              `members-report-${orgName.value}.json`,
              await reportText(result, plan),
              'application/json',
            )
          }
        >
          Save the report (JSON)
        </Button>
        <Button
          action={async () => {
            const { reportCsv } = await import('./csv.ts');
            saveFile(`members-report-${orgName.value}.csv`, reportCsv(rows.value), 'text/csv');
          }}
        >
          Save the report (CSV)
        </Button>
        <Button
          action={() => {
            clearList();
            backToInput();
          }}
        >
          New change
        </Button>
      </div>
      {left > 0 && (
        <p class="muted">Reloading the page forgets what is left: save the rest, and open it here later.</p>
      )}
      <Chips
        label="Filter by what came of it"
        counts={[...counts]}
        words={STATUS_WORDS}
        pressed={pressed.value}
        press={(next) => {
          pressed.value = next;
          active.value = 0;
        }}
      />
      <Grid
        label="The report"
        rows={shown.value}
        keyOf={({ key }) => key}
        active={active.value}
        activate={(index) => (active.value = index)}
        columns={[
          {
            id: 'status',
            title: 'What came of it',
            width: isNarrow ? '6.5rem' : '9rem',
            cell: ({ status }) => STATUS_WORDS[status],
          },
          ...columns,
        ]}
      />
      {chosen?.error !== undefined && <Chosen userId={chosen.userId} why={wordsOf(chosen.error)} />}
    </div>
  );
}
