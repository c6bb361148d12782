// Days of the calendar, in UTC. A condition keeps a day, not an instant: the same address then finds the same groups.

/** `2026-11-30`: a day in UTC. */
export type Day = string;

const DAY_MS = 86_400_000;

/** Whether a text is a day from 1900 to 2999 that the calendar has. */
export function isDay(text: unknown): text is Day {
  if (typeof text !== 'string' || !/^(19|2\d)\d\d-\d\d-\d\d$/.test(text)) return false;
  const time = Date.parse(`${text}T00:00:00.000Z`);
  return !Number.isNaN(time) && dayOf(time) === text;
}

/** The day of an instant, in epoch milliseconds. */
export function dayOf(time: number): Day {
  return new Date(time).toISOString().slice(0, 10);
}

/** The first instant of a day. */
export function startOf(day: Day): Date {
  return new Date(`${day}T00:00:00.000Z`);
}

/** The day that is `days` later, or earlier if negative. */
export function dayAfter(day: Day, days: number): Day {
  return dayOf(startOf(day).getTime() + days * DAY_MS);
}

/** The day that was `days` ago. */
export function daysAgo(days: number, now: number): Day {
  return dayOf(now - days * DAY_MS);
}

/** A day as people of the locale write it: `30 Nov 2026`. */
export function dayText(day: Day, locale?: string): string {
  return new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeZone: 'UTC' }).format(startOf(day));
}
