import type { ButtonHTMLAttributes, ComponentChildren, JSX } from 'preact';
import { useRef } from 'preact/hooks';

/** The button that got the first click of a double click, and what it was named then. */
let clicked: { at: EventTarget | null; name: string } | undefined;

/** What starts a repeat: a key that is held. */
const PRESSING = new Set(['Enter', ' ']);

/**
 * A button whose action runs once for each press: a key that is held repeats nothing, and a second press while the action
 * is under way does nothing. The second click of a double click does nothing to a button that came under the pointer after the
 * first, such as that of the next row. `action` may be asynchronous.
 */
export function Button({
  action,
  kind = 'plain',
  label,
  children,
  busy = false,
  disabled = false,
  ...rest
}: {
  action: (event: MouseEvent) => unknown;
  kind?: 'plain' | 'primary' | 'danger' | 'quiet';
  /** A name for assistive technology, where the text alone says too little. */
  label?: string;
  children?: ComponentChildren;
  /** The action is under way: the button stays focusable, and does nothing. */
  busy?: boolean;
  disabled?: boolean;
} & Omit<ButtonHTMLAttributes<HTMLButtonElement>, 'action' | 'label' | 'type' | 'disabled'>): JSX.Element {
  /** The name of the button whose action runs: another button may take this one's place meanwhile, *Cancel* that of *Read on*. */
  const running = useRef<string | undefined>(undefined);
  const name = label ?? String(children);
  return (
    <button
      type="button"
      {...rest}
      class={`${kind} ${rest.class ?? ''}`}
      aria-label={label}
      aria-disabled={busy || disabled ? 'true' : undefined}
      onKeyDown={(event: KeyboardEvent) => {
        if (event.repeat && PRESSING.has(event.key)) event.preventDefault();
      }}
      onClick={(event: MouseEvent) => {
        if (event.detail < 2) clicked = { at: event.currentTarget, name };
        const isOther = clicked?.at !== event.currentTarget || clicked.name !== name;
        if (busy || disabled || running.current === name || (event.detail > 1 && isOther)) {
          event.preventDefault();
          return;
        }
        // Clicks of a held key do not get here: the key was kept above.
        const result = action(event);
        if (!(result instanceof Promise)) return;
        running.current = name;
        void result.finally(() => {
          if (running.current === name) running.current = undefined;
        });
      }}
    >
      {children}
    </button>
  );
}
