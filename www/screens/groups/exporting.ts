import { signal } from '@preact/signals';

/** What is to be exported: rows that are selected, rows that are shown, or all groups that the search finds. */
export type ExportWhat = 'selected' | 'shown' | 'found';

/** The export that is asked for or under way. It goes on while other screens are shown. */
export const exporting = signal<ExportWhat | undefined>(undefined);
export const exportOf = (what: ExportWhat): void => {
  exporting.value = what;
};
