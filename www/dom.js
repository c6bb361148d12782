// Data becomes text nodes and properties, never markup.

/** `el('p.muted', { id: 'x' }, 'text', child)`; children that are null or false are left out. */
export function el(what, properties = {}, ...children) {
  const [name, ...classes] = what.split('.');
  const element = document.createElement(name);
  if (classes.length > 0) element.className = classes.join(' ');
  for (const [key, value] of Object.entries(properties)) {
    if (key.includes('-')) element.setAttribute(key, value);
    else element[key] = value;
  }
  element.append(...children.filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

export const byId = (id) => document.getElementById(id);

/** A text that people wrote: whichever way it runs, what is around it keeps its order. */
export const user = (text) => el('bdi', {}, text);

/** A name within a sentence. */
export const quoted = (name) => el('span', {}, '“', user(name), '”');

/** Whether focus is nowhere: what had it is gone or disabled. */
export const isFocusLost = () => !document.activeElement || document.activeElement === document.body;

/** Terms and what is known of them; those of which nothing is known are left out. */
export function facts(rows) {
  return rows
    .filter(([, value]) => value !== undefined && value !== null && value !== '')
    .map(([term, value]) => el('div', {}, el('dt', {}, term), el('dd', {}, value)));
}

const day = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium' });
const moment = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'short' });

/** A date as Okta sends it, in the reader's words. */
export function time(iso) {
  const date = new Date(iso);
  if (Number.isNaN(date.getTime())) return iso ?? '';
  return el('time', { dateTime: iso, title: moment.format(date) }, day.format(date));
}

const number = new Intl.NumberFormat();

/** `counted(2, 'group')` is "2 groups". */
export function counted(count, word) {
  return `${number.format(count)} ${word}${count === 1 ? '' : 's'}`;
}
