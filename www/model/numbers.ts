// Numbers in words.

let format: Intl.NumberFormat | undefined;

/** `12,300`, as people of the locale write it. */
export function grouped(count: number, locale?: string): string {
  if (locale !== undefined) return new Intl.NumberFormat(locale).format(count);
  format ??= new Intl.NumberFormat();
  return format.format(count);
}

/** `1 group`, `2 groups`, `12,300 groups`. */
export function counted(count: number, one: string, many = `${one}s`, locale?: string): string {
  return `${grouped(count, locale)} ${count === 1 ? one : many}`;
}

/** `12 %`; a part that is neither none nor all never reads as 0 % or 100 %. `undefined` of nothing. */
export function share(part: number, whole: number): string | undefined {
  if (whole <= 0) return undefined;
  const percent = (100 * part) / whole;
  if (part > 0 && percent < 1) return 'under 1 %';
  if (part < whole && percent > 99) return 'over 99 %';
  return `${Math.round(percent)} %`;
}

/** `1.2 MB`, `340 KB`, `12 bytes`: powers of 1,000. */
export function bytesText(bytes: number): string {
  if (bytes < 1000) return counted(bytes, 'byte');
  const units = ['KB', 'MB', 'GB', 'TB'];
  let value = bytes / 1000;
  let at = 0;
  while (value >= 999.5 && at < units.length - 1) {
    value /= 1000;
    at++;
  }
  return `${value < 9.95 ? value.toFixed(1) : Math.round(value)} ${units[at]}`;
}
