// What the first rows do without: it loads once the client is there.
export { Gauge } from './gauge.tsx';
export { keepFocus } from './keep-focus.ts';
export { Notices } from './notices.tsx';
