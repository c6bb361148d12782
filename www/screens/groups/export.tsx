import { signal, useSignal } from '@preact/signals';
import type { JSX } from 'preact';
import { useEffect, useRef } from 'preact/hooks';

import { countTest } from '../../model/conditions.ts';
import type { FileForm } from '../../model/csv.ts';
import { bytesText, counted, grouped } from '../../model/numbers.ts';
import { duration } from '../../model/time.ts';
import { Button } from '../../ui/button.tsx';
import { ErrorNote } from '../../ui/error.tsx';
import { Countdown } from '../../ui/states.tsx';
import { useBeforeUnload } from '../../ui/unsaved.ts';
import { ExportJob } from './export-job.ts';
import type { ExportSource } from './export-job.ts';
import { exporting } from './exporting.ts';
import { readSelected, selectedRows, unreadSelected } from './select.ts';
import { narrowing, shown } from './state.ts';

/** The export that was begun last. */
const job = signal<ExportJob | undefined>(undefined);

/** Asks for the form of the file, then shows how the export goes. */
export default function Export(): JSX.Element {
  const box = useRef<HTMLElement>(null);
  useEffect(() => box.current?.focus(), []);
  const current = job.value;
  return (
    <section class="groups-box" aria-label="Export" ref={box} tabIndex={-1}>
      {current ? <Running job={current} /> : <Ask />}
    </section>
  );
}

const close = (): void => {
  job.value = undefined;
  exporting.value = undefined;
};

function Ask(): JSX.Element {
  const form = useSignal<FileForm>('csv');
  const bom = useSignal(false);
  const error = useSignal<unknown>(undefined);
  const unreadable = useSignal<unknown>(undefined);
  const what = exporting.value;
  const { source, text } = sourceOf(what ?? 'found');
  const unread = what === 'selected' ? unreadSelected().length : 0;
  const isCounted = countTest(narrowing.peek()?.conditions ?? {}) !== undefined;
  const begin = async (): Promise<void> => {
    error.value = undefined;
    try {
      job.value = await ExportJob.begin(source, form.peek(), { bom: bom.peek() });
    } catch (why) {
      error.value = why;
    }
  };
  const read = async (): Promise<void> => {
    unreadable.value = undefined;
    try {
      await readSelected();
    } catch (why) {
      unreadable.value = why;
    }
  };
  return (
    <>
      <p>
        <strong>{text}</strong>
      </p>
      {source.kind === 'rows' && (
        <p class="muted">
          The file has what the list keeps of each group. An export of all that the search finds has custom
          attributes, too.
        </p>
      )}
      {unread > 0 && (
        <div class="banner">
          <p role="status">{counted(unread, 'selected group')} not read: the file would lack them.</p>
          <div class="actions">
            <Button action={read}>Read them</Button>
          </div>
        </div>
      )}
      {source.kind === 'search' && isCounted && (
        <p class="banner">
          Okta’s search knows no numbers of members: the file has groups of any size. To have only those that
          match, read all and export what is shown.
        </p>
      )}
      <div class="actions" role="radiogroup" aria-label="Form of the file">
        {(['csv', 'ndjson'] as const).map((each) => (
          <label key={each} class="check">
            <input
              type="radio"
              name="form"
              checked={form.value === each}
              onChange={() => {
                form.value = each;
              }}
            />
            {each === 'csv' ? 'CSV' : 'NDJSON, a line of JSON a group'}
          </label>
        ))}
        {form.value === 'csv' && (
          <label class="check">
            <input
              type="checkbox"
              checked={bom.value}
              onChange={({ currentTarget: { checked } }) => {
                bom.value = checked;
              }}
            />
            For Excel
          </label>
        )}
      </div>
      {unreadable.value !== undefined && (
        <ErrorNote what="The groups could not be read." error={unreadable.value} />
      )}
      {error.value !== undefined && <ErrorNote what="The file could not be written." error={error.value} />}
      <div class="actions">
        <Button kind="primary" action={begin}>
          Export
        </Button>
        <Button action={close}>Cancel</Button>
      </div>
    </>
  );
}

function sourceOf(what: 'selected' | 'shown' | 'found'): { source: ExportSource; text: string } {
  const by = narrowing.peek();
  if (what === 'selected') {
    const rows = selectedRows();
    const left = unreadSelected().length;
    const all = counted(rows.length + left, 'selected group');
    return {
      source: { kind: 'rows', rows },
      text: left > 0 ? `Export ${grouped(rows.length)} of ${all}` : `Export ${all}`,
    };
  }
  if (what === 'shown') {
    const rows = [...(shown.peek()?.view.list ?? [])];
    const isPartial = shown.peek()?.list.isComplete === false;
    return {
      source: { kind: 'rows', rows },
      text: `Export ${counted(rows.length, 'group')} of the list${isPartial ? ', of which more exists that was not read' : ''}`,
    };
  }
  return {
    source: { kind: 'search', search: by?.search },
    text:
      by?.search === undefined ? 'Export all groups of the org' : 'Export all groups that the search finds',
  };
}

function Running({ job: current }: { job: ExportJob }): JSX.Element {
  const { state, rows, bytes, left, etaMs, error, file, isNameWhole, waitsUntil } = current.state.value;
  const isOpen = state === 'running' || state === 'paused' || state === 'failed';
  useBeforeUnload(isOpen);
  const written = `${counted(rows, 'group')} written, ${bytesText(bytes)}`;
  return (
    <>
      <p role="status">
        {state === 'running' && `Exporting: ${written}`}
        {state === 'paused' && `Paused: ${written}`}
        {state === 'failed' && `Interrupted: ${written}`}
        {state === 'done' && `Exported ${counted(rows, 'group')} to ${file} (${bytesText(bytes)}).`}
        {state === 'stopped' &&
          `Stopped: ${file ?? 'the file'} is partial, with ${counted(rows, 'group')}; its last line says so${isNameWhole ? ', its name does not' : ', and its name'}.`}
        {state === 'running' && left !== undefined && left > 0 && `; about ${grouped(left)} left`}
        {state === 'running' && etaMs !== undefined && etaMs > 0 && `, ${duration(etaMs)}`}
      </p>
      {state === 'running' && left !== undefined && rows + left > 0 && (
        <progress aria-label="Exported" max={rows + left} value={rows} />
      )}
      {waitsUntil !== undefined && (
        <p>
          The console leaves a tenth of the rate limit to others. It goes on in{' '}
          <Countdown until={waitsUntil} />.
        </p>
      )}
      {state === 'failed' && <ErrorNote what="The export was interrupted." error={error} />}
      <div class="actions">
        {state === 'running' && <Button action={() => current.pause()}>Pause</Button>}
        {(state === 'paused' || state === 'failed') && (
          <Button kind="primary" action={() => current.run()}>
            Resume
          </Button>
        )}
        {isOpen && <Button action={() => current.stop()}>Stop, and keep the partial file</Button>}
        {!isOpen && <Button action={close}>Close</Button>}
      </div>
    </>
  );
}
