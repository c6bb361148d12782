import type { Signal } from '@preact/signals';
import type { ComponentChildren, JSX } from 'preact';

import { readOnly } from '../org/session.ts';
import { Button } from './button.tsx';
import { ErrorNote } from './error.tsx';

/** A write or a read that failed, in words. */
export interface Failed {
  /** "Ana Li was not added to Payroll." */
  what: ComponentChildren;
  error: unknown;
  /** Does it again. */
  retry?: (() => unknown) | undefined;
}

/** Tells in its place what failed, with *Try again* while the console may write, until it is dismissed. */
export function FailedNote({ of }: { of: Signal<Failed | undefined> }): JSX.Element | undefined {
  const failed = of.value;
  return (
    failed && (
      <ErrorNote what={failed.what} error={failed.error}>
        {failed.retry && readOnly.value === undefined && <Button action={failed.retry}>Try again</Button>}
        <Button action={() => (of.value = undefined)}>Dismiss</Button>
      </ErrorNote>
    )
  );
}
