// What came of an action, where it is always in sight and told by a screen reader.
import { byId, el } from './dom.js';
import { errorNote } from './error-note.js';

/** Says what was done, in place of what was said before. */
export function say(...parts) {
  byId('notice').replaceChildren(...parts);
}

/** A new action begins: what was said is about an older one. */
export function hush() {
  say();
}

/** Tells an error whose own place is gone or out of sight. It stays until it is dismissed. */
export function warn(what, error) {
  const dismiss = el('button', { type: 'button' }, 'Dismiss');
  const note = errorNote(what, error, dismiss);
  dismiss.addEventListener('click', () => {
    note.remove();
    const next = byId('problems').querySelector('button') ?? byId('close');
    (next.checkVisibility() ? next : byId('search')).focus();
  });
  byId('problems').prepend(note);
}
