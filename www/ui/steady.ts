// A click does nothing to a row that came under the pointer after the click before: the list became shorter, or a note above it
// moved it. It holds for notices and for buttons in the rows of what has `data-steady`, until the pointer leaves the place of the
// click before.
import { say } from '../org/notices.ts';

/** The row that was clicked last, or nothing for a click elsewhere, and its place on the screen then. */
let last: { row: unknown; box: DOMRect; isTold: boolean } | undefined;

const forget = () => {
  last = undefined;
};

const move = ({ clientX, clientY }: MouseEvent) => {
  if (!last) return;
  const { left, right, top, bottom } = last.box;
  if (clientX < left || clientX > right || clientY < top || clientY > bottom) last = undefined;
};

function click(event: MouseEvent): void {
  const { target, detail } = event;
  const button = target instanceof Element && target.closest('button');
  // The click of a key has no place.
  if (!button || detail === 0) return;
  move(event);
  const element = button.closest<HTMLElement>('[data-key], li, .notice');
  const row = element?.dataset['key'] ?? element;
  if (last && row !== last.row && element?.closest('[data-steady], .notices')) {
    event.preventDefault();
    event.stopPropagation();
    if (!last.isTold)
      say('The rows have moved under the pointer, so this click did nothing. Move the pointer, then click.');
    last.isTold = true;
    return;
  }
  last = { row, box: (element ?? button).getBoundingClientRect(), isTold: false };
}

const options = { capture: true, passive: true };
for (const type of ['pointermove', 'pointerdown'] as const) document.addEventListener(type, move, options);
// Whoever scrolls or presses a key moves the rows on purpose.
for (const type of ['wheel', 'touchmove', 'keydown']) document.addEventListener(type, forget, options);
document.addEventListener('click', click, true);
