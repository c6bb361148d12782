import type { Signal } from '@preact/signals';
import type { JSX } from 'preact';

import { Field } from './field.tsx';

/** A labelled box that filters what is below it. `text` holds what was typed; `typed` runs after each change. */
export function SearchField({
  label,
  text,
  typed,
}: {
  label: string;
  text: Signal<string>;
  typed?: () => void;
}): JSX.Element {
  return (
    <Field label={label}>
      {(attributes) => (
        <input
          {...attributes}
          type="search"
          autocomplete="off"
          value={text.value}
          onInput={(event) => {
            text.value = event.currentTarget.value;
            typed?.();
          }}
        />
      )}
    </Field>
  );
}
