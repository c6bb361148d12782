// The keys of the console. Loaded when somebody asks for them.
import type { JSX } from 'preact';

import { Button } from './button.tsx';
import { Dialog } from './dialog.tsx';
import { shortcuts } from './shortcuts.ts';

const KEYS: readonly (readonly [string, readonly (readonly [keys: string, what: string])[]])[] = [
  [
    'Everywhere',
    [
      ['?', 'These keys'],
      ['/', 'Search the groups (on the screen Groups)'],
      ['Tab, Shift+Tab', 'The next or the last control'],
      ['Enter', 'Follow a link, press a button: once for each press'],
      ['Escape', 'Close what is open; typed text is not thrown away'],
    ],
  ],
  [
    'In a list',
    [
      ['↓ ↑', 'The next or the last row'],
      ['Page Down, Page Up', 'A screenful on or back'],
      ['Home, End', 'The first or the last row that was read'],
      ['Enter', 'Open the row'],
      ['Space', 'Select the row, or take it out'],
      ['Shift+Space, Shift+↓ ↑', 'Select up to the row'],
      ['Ctrl+A', 'Select all rows that were read'],
    ],
  ],
  [
    'In tabs',
    [
      ['← →', 'The next or the last tab'],
      ['Home, End', 'The first or the last tab'],
    ],
  ],
];

export default function Keys({ close }: { close: () => void }): JSX.Element {
  return (
    <Dialog title="Keys" close={close}>
      {KEYS.map(([where, keys]) => (
        <section key={where} class="keys">
          <h3>{where}</h3>
          <dl class="facts">
            {keys.map(([key, what]) => (
              <div key={key}>
                <dt>
                  <kbd>{key}</kbd>
                </dt>
                <dd>{what}</dd>
              </div>
            ))}
          </dl>
        </section>
      ))}
      <label class="check">
        <input
          type="checkbox"
          checked={shortcuts.value}
          onChange={(event) => (shortcuts.value = event.currentTarget.checked)}
        />{' '}
        Use the keys of one character (? and /)
      </label>
      <div class="actions">
        <Button kind="primary" action={close}>
          Close
        </Button>
      </div>
    </Dialog>
  );
}
