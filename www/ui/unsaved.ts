// Typed text that is not saved: leaving the page asks by the browser, leaving a form within the page asks by the form.
import { useEffect, useLayoutEffect } from 'preact/hooks';

import { setGuard } from './route.ts';

/** Makes the browser ask before the page is closed or loaded anew, while `dirty`. */
export function useBeforeUnload(dirty: boolean): void {
  useEffect(() => {
    if (!dirty) return undefined;
    const ask = (event: BeforeUnloadEvent) => event.preventDefault();
    addEventListener('beforeunload', ask);
    return () => removeEventListener('beforeunload', ask);
  }, [dirty]);
}

/**
 * Keeps the address where it is while `isDirty()`, if the next address would leave the form; `ask` gets what goes on.
 *
 * @param isDirty - Asked at each change of the address: a key that comes before the next drawing finds the text, too.
 * @param stays - Whether an address still shows the form, or keeps what was typed.
 */
export function useGuard(
  isDirty: () => boolean,
  stays: (params: URLSearchParams) => boolean,
  ask: (leave: () => void) => void,
): void {
  useBeforeUnload(isDirty());
  useLayoutEffect(() =>
    setGuard((params, leave) => {
      if (!isDirty() || stays(params)) return false;
      ask(leave);
      return true;
    }),
  );
}
