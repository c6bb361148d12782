import { signal } from '@preact/signals';
import type { Virtualizer, VirtualizerOptions } from '@tanstack/virtual-core';
import type { ComponentChildren, JSX } from 'preact';
import { useEffect, useLayoutEffect, useReducer, useRef } from 'preact/hooks';

/** The library that says which rows are alive, once it has come. */
const windowing = signal<typeof import('./windowing.ts') | undefined>(undefined);

/** Rows that are drawn before it has come. */
const FIRST = 40;

export interface Column<Row> {
  id: string;
  title: string;
  cell: (row: Row, index: number) => ComponentChildren;
  /** A CSS width: `12rem`, `minmax(10rem, 1fr)`. */
  width: string;
  align?: 'end';
  /** Which way the rows are sorted by it now; not given where they are not. */
  sorted?: 'asc' | 'desc' | undefined;
  /** Sorts by it; not given where it cannot. */
  sort?: () => void;
}

/**
 * Rows of one height, of which only those in sight (and some around) are in the page: 100,000 are as smooth as 100. Arrow
 * keys, Home, End, Page Up and Page Down move through all of them; Enter opens one. `aria-rowcount` tells how many there
 * are (-1: more exist).
 */
export function Grid<Row>({
  label,
  rows,
  keyOf,
  columns,
  rowHeight = 36,
  complete = true,
  active,
  activate,
  open,
  selected,
  select,
  nearEnd,
  describe,
  scrollTop = 0,
  scrolled,
}: {
  label: string;
  rows: readonly Row[];
  keyOf: (row: Row) => string;
  columns: readonly Column<Row>[];
  /** Pixels. */
  rowHeight?: number;
  /** All rows that exist are in `rows`. */
  complete?: boolean;
  /** Index of the row that has the focus when the grid is entered. */
  active: number;
  activate: (index: number) => void;
  /** Opens a row: Enter, or a click on it. */
  open?: (row: Row, index: number) => void;
  selected?: (row: Row) => boolean;
  /** Space, Shift+Space, Shift+arrows, Ctrl+A and clicks with Shift or Ctrl. `all` selects every row. */
  select?: (how: 'toggle' | 'range' | 'all', index: number) => void;
  /** The last rows are in sight. */
  nearEnd?: () => void;
  describe?: string;
  scrollTop?: number;
  scrolled?: (top: number) => void;
}): JSX.Element {
  const box = useRef<HTMLDivElement>(null);
  const [, redraw] = useReducer((count: number) => count + 1, 0);
  const virtual = useRef<Virtualizer<HTMLDivElement, HTMLDivElement> | undefined>(undefined);
  const refocus = useRef(false);
  const library = windowing.value;
  const hasRows = rows.length > 0;
  useEffect(() => {
    // The first rows are drawn first. Without the library the rest of the rows cannot be reached: it is asked for again
    // with the next rows.
    if (hasRows && !windowing.peek())
      void import('./windowing.ts').then((module) => (windowing.value = module));
  }, [hasRows, rows.length]);
  if (library) {
    const { Virtualizer, elementScroll, observeElementOffset, observeElementRect } = library;
    const options: VirtualizerOptions<HTMLDivElement, HTMLDivElement> = {
      count: rows.length,
      getScrollElement: () => box.current,
      estimateSize: () => rowHeight,
      overscan: 8,
      initialOffset: scrollTop,
      // The head stays in sight and takes a row's height of the box.
      scrollPaddingEnd: rowHeight,
      scrollToFn: elementScroll,
      observeElementRect,
      observeElementOffset,
      onChange: () => redraw(0),
    };
    virtual.current ??= new Virtualizer(options);
    virtual.current.setOptions(options);
  }
  const virtualizer = virtual.current;
  useLayoutEffect(() => virtualizer?._didMount(), [virtualizer]);
  useLayoutEffect(() => virtualizer?._willUpdate());

  const items =
    virtualizer?.getVirtualItems() ??
    Array.from({ length: Math.min(FIRST, rows.length) }, (_, index) => ({ index, start: index * rowHeight }));
  const last = items.at(-1)?.index ?? -1;
  useLayoutEffect(() => {
    if (rows.length > 0 && last >= rows.length - 10) nearEnd?.();
  }, [last, rows.length]);

  const focusRow = (index: number) => {
    box.current?.querySelector<HTMLElement>(`[data-index="${index}"]`)?.focus({ preventScroll: true });
  };
  useLayoutEffect(() => {
    if (!refocus.current) return;
    if (box.current?.querySelector(`[data-index="${active}"]`)) {
      refocus.current = false;
      focusRow(active);
    }
  });

  const moveTo = (index: number) => {
    const to = Math.max(0, Math.min(rows.length - 1, index));
    refocus.current = true;
    activate(to);
    virtualizer?.scrollToIndex(to, { align: 'auto' });
    redraw(0);
  };
  const perPage = () => Math.max(1, Math.floor((box.current?.clientHeight ?? 0) / rowHeight) - 2);
  const keyDown = (event: KeyboardEvent) => {
    const row = (event.target as HTMLElement).closest<HTMLElement>('[data-index]');
    // Keys within a cell's own control are the control's.
    if (!row || event.target !== row || event.altKey || event.metaKey) return;
    const moves: Record<string, number> = {
      ArrowDown: active + 1,
      ArrowUp: active - 1,
      Home: 0,
      End: rows.length - 1,
      PageDown: active + perPage(),
      PageUp: active - perPage(),
    };
    const to = moves[event.key];
    if (to !== undefined && !event.ctrlKey) {
      event.preventDefault();
      if (event.shiftKey && select) select('range', Math.max(0, Math.min(rows.length - 1, to)));
      moveTo(to);
    } else if (event.key === ' ' && select) {
      event.preventDefault();
      if (!event.repeat) select(event.shiftKey ? 'range' : 'toggle', active);
    } else if (event.key === 'a' && event.ctrlKey && select) {
      event.preventDefault();
      select('all', active);
    } else if (event.key === 'Enter') {
      event.preventDefault();
      const current = rows[active];
      if (!event.repeat && current !== undefined) open?.(current, active);
    }
  };
  const template = columns.map((column) => column.width).join(' ');
  return (
    <div
      class="grid"
      role="grid"
      aria-label={label}
      aria-describedby={describe}
      aria-rowcount={complete ? rows.length + 1 : -1}
      aria-colcount={columns.length}
      aria-multiselectable={select ? 'true' : undefined}
      ref={box}
      onKeyDown={keyDown}
      onScroll={scrolled && ((event) => scrolled(event.currentTarget.scrollTop))}
    >
      <div class="grid-head" role="row" aria-rowindex={1} style={{ gridTemplateColumns: template }}>
        {columns.map((column) => (
          <span
            key={column.id}
            role="columnheader"
            class={column.align === 'end' ? 'end' : ''}
            aria-sort={
              column.sort
                ? column.sorted === 'asc'
                  ? 'ascending'
                  : column.sorted
                    ? 'descending'
                    : 'none'
                : undefined
            }
          >
            {column.sort ? (
              <button type="button" onClick={column.sort}>
                {column.title}
                <span aria-hidden="true">{column.sorted === 'asc' ? ' ↑' : column.sorted ? ' ↓' : ''}</span>
              </button>
            ) : (
              column.title
            )}
          </span>
        ))}
      </div>
      <div class="grid-body" role="presentation" style={{ height: `${rows.length * rowHeight}px` }}>
        {items.map(({ index, start }) => {
          const row = rows[index];
          if (row === undefined) return undefined;
          const isSelected = selected?.(row);
          return (
            <div
              key={keyOf(row)}
              role="row"
              class={`grid-row${isSelected ? ' selected' : ''}`}
              aria-rowindex={index + 2}
              aria-selected={isSelected}
              data-index={index}
              data-key={keyOf(row)}
              tabIndex={index === active ? 0 : -1}
              style={{
                gridTemplateColumns: template,
                height: `${rowHeight}px`,
                transform: `translateY(${start}px)`,
              }}
              onFocus={() => index !== active && activate(index)}
              onClick={(event) => {
                if ((event.target as HTMLElement).closest('button, a, input, label')) return;
                activate(index);
                if (select && event.shiftKey) select('range', index);
                else if (select && (event.ctrlKey || event.metaKey)) select('toggle', index);
                else open?.(row, index);
              }}
            >
              {columns.map((column) => (
                <span key={column.id} role="gridcell" class={column.align === 'end' ? 'end' : ''}>
                  {column.cell(row, index)}
                </span>
              ))}
            </div>
          );
        })}
      </div>
    </div>
  );
}
