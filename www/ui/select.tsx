import type { ComponentChildren, JSX } from 'preact';

import { Field } from './field.tsx';

/** A labelled choice of one of a few values. */
export function Select<T extends string | number>({
  label,
  hint,
  value,
  choose,
  options,
}: {
  label: string;
  hint?: ComponentChildren;
  value: T;
  choose: (value: T) => void;
  /** Each value with its text. */
  options: readonly (readonly [value: T, text: string])[];
}): JSX.Element {
  return (
    <Field label={label} hint={hint}>
      {(attributes) => (
        <select
          {...attributes}
          value={String(value)}
          onChange={({ currentTarget }) => {
            const [chosen] = options[currentTarget.selectedIndex] ?? [];
            if (chosen !== undefined) choose(chosen);
          }}
        >
          {options.map(([each, text]) => (
            <option key={each} value={String(each)}>
              {text}
            </option>
          ))}
        </select>
      )}
    </Field>
  );
}
