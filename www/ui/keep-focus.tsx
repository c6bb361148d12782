import type { ComponentChildren, JSX } from 'preact';
import { useEffect, useRef } from 'preact/hooks';

/**
 * A box that takes the focus when the element in it that has the focus goes away: a button that its own action replaces would
 * leave the focus to the page, and the keyboard would begin at the top.
 */
export function KeepFocus({
  children,
  ...rest
}: {
  children: ComponentChildren;
  class?: string;
  /** What screen readers say when the box takes the focus. */
  'aria-label'?: string;
}): JSX.Element {
  const ref = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const box = ref.current;
    if (!box) return undefined;
    let isIn = false;
    const came = () => (isIn = true);
    // An element that is removed loses the focus to nothing; a click and the Tab key name where it goes.
    const left = ({ relatedTarget }: FocusEvent) => {
      if (relatedTarget instanceof Node && !box.contains(relatedTarget)) isIn = false;
    };
    const pointed = ({ target }: Event) => {
      if (!(target instanceof Node) || !box.contains(target)) isIn = false;
    };
    box.addEventListener('focusin', came);
    box.addEventListener('focusout', left);
    document.addEventListener('pointerdown', pointed);
    const observer = new MutationObserver(() => {
      if (isIn && document.activeElement === document.body) box.focus({ preventScroll: true });
    });
    observer.observe(box, { childList: true, subtree: true });
    return () => {
      observer.disconnect();
      document.removeEventListener('pointerdown', pointed);
    };
  }, []);
  return (
    <div ref={ref} role="group" tabIndex={-1} {...rest}>
      {children}
    </div>
  );
}
