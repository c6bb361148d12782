// Shapes of charts as numbers and texts: pure functions. The parts of the page draw them as SVG.

/** The path of a line through values, from left to right, in a box; the largest value reaches the top. */
export function linePath(values: readonly number[], width: number, height: number): string {
  if (values.length === 0) return '';
  const most = Math.max(1, ...values);
  const step = values.length > 1 ? width / (values.length - 1) : 0;
  return values
    .map((value, at) => {
      const x = round(at * step);
      const y = round(height - (Math.max(0, value) / most) * height);
      return `${at === 0 ? 'M' : 'L'}${x} ${y}`;
    })
    .join('');
}

/** The sums of runs of `size` values; the last run ends at the last value. */
export function binned(values: readonly number[], size: number): number[] {
  const first = values.length % size;
  const bins: number[] = [];
  for (let at = first === 0 ? 0 : first - size; at < values.length; at += size) {
    bins.push(values.slice(Math.max(0, at), at + size).reduce((sum, value) => sum + value, 0));
  }
  return bins;
}

/**
 * Widths of bars, from 0 to `width`. A bar that is not 0 is at least `least` wide: few are not none. With `log`, widths
 * grow by the count's power of ten, so that 3 beside 30,000 is seen.
 */
export function barWidths(
  counts: readonly number[],
  width: number,
  { least = 2, log = false }: { least?: number; log?: boolean } = {},
): number[] {
  const scale = log ? (count: number) => Math.log10(1 + count) : (count: number) => count;
  const most = scale(Math.max(0, ...counts));
  return counts.map((count) =>
    count <= 0 || most <= 0 ? 0 : round(Math.max(least, (scale(count) / most) * width)),
  );
}

const round = (value: number): number => Math.round(value * 100) / 100;
