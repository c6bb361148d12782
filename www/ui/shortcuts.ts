// Keys of one character: they act only where nobody types, and can be switched off (WCAG 2.1.4).
import { signal } from '@preact/signals';

/** Whether keys of one character act. */
export const shortcuts = signal(true);

/** Whether a key press is a shortcut: no modifier, nothing that takes text has the focus, no dialog is open, no key is held. */
export function isShortcut(event: KeyboardEvent): boolean {
  if (!shortcuts.value || event.repeat || event.ctrlKey || event.metaKey || event.altKey) return false;
  if (event.defaultPrevented || document.querySelector('dialog[open]')) return false;
  const target = event.target as HTMLElement | null;
  return !target?.closest?.('input, textarea, select, [contenteditable]');
}
