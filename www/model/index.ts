// All of the model, for its tests. Screens import the files that they need, so that each screen loads only its own.
import { MARK_NAMES } from './mark-names.ts';
import { nameMarks } from './names.ts';

nameMarks(MARK_NAMES);

export * from './address.ts';
export * from './chips.ts';
export * from './bulk.ts';
export * from './calls-shown.ts';
export * from './calls.ts';
export * from './charts.ts';
export * from './compare.ts';
export * from './completions.ts';
export * from './conditions.ts';
export * from './csv.ts';
export * from './curl.ts';
export * from './days.ts';
export * from './faults.ts';
export * from './expressions.ts';
export * from './history.ts';
export * from './insights.ts';
export * from './looks.ts';
export * from './members-file.ts';
export * from './names.ts';
export * from './numbers.ts';
export * from './packed.ts';
export * from './person.ts';
export * from './person-groups.ts';
export * from './profile.ts';
export * from './row.ts';
export * from './rows.ts';
export * from './rules.ts';
export * from './slices.ts';
export * from './time.ts';
export * from './views.ts';
