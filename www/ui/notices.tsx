import type { JSX } from 'preact';
import { useEffect, useLayoutEffect, useRef } from 'preact/hooks';

import { NOTICE_MS, changes, dismiss, notices, undo } from '../org/notices.ts';
import type { Change, Notice } from '../org/notices.ts';
import { readOnly } from '../org/session.ts';
import { Button } from './button.tsx';
import { ErrorNote } from './error.tsx';
import { Waits } from './waiting.tsx';

/** What was done, with *Undo*; told by screen readers, dismissed by a button, and by time unless it is used. */
export function Notices(): JSX.Element {
  const ref = useRef<HTMLElement>(null);
  // Where the focus was before it came here: it goes back there when the notice that has it goes away.
  const from = useRef<HTMLElement | undefined>(undefined);
  const shown = notices.value;
  useLayoutEffect(() => {
    if (!from.current || document.activeElement !== document.body) return;
    const back = from.current.isConnected ? from.current : document.getElementById('screen');
    back?.focus();
    from.current = undefined;
  }, [shown]);
  return (
    <section
      class="notices"
      aria-label="Notices"
      ref={ref}
      onFocusIn={({ relatedTarget }) => {
        const inside = relatedTarget instanceof Node && ref.current?.contains(relatedTarget);
        if (inside) return;
        from.current =
          relatedTarget instanceof HTMLElement
            ? relatedTarget
            : (document.getElementById('screen') ?? undefined);
      }}
      onFocusOut={({ relatedTarget }) => {
        if (relatedTarget instanceof Node && !ref.current?.contains(relatedTarget)) from.current = undefined;
      }}
    >
      <div role="log" aria-live="polite">
        {shown.map((notice) => (
          <One key={notice.id} notice={notice} />
        ))}
      </div>
    </section>
  );
}

/** *Undo*; nothing for a change that cannot be undone or is undone. */
export function Undo({ change }: { change: Change }): JSX.Element | undefined {
  const why = readOnly.value;
  if (!change.undo || change.state !== 'done') return undefined;
  return (
    <Button
      label={`Undo: ${change.text}`}
      title={why ?? change.undo.note}
      disabled={why !== undefined}
      action={({ currentTarget }) => {
        // The button goes: the entry of a history that it is in keeps the focus.
        const entry = currentTarget instanceof Element && currentTarget.closest('li');
        if (entry) {
          entry.tabIndex = -1;
          entry.focus();
        }
        return undo(change);
      }}
    >
      Undo
    </Button>
  );
}

function One({ notice }: { notice: Notice }): JSX.Element {
  const ref = useRef<HTMLDivElement>(null);
  const stays = notice.error !== undefined;
  useEffect(() => {
    if (stays) return undefined;
    let left = NOTICE_MS;
    const timer = setInterval(() => {
      // Time does not run while somebody points at it or is in it.
      if (ref.current?.matches(':hover, :focus-within')) return;
      left -= 250;
      if (left <= 0) dismiss(notice.id);
    }, 250);
    return () => clearInterval(timer);
  }, [notice.id, stays]);
  const change = notice.change && changes.value.find(({ id }) => id === notice.change?.id);
  const close = (
    <Button kind="quiet" label="Dismiss this notice" action={() => dismiss(notice.id)}>
      ✕
    </Button>
  );
  if (notice.error) {
    return (
      <div class="notice" ref={ref}>
        <ErrorNote what={notice.text ?? ''} error={notice.error} />
        {close}
      </div>
    );
  }
  return (
    <div class="notice" ref={ref}>
      <p>
        <bdi>{change?.text ?? notice.text}</bdi>
        {change?.undo?.note && <span class="muted"> Undo: {change.undo.note}</span>}
        {notice.cancel && (
          <>
            {' '}
            <Waits />
          </>
        )}
      </p>
      {change && <Undo change={change} />}
      {notice.cancel ? <Button action={notice.cancel}>Cancel</Button> : close}
    </div>
  );
}
