import type { Group } from 'okta-groups/external';
import type { JSX } from 'preact';

import { ago } from '../../model/time.ts';
import { changes } from '../../org/changes.ts';
import { Undo } from '../../ui/notices.tsx';
import { Empty } from '../../ui/states.tsx';
import '../../ui/steady.ts';

/** The tab *History*: what this page changed of the group, with *Undo*. */
export default function History({ group: { id } }: { group: Group }): JSX.Element {
  const own = changes.value.filter(({ groupId }) => groupId === id);
  const now = Date.now();
  return (
    <>
      <p class="hint">What this page changed of the group since it was loaded. A reload forgets it.</p>
      {own.length === 0 ? (
        <Empty>Nothing was changed here yet.</Empty>
      ) : (
        <ol class="history" data-steady aria-label="Changes of this group">
          {own.map((change) => (
            <li key={change.id}>
              <p>
                <bdi>{change.text}</bdi>{' '}
                <span class="muted">
                  <time dateTime={new Date(change.at).toISOString()}>{ago(change.at, now)}</time>
                  {change.state === 'undoing' && ' · undoing…'}
                  {change.state === 'undone' && ' · undone'}
                </span>
                {change.state === 'done' && (change.undo?.note ?? change.final) && (
                  <span class="hint"> {change.undo?.note ?? change.final}</span>
                )}
              </p>
              <Undo change={change} />
            </li>
          ))}
        </ol>
      )}
    </>
  );
}
