// All of the model, for its tests. Screens import the files that they need, so that each screen loads only its own.
export * from './address.js';
export * from './conditions.js';
export * from './days.js';
export * from './names.js';
export * from './numbers.js';
export * from './row.js';
export * from './rows.js';
export * from './slices.js';
export * from './views.js';
