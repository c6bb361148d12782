// A run of many writes that goes on while another screen is shown: the shell says so.
import { signal } from '@preact/signals';

/** The run that is under way; at most one. */
export const running = signal<
  | {
      /** What it does, in words: "Members in bulk: 120 of 1,000 writes done, about 3 min left". */
      text: string;
      /** The screen that shows it. */
      screen: string;
    }
  | undefined
>(undefined);

// The browser asks before it throws away a run and what is left of it.
addEventListener('beforeunload', (event) => {
  if (running.value) event.preventDefault();
});
