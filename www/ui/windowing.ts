// Which rows are alive: loaded after the first rows are drawn, which need no windowing yet.
import {
  Virtualizer,
  defaultRangeExtractor,
  elementScroll,
  observeElementOffset,
  observeElementRect,
} from '@tanstack/virtual-core';

/** Rows that are alive above and below those in sight. */
const AROUND = 6;

/** Rows of one height in a box. */
export type Windowed = Virtualizer<HTMLDivElement, HTMLDivElement>;

/** Makes the window of a box's rows, or tells it what has changed. */
export function windowOf(
  known: Windowed | undefined,
  {
    count,
    rowHeight,
    head,
    active,
    box,
    redraw,
  }: {
    count: number;
    /** Pixels, as `head`. */
    rowHeight: number;
    /** Height of what covers the end of the box. */
    head: number;
    /** Index of the row that stays in the page, and with it the focus. */
    active: number;
    box: () => HTMLDivElement | null;
    redraw: () => void;
  },
): Windowed {
  const options: ConstructorParameters<typeof Virtualizer<HTMLDivElement, HTMLDivElement>>[0] = {
    // The library computes the places of all rows anew whenever their number changes, 2 MB at 100,000 rows: pages that
    // come change this number a dozen times. The box is no higher than the rows are.
    count: 2 ** Math.ceil(Math.log2(count + 1)),
    getScrollElement: box,
    estimateSize: () => rowHeight,
    overscan: AROUND,
    initialOffset: () => box()?.scrollTop ?? 0,
    scrollPaddingEnd: head,
    rangeExtractor: (range) => {
      const indexes = defaultRangeExtractor(range);
      if (active < count && !indexes.includes(active))
        indexes[active < range.startIndex ? 'unshift' : 'push'](active);
      return indexes;
    },
    scrollToFn: elementScroll,
    observeElementRect,
    observeElementOffset,
    onChange: redraw,
  };
  if (!known) return new Virtualizer(options);
  const before = known.options.estimateSize(0);
  known.setOptions(options);
  if (before !== rowHeight) known.measure();
  return known;
}
