// The history of what was changed through this page, with the way back.
import type { JSX } from 'preact';

import { changes } from '../../org/changes.ts';
import { Empty } from '../../ui/states.tsx';

export function Changes(): JSX.Element {
  const all = changes.value;
  if (all.length === 0) return <Empty>Nothing was changed through this page since it was loaded.</Empty>;
  return (
    <ol class="changes">
      {all.map(({ id, at, text }) => (
        <li key={id}>
          <span class="muted">{new Date(at).toLocaleTimeString()}</span> {text}
        </li>
      ))}
    </ol>
  );
}
