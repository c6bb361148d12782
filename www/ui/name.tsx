import { signal } from '@preact/signals';
import type { JSX } from 'preact';

import { nameMarks, nameParts } from '../model/names.ts';
import type { MarkNames } from '../model/names.ts';

const known = signal(false);

/** Gives the marks their names, also those that are shown. */
export function knowMarks(names: MarkNames): void {
  nameMarks(names);
  known.value = true;
}

/**
 * A text of the org's people (a name, a description): isolated, since it may run from right to left, and with marks in
 * place of what would not be seen (outer blanks) or would turn the text around it.
 */
export function Name({ text }: { text: string }): JSX.Element {
  known.value;
  if (text === '') return <span class="muted">(no name)</span>;
  return (
    <bdi class="name">
      {nameParts(text).map(({ text, mark, title }, index) =>
        mark === undefined ? (
          text
        ) : (
          <span key={index} class="mark" role="img" aria-label={title} title={title}>
            {mark}
          </span>
        ),
      )}
    </bdi>
  );
}
