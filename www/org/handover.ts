// What one screen asks the screen Members in bulk to plan: in memory, since lists of people are long.
import { signal } from '@preact/signals';

export interface Handed {
  /** Ids of the groups. */
  groups: readonly string[];
  /** Ids of people. */
  people: readonly string[];
  /** `add`: they are added; `exact`: they are to be the only members. */
  mode: 'add' | 'exact';
}

/** Waits until the screen Members in bulk takes it. */
export const handed = signal<Handed | undefined>(undefined);
