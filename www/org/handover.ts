// What one screen asks the screen Members in bulk to plan: in memory, since lists of people are long.
import { signal } from '@preact/signals';

export interface Handed {
  /** Ids of the groups. */
  groups: readonly string[];
  /** Ids of the people to add. */
  add: readonly string[];
}

/** Waits until the screen Members in bulk takes it. */
export const handed = signal<Handed | undefined>(undefined);
