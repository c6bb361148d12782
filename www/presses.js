// One press is one action, whatever the press does meanwhile: a dialog opens, a row goes and its neighbour takes its place.

/** Keys whose press acts. Others repeat as usual: arrows move, letters are written. */
const ACT = ['Enter', 'Escape', ' '];

/**
 * Takes the repetitions of a held key, and the second click of a double click on a button, away from everything in the page.
 * A held key still writes in a text: blanks, and in one of several lines line breaks.
 */
export function onePressOneAction() {
  const stop = (event) => {
    event.preventDefault();
    event.stopImmediatePropagation();
  };
  const capture = true;
  addEventListener('keydown', (e) => e.repeat && ACT.includes(e.key) && !isWritten(e) && stop(e), {
    capture,
  });
  // By then another button may be under the pointer, which nobody aimed at.
  addEventListener('click', (e) => e.detail > 1 && e.target.closest('button') && stop(e), { capture });
}

function isWritten({ key, target }) {
  const isText = target.matches('input:not([type=checkbox])');
  return target.matches('textarea') ? key !== 'Escape' : isText && key === ' ';
}
