// The states that every screen shows beside its data.
import type { ComponentChildren, JSX } from 'preact';

import type { Loaded, ListState } from '../org/load.ts';
import { Button } from './button.tsx';
import { ErrorNote } from './error.tsx';
import { Loading } from './waiting.tsx';

export * from './waiting.tsx';

export function Empty({ children }: { children: ComponentChildren }): JSX.Element {
  return <p class="empty">{children}</p>;
}

/** Shows one value that is loaded: loading, failed with Retry, cancelled with Retry, ready. */
export function Show<T>({
  of,
  what,
  retry,
  cancel,
  children,
}: {
  of: Loaded<T>;
  /** What is read, as in "The members could not be read.": "The members". */
  what: string;
  retry: () => void;
  cancel?: () => void;
  children: (value: T) => ComponentChildren;
}): JSX.Element {
  switch (of.state) {
    case 'loading':
      return <Loading text={`Loading: ${what.toLowerCase()}…`} {...(cancel && { cancel })} />;
    case 'failed':
      return (
        <ErrorNote what={`${what} could not be read.`} error={of.error}>
          <Button action={retry}>Retry</Button>
        </ErrorNote>
      );
    case 'cancelled':
      return (
        <div class="loading">
          <p role="status">Cancelled.</p>
          <Button action={retry}>Read again</Button>
        </div>
      );
    case 'ready':
      return <>{children(of.value)}</>;
  }
}

/** The foot of a list: under way, failed with Retry, more with *Read on*, or complete. */
export function ListFoot<T>({
  list,
  what,
  one = 'row',
  next,
  cancel,
}: {
  list: ListState<T>;
  /** "The members" */
  what: string;
  /** "member" */
  one?: string;
  next: () => void;
  cancel?: () => void;
}): JSX.Element {
  const count = list.items.length;
  const words = `${count.toLocaleString()} ${one}${count === 1 ? '' : 's'}`;
  switch (list.state) {
    case 'loading':
      return (
        <Loading
          text={count === 0 ? `Loading: ${what.toLowerCase()}…` : `${words} so far…`}
          {...(cancel && { cancel })}
        />
      );
    case 'failed':
      return (
        <ErrorNote what={`${what} could not all be read: ${words} so far.`} error={list.error}>
          <Button action={next}>Retry</Button>
        </ErrorNote>
      );
    case 'cancelled':
    case 'idle':
      return (
        <div class="loading">
          <p role="status">{words} read, more exist.</p>
          <Button action={next}>Read on</Button>
        </div>
      );
    case 'complete':
      return (
        <p class="said" role="status">
          {words}
        </p>
      );
  }
}
