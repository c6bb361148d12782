// Changes that this page made to groups: lists and open screens follow them.
import { signal } from '@preact/signals';
import type { Group } from 'okta-groups/external';

export type GroupChange =
  | { readonly kind: 'created' | 'updated'; readonly group: Group }
  | { readonly kind: 'removed'; readonly id: string }
  /** Members were added or removed: by how many, as far as it is known. */
  | { readonly kind: 'members'; readonly id: string; readonly by: number };

/** The last change; each is a new object. */
export const groupChanged = signal<GroupChange | undefined>(undefined);

/** A group was made. */
export function created(group: Group): void {
  groupChanged.value = { kind: 'created', group };
}

/** A group's profile changed. */
export function updated(group: Group): void {
  groupChanged.value = { kind: 'updated', group };
}

/** A group was deleted, or is known to be gone. */
export function removed(id: string): void {
  groupChanged.value = { kind: 'removed', id };
}

/** Members were added to a group (`by` above 0) or removed from it. `record` of changes.ts tells it of every recorded change. */
export function membersChanged(id: string, by: number): void {
  groupChanged.value = { kind: 'members', id, by };
}
