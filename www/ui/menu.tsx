import { useSignal } from '@preact/signals';
import type { ComponentChildren, JSX } from 'preact';
import { useEffect, useId, useRef } from 'preact/hooks';

import { Button } from './button.tsx';

/** A button that opens a box of controls below itself. Escape, a click outside and leaving it by Tab close it. */
export function Menu({
  title,
  children,
}: {
  /** Text of the button, and name of the box. */
  title: string;
  /** What the box holds; drawn while it is open. */
  children: (close: () => void) => ComponentChildren;
}): JSX.Element {
  const isOpen = useSignal(false);
  const ref = useRef<HTMLDivElement>(null);
  const id = useId();
  const close = (): void => {
    if (ref.current?.contains(document.activeElement)) ref.current.querySelector('button')?.focus();
    isOpen.value = false;
  };
  useEffect(() => {
    if (!isOpen.value) return undefined;
    const box = ref.current?.querySelector<HTMLElement>('.menu-box');
    // The box stays within the window.
    if (box && box.getBoundingClientRect().right > document.documentElement.clientWidth - 8)
      box.classList.add('menu-end');
    box?.querySelector<HTMLElement>('input, button, select, a')?.focus();
    const outside = (event: Event): void => {
      if (!ref.current?.contains(event.target as Node)) isOpen.value = false;
    };
    addEventListener('pointerdown', outside);
    return () => removeEventListener('pointerdown', outside);
  }, [isOpen.value]);
  return (
    <div
      class="menu"
      ref={ref}
      onKeyDown={(event) => {
        if (event.key !== 'Escape' || event.defaultPrevented || !isOpen.value) return;
        event.preventDefault();
        event.stopPropagation();
        close();
      }}
      onFocusOut={({ relatedTarget }) => {
        if (relatedTarget && !ref.current?.contains(relatedTarget as Node)) isOpen.value = false;
      }}
    >
      <Button
        aria-expanded={isOpen.value}
        aria-controls={isOpen.value ? id : undefined}
        action={() => (isOpen.value = !isOpen.value)}
      >
        {title} <span aria-hidden="true">▾</span>
      </Button>
      {isOpen.value && (
        <div class="menu-box" id={id} role="group" aria-label={title}>
          {children(close)}
        </div>
      )}
    </div>
  );
}
