// The log of requests: one row for each call; its attempts, waits and retries below it, with what Okta's support asks for.
import { useSignal } from '@preact/signals';
import type { JSX } from 'preact';
import { useEffect, useRef } from 'preact/hooks';

import { STATUS_FILTERS, attemptsOf, lastAttempt, passes, stateOf, tookMs } from '../../model/calls-shown.ts';
import type { CallStep, LoggedCall } from '../../model/calls.ts';
import { curlOf } from '../../model/curl.ts';
import { counted, grouped } from '../../model/numbers.ts';
import { calls, clearCalls } from '../../org/log.ts';
import { host, inPage } from '../../org/session.ts';
import { Button } from '../../ui/button.tsx';
import { Copy } from '../../ui/copy.tsx';
import { Grid } from '../../ui/grid.tsx';
import { param, set } from '../../ui/route.ts';
import { SearchField } from '../../ui/search-field.tsx';
import { Select } from '../../ui/select.tsx';
import { Empty, useMedia } from '../../ui/states.tsx';

const STATES = {
  waiting: 'waits',
  sent: 'under way',
  failed: 'no answer',
  dropped: 'not sent',
  answered: '',
} as const;

/** The status of a call in words: of its last answer, or how far it is. */
function statusOf(call: LoggedCall, now: number): string {
  const state = stateOf(call, now);
  const { status } = lastAttempt(call) ?? {};
  if (state === 'answered') return String(status);
  return status === undefined ? STATES[state] : `${status}, ${STATES[state]}`;
}

const timeOf = (at: number): string =>
  new Date(at).toLocaleTimeString(undefined, { hour: '2-digit', minute: '2-digit', second: '2-digit' });

export function Requests(): JSX.Element {
  const method = useSignal('');
  const status = useSignal('');
  const text = useSignal('');
  const active = useSignal(0);
  const isNarrow = useMedia('(max-width: 48rem)');
  const all = calls.value;
  const now = Date.now();
  const shown = all.filter((call) =>
    passes(call, { method: method.value, status: status.value, text: text.value }),
  );
  const open = param('request');
  const chosen = open ? all.find(({ id }) => id === open) : undefined;
  const columns = [
    { id: 'at', title: 'Time', width: '7rem', cell: ({ at }: LoggedCall) => timeOf(at) },
    { id: 'method', title: 'Method', width: '4.5rem', cell: ({ method }: LoggedCall) => method || '–' },
    {
      id: 'path',
      title: 'Path',
      width: 'minmax(9rem, 1fr)',
      cell: ({ path, query }: LoggedCall) => (
        <code title={path + query}>{path ? path + query : 'not sent yet'}</code>
      ),
    },
    {
      id: 'status',
      title: 'Status',
      width: '7rem',
      cell: (call: LoggedCall) => (
        <span class={`status ${isBad(call, now) ? 'bad' : ''}`}>{statusOf(call, now)}</span>
      ),
    },
    {
      id: 'ms',
      title: 'Took',
      width: '6rem',
      align: 'end' as const,
      cell: (call: LoggedCall) =>
        tookMs(call) === undefined ? '' : `${grouped(Math.round(tookMs(call) ?? 0))} ms`,
    },
    {
      id: 'tries',
      title: 'Attempts',
      width: '5.5rem',
      align: 'end' as const,
      cell: (call: LoggedCall) => attemptsOf(call) || '',
    },
  ];
  return (
    <>
      <div class="fields">
        <Select
          label="Method"
          value={method.value}
          choose={(value) => (method.value = value)}
          options={[['', 'All'], ...['GET', 'POST', 'PUT', 'DELETE'].map((name) => [name, name] as const)]}
        />
        <Select
          label="Status"
          value={status.value}
          choose={(value) => (status.value = value)}
          options={[['', 'All'], ...STATUS_FILTERS]}
        />
        <SearchField label="Path or query has" text={text} />
        <div class="actions">
          <Button
            action={() => {
              clearCalls();
              set({ request: undefined });
            }}
            disabled={all.length === 0}
          >
            Clear the log
          </Button>
        </div>
      </div>
      <p class="said" role="status">
        {shown.length === all.length
          ? `${counted(all.length, 'request')}, the newest first; the last 500 are kept, in memory alone.`
          : `${grouped(shown.length)} of ${counted(all.length, 'request')}.`}
      </p>
      {all.length === 0 ? (
        <Empty>No requests yet. Each request of the console appears here.</Empty>
      ) : (
        shown.length > 0 && (
          <Grid
            label="Requests"
            rows={shown}
            keyOf={({ id }) => id}
            columns={
              isNarrow ? columns.filter(({ id }) => ['method', 'path', 'status'].includes(id)) : columns
            }
            active={Math.min(active.value, shown.length - 1)}
            activate={(index) => (active.value = index)}
            open={({ id }) => set({ request: id })}
            selected={({ id }) => id === open}
          />
        )
      )}
      {open && <Details key={open} call={chosen} close={() => set({ request: undefined })} />}
    </>
  );
}

function isBad(call: LoggedCall, now: number): boolean {
  const state = stateOf(call, now);
  const status = lastAttempt(call)?.status ?? 0;
  return state === 'failed' || state === 'dropped' || status >= 400;
}

/** One call: each attempt, wait and retry as a row. */
function Details({ call, close }: { call: LoggedCall | undefined; close: () => void }): JSX.Element {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    heading.current?.focus();
    heading.current?.scrollIntoView({ block: 'nearest' });
  }, []);
  const end = () => {
    const row = [...document.querySelectorAll<HTMLElement>('[data-key]')].find(
      (each) => each.dataset['key'] === call?.id,
    );
    close();
    (row ?? document.getElementById('screen'))?.focus();
  };
  return (
    <section
      class="panel request"
      aria-labelledby="request-name"
      onKeyDown={(event) => {
        if (event.key !== 'Escape') return;
        event.preventDefault();
        end();
      }}
    >
      <div class="actions">
        <h2 id="request-name" tabIndex={-1} ref={heading}>
          {call ? `${call.method} ${call.path}` : 'This request is not in the log'}
        </h2>
        <Button action={end}>Close</Button>
      </div>
      {call ? (
        <Facts call={call} />
      ) : (
        <p>The log keeps the last 500 requests of this page, until it is loaded anew.</p>
      )}
    </section>
  );
}

function Facts({ call }: { call: LoggedCall }): JSX.Element {
  const last = lastAttempt(call);
  const parameters = [...new URLSearchParams(call.query)];
  // In the page no shell reaches the org: the command then names the documentation's org.
  const origin =
    host.kind === 'proxy'
      ? host.org
      : host.kind === 'page'
        ? (inPage.value?.orgUrl ?? location.origin)
        : location.origin;
  const command = call.path
    ? curlOf({ method: call.method, path: call.path + call.query, body: call.body }, origin)
    : undefined;
  return (
    <>
      <ol class="steps" aria-label="Attempts and waits">
        {call.steps.map((step, at) => (
          <Step key={at} step={step} />
        ))}
      </ol>
      <dl class="facts">
        {last?.requestId !== undefined && (
          <div>
            <dt>Request id</dt>
            <dd>
              <code>{last.requestId}</code> <Copy text={last.requestId} label="Copy the request id" />
            </dd>
          </div>
        )}
        {parameters.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>
              <code>{value}</code>
            </dd>
          </div>
        ))}
        {call.body !== undefined && (
          <div>
            <dt>Body</dt>
            <dd>
              <code>{call.body}</code>
            </dd>
          </div>
        )}
        {command !== undefined && (
          <div>
            <dt>As curl</dt>
            <dd>
              <pre>{command}</pre>
              <Copy text={command} label="Copy as curl" />
              <p class="hint">
                The command takes the token from the variable TOKEN of your shell; this page has none.
              </p>
            </dd>
          </div>
        )}
      </dl>
    </>
  );
}

const REASONS = {
  remaining: 'is used up',
  reserve: 'is down to its reserve',
  concurrency: 'has too many requests at once',
} as const;

function Step({ step }: { step: CallStep }): JSX.Element {
  const time = <span class="muted">{timeOf(step.at)}</span>;
  switch (step.kind) {
    case 'wait':
      return (
        <li>
          {time} Waited: <code>{step.bucket}</code> {REASONS[step.reason]}
          {step.until !== undefined && `, for ${grouped(Math.max(0, Math.round(step.until - step.at)))} ms`}
        </li>
      );
    case 'shrink':
      return (
        <li>
          {time} The list goes on with pages of {grouped(step.to)} in place of {grouped(step.from)}
        </li>
      );
    case 'attempt':
      return (
        <li>
          {time} Attempt {step.number}:{' '}
          {step.status === undefined
            ? (step.failure ?? 'under way')
            : step.durationMs === undefined
              ? `${step.status}, ${step.failure ?? 'the body has not ended'}`
              : `${step.status} after ${grouped(Math.round(step.durationMs))} ms`}
          {step.retryMs !== undefined && (
            <>
              {step.durationMs !== undefined && step.failure !== undefined && `: ${step.failure}`};{' '}
              {step.retryMs > 0
                ? `sent again after ${grouped(Math.round(step.retryMs))} ms`
                : 'sent again once the rate limit allows it'}
            </>
          )}
        </li>
      );
  }
}
