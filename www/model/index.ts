// All of the model, for its tests. Screens import the files that they need, so that each screen loads only its own.
export * from './address.ts';
export * from './conditions.ts';
export * from './days.ts';
export * from './names.ts';
export * from './numbers.ts';
export * from './person.ts';
export * from './row.ts';
export * from './rows.ts';
export * from './slices.ts';
export * from './views.ts';
