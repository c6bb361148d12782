import { useSignal } from '@preact/signals';
import type { ComponentChildren, JSX } from 'preact';
import { useEffect, useId, useRef } from 'preact/hooks';

import { Button } from './button.tsx';
import { useBeforeUnload } from './unsaved.ts';

/**
 * A modal dialog, open while it is drawn. Escape and the buttons of the dialog close it through `close`. While `dirty`, Escape
 * and `leave` ask first whether the typed text is to be thrown away.
 */
export function Dialog({
  title,
  close,
  children,
  dirty = false,
  wide = false,
}: {
  title: ComponentChildren;
  /** Closes the dialog. `escape` says that a key asked for it. */
  close: (why: 'escape' | 'button') => void;
  /** The content. A function gets `leave`, for a button *Cancel*: it closes the dialog, and asks first while `dirty`. */
  children: ComponentChildren | ((leave: () => void) => ComponentChildren);
  /** The dialog holds typed text that closing throws away. */
  dirty?: boolean;
  wide?: boolean;
}): JSX.Element {
  const ref = useRef<HTMLDialogElement>(null);
  const id = useId();
  const asks = useSignal(false);
  const typing = useRef<Element | null>(null);
  useBeforeUnload(dirty);
  useEffect(() => {
    const dialog = ref.current;
    const before = document.activeElement;
    dialog?.showModal();
    return () => {
      const { activeElement, body } = document;
      const isHere = activeElement === body || dialog?.contains(activeElement);
      dialog?.close();
      // Who closed the dialog may have put the focus elsewhere: on the field that is wrong.
      if (!isHere) return;
      if (before instanceof HTMLElement && before !== body) before.focus();
      // What had the focus may be gone, now or right after: the screen that an address leads to is drawn below the open dialog, where
      // nothing takes the focus.
      requestAnimationFrame(() => {
        if (document.activeElement === body) document.getElementById('screen')?.focus();
      });
    };
  }, []);
  const stay = () => {
    asks.value = false;
    if (typing.current instanceof HTMLElement) typing.current.focus();
  };
  const leave = (why: 'escape' | 'button') => {
    if (!dirty) close(why);
    else if (asks.value) stay();
    else {
      typing.current = document.activeElement;
      asks.value = true;
    }
  };
  return (
    <dialog
      ref={ref}
      class={wide ? 'wide' : ''}
      aria-labelledby={id}
      onCancel={(event) => {
        // A browser closes a dialog at the second Escape in any case, unless each is refused.
        event.preventDefault();
        leave('escape');
      }}
      onKeyDown={(event) => {
        if (event.key !== 'Escape') return;
        event.preventDefault();
        event.stopPropagation();
        if (!event.repeat) leave('escape');
      }}
    >
      <h2 id={id}>{title}</h2>
      {typeof children === 'function' ? children(() => leave('button')) : children}
      {asks.value && dirty && <AskToLeave stay={stay} leave={() => close('button')} />}
    </dialog>
  );
}

/** The question before typed text is thrown away. The focus goes to the button that keeps it. */
export function AskToLeave({ stay, leave }: { stay: () => void; leave: () => void }): JSX.Element {
  const ref = useRef<HTMLDivElement>(null);
  useEffect(() => {
    ref.current?.scrollIntoView({ block: 'nearest' });
    ref.current?.querySelector('button')?.focus();
  }, []);
  return (
    <div class="banner ask" role="alert" ref={ref}>
      <p>What you typed is not saved.</p>
      <div class="actions">
        <Button kind="primary" action={stay}>
          Keep editing
        </Button>
        <Button kind="danger" action={leave}>
          Throw it away
        </Button>
      </div>
    </div>
  );
}
