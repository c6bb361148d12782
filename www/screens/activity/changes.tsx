// The history of what was changed through this page, with the way back.
import type { JSX } from 'preact';

import { dayOf } from '../../model/days.ts';
import { changes } from '../../org/changes.ts';
import type { Change } from '../../org/changes.ts';
import { orgName } from '../../org/session.ts';
import { Button } from '../../ui/button.tsx';
import { Undo } from '../../ui/notices.tsx';
import { hrefOf } from '../../ui/route.ts';
import { saveFile } from '../../ui/save.ts';
import { Empty } from '../../ui/states.tsx';
import '../../ui/steady.ts';

const COLUMNS = ['at', 'change', 'state', 'groupId', 'undo'];

/** A change as a row of a file. */
function rowOf({ at, text, state, groupId, undo, final, made }: Change): Record<string, unknown> {
  return {
    at: new Date(at).toISOString(),
    change: text,
    state,
    groupId,
    undo: undo ? (undo.note ?? 'possible') : final,
    // What the change was made of, ids included: JSON alone has a place for it.
    details: made,
  };
}

async function save(form: 'csv' | 'json'): Promise<void> {
  const { FileWriter, fileName } = await import('../../model/csv.ts');
  // The oldest first, as a protocol is read.
  const rows = [...changes.value].reverse().map(rowOf);
  const name = fileName(['changes', orgName.value, dayOf(Date.now())], form);
  if (form === 'json') {
    saveFile(name, `${JSON.stringify(rows, undefined, 2)}\n`, 'application/json');
    return;
  }
  const writer = new FileWriter({ form: 'csv', columns: COLUMNS, bom: true });
  saveFile(name, writer.rows(rows.map(({ details: _, ...row }) => row)), 'text/csv');
}

export function Changes(): JSX.Element {
  const all = changes.value;
  if (all.length === 0) {
    return (
      <Empty>
        Nothing was changed through this page since it was loaded. Changes stand here, with Undo, until the
        page is left.
      </Empty>
    );
  }
  return (
    <>
      <div class="actions">
        <Button action={() => save('csv')}>Save as CSV</Button>
        <Button action={() => save('json')}>Save as JSON</Button>
        <p class="hint">The history is in memory alone: leaving the page forgets it.</p>
      </div>
      <ol class="history" data-steady aria-label="Changes through this page, the newest first">
        {all.map((change) => (
          <li key={change.id}>
            <p>
              <bdi>{change.text}</bdi>{' '}
              <span class="muted">
                <time dateTime={new Date(change.at).toISOString()}>
                  {new Date(change.at).toLocaleTimeString()}
                </time>
                {change.state === 'undoing' && ' · undoing…'}
                {change.state === 'undone' && ' · undone'}
              </span>
              {change.state === 'done' && (change.undo?.note ?? change.final) && (
                <span class="hint"> {change.undo?.note ?? change.final}</span>
              )}{' '}
              {change.groupId !== undefined && (
                <a href={hrefOf('groups', { group: change.groupId })}>Show the group</a>
              )}
            </p>
            <Undo change={change} />
          </li>
        ))}
      </ol>
    </>
  );
}
