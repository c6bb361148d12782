import { el } from './dom.js';
import { errorNote } from './error-note.js';

/**
 * Asks in a dialog until what it is for is done, or not wanted any more. `act` does it with the form's values; what
 * refuses it is shown in the dialog, which stays. Gives what `act` gave, or `undefined`.
 */
export function ask(dialog, { act, failed }) {
  const form = dialog.querySelector('form');
  const refused = dialog.querySelector('.refused');
  const [cancel, submit] = dialog.querySelectorAll('.actions button');
  const done = new AbortController();
  const on = (target, event, handle) => target.addEventListener(event, handle, { signal: done.signal });
  refused.replaceChildren();

  return new Promise((resolve) => {
    let result;
    let busy = false;
    on(cancel, 'click', () => dialog.close());
    // What has been sent cannot be taken back: its answer is waited for.
    on(dialog, 'cancel', (event) => busy && event.preventDefault());
    on(dialog, 'close', () => {
      done.abort();
      resolve(result);
    });
    on(form, 'submit', async (event) => {
      event.preventDefault();
      if (busy) return;
      busy = cancel.disabled = submit.disabled = true;
      refused.replaceChildren(el('p.loading', {}, 'Sending…'));
      try {
        result = (await act(Object.fromEntries(new FormData(form)))) ?? true;
        refused.replaceChildren();
        dialog.close();
      } catch (error) {
        refused.replaceChildren(errorNote(failed, error));
      } finally {
        busy = cancel.disabled = submit.disabled = false;
      }
    });
    dialog.showModal();
  });
}
