import { useSignal } from '@preact/signals';
import type { JSX } from 'preact';

import { Button } from './button.tsx';

/** Copies a text, and says whether it did. */
export function Copy({ text, label }: { text: string; label: string }): JSX.Element {
  const said = useSignal('');
  return (
    <span class="copy">
      <Button
        kind="quiet"
        label={label}
        action={async () => {
          try {
            await navigator.clipboard.writeText(text);
            said.value = 'Copied';
          } catch {
            said.value = 'The browser did not allow it';
          }
          setTimeout(() => (said.value = ''), 2000);
        }}
      >
        Copy
      </Button>
      <span role="status">{said.value}</span>
    </span>
  );
}
