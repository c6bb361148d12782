// Which rows are alive: loaded after the first rows are drawn, which need no windowing yet.
export {
  Virtualizer,
  defaultRangeExtractor,
  elementScroll,
  observeElementOffset,
  observeElementRect,
} from '@tanstack/virtual-core';
