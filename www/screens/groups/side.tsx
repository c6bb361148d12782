import type { JSX } from 'preact';
import { useEffect } from 'preact/hooks';

import { address } from '../../ui/route.ts';
import Panel from '../group/group.tsx';
import { activate, openGroup } from './state.ts';

/** The open group beside the list, whose layout it does not change; over it on small screens. */
export default function Side({ id }: { id: string }): JSX.Element {
  const close = (): void => {
    openGroup(undefined);
    // A form with typed text asks first, and keeps the focus.
    if (address.peek().group !== undefined) return;
    activate(id);
    focusList();
  };
  useEffect(() => {
    // The panel hears its own keys; this is for those in the list.
    const escape = (event: KeyboardEvent): void => {
      const target = event.target as Element;
      if (event.key !== 'Escape' || event.defaultPrevented || event.repeat) return;
      if (target !== document.body && !target.closest('.grid')) return;
      event.preventDefault();
      close();
    };
    addEventListener('keydown', escape);
    return () => removeEventListener('keydown', escape);
  });
  return <Panel id={id} close={close} />;
}

/** Puts the focus on the active row, once the panel that may cover it is gone. */
function focusList(frames = 10): void {
  requestAnimationFrame(() => {
    const row = document.querySelector<HTMLElement>('.groups [data-index][tabindex="0"]');
    row?.focus({ preventScroll: true });
    if (frames > 0 && (document.querySelector('.panel') || document.activeElement !== row))
      focusList(frames - 1);
  });
}
