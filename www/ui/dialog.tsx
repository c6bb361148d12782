import type { ComponentChildren, JSX } from 'preact';
import { useEffect, useId, useRef } from 'preact/hooks';

/**
 * A modal dialog, open while it is drawn. Escape and its buttons close it through `close`; while `dirty`, Escape does
 * nothing but tell `close` that it was Escape, which asks before it throws typed text away.
 */
export function Dialog({
  title,
  close,
  children,
  wide = false,
}: {
  title: ComponentChildren;
  /** Asked for by Escape or a button. `escape` says which. */
  close: (why: 'escape' | 'button') => void;
  children: ComponentChildren;
  wide?: boolean;
}): JSX.Element {
  const ref = useRef<HTMLDialogElement>(null);
  const id = useId();
  useEffect(() => {
    const dialog = ref.current;
    const before = document.activeElement;
    dialog?.showModal();
    return () => {
      dialog?.close();
      if (before instanceof HTMLElement && before.isConnected) before.focus();
    };
  }, []);
  return (
    <dialog
      ref={ref}
      class={wide ? 'wide' : ''}
      aria-labelledby={id}
      onCancel={(event) => {
        // A browser closes a dialog at the second Escape in any case, unless each is refused.
        event.preventDefault();
        close('escape');
      }}
      onKeyDown={(event) => {
        if (event.key !== 'Escape') return;
        event.preventDefault();
        event.stopPropagation();
        close('escape');
      }}
    >
      <h2 id={id}>{title}</h2>
      {children}
    </dialog>
  );
}
