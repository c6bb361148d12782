import { el, isFocusLost } from './dom.js';
import { isOktaError } from './okta-groups.js';
import { errorNote } from './error-note.js';
import { hush, say, warn } from './notices.js';
import { progress } from './waits.js';

/**
 * Asks in a dialog until what it is for is done, or not wanted any more. `act(entered, signal)` does it with the form's
 * values, counted in `bucket`; what refuses it is shown in the dialog, which stays, as `failed(entered)` names it.
 *
 * An `act` that gives `{ again }` did nothing: the dialog stays and says that.
 *
 * Gives `undefined`, or `result` of `act`, and whether the dialog was there until then (`seen`): a browser closes it for
 * those who insist, though the call goes on.
 */
export function ask(dialog, { act, failed, bucket }) {
  const form = dialog.querySelector('form');
  const refused = dialog.querySelector('.refused');
  const [cancel, submit] = dialog.querySelectorAll('.actions button');
  const turn = new AbortController();
  const on = (target, event, handle) => target.addEventListener(event, handle, { signal: turn.signal });
  // The dialog may be in its next turn by the time that an answer comes.
  const isOver = () => turn.signal.aborted;
  const underWay = el('span', {}, 'Still under way. What comes of it is told here.');
  hush();

  return new Promise((resolve) => {
    let call;
    let isWaiting = false;
    on(cancel, 'click', () => (call ? call.abort() : dialog.close()));
    on(dialog, 'cancel', (event) => {
      if (!call) return;
      // What has been sent cannot be taken back: its answer is waited for. What waits to be sent can.
      event.preventDefault();
      if (isWaiting) call.abort();
    });
    on(dialog, 'close', () => {
      turn.abort();
      ready();
      if (!call) return resolve(undefined);
      say(underWay);
    });
    on(form, 'submit', async (event) => {
      event.preventDefault();
      if (call) return;
      const entered = Object.fromEntries(new FormData(form));
      const focused = document.activeElement;
      call = new AbortController();
      sending();
      try {
        const result = await act(entered, call.signal);
        if (result?.again) return again(result.again);
        resolve({ result, seen: !isOver() });
        end();
      } catch (error) {
        const wasCancelled = isOktaError(error, 'aborted') && !error.mayHaveRun;
        underWay.remove();
        if (isOver()) {
          if (!wasCancelled) warn(failed(entered), error);
          resolve(undefined);
        } else if (wasCancelled) {
          end();
        } else {
          call = undefined;
          ready(errorNote(failed(entered), error));
          if (isFocusLost() || document.activeElement === dialog) focused.focus();
        }
      }
    });

    function sending() {
      submit.disabled = cancel.disabled = true;
      const waiting = (is) => {
        isWaiting = is;
        if (!isOver()) cancel.disabled = !is;
      };
      refused.replaceChildren(progress('Sending…', { bucket, waiting }));
    }

    function ready(...said) {
      submit.disabled = cancel.disabled = false;
      refused.replaceChildren(...said);
    }

    function again(said) {
      call = undefined;
      underWay.remove();
      if (isOver()) {
        say(...said);
        return resolve(undefined);
      }
      ready(el('div.error', { role: 'alert' }, el('p', {}, ...said)));
      // What would be done now is something else: nobody does it by the press that was meant for the old.
      cancel.focus();
    }

    function end() {
      call = undefined;
      if (!isOver()) dialog.close();
    }

    ready();
    dialog.showModal();
  });
}
