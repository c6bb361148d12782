import { signal } from '@preact/signals';
import { Component } from 'preact';
import type { ComponentChildren, JSX } from 'preact';
import { useEffect, useLayoutEffect, useReducer, useRef } from 'preact/hooks';

import type { Windowed } from './windowing.ts';

/** The library that says which rows are alive, once it has come. */
const windowing = signal<typeof import('./windowing.ts') | undefined>(undefined);

/** Rows that are drawn before it has come. */
const FIRST = 40;
/** Rows before the end at which more are asked for. */
const NEAR = 10;
/** Height of the head in pixels; it stays in sight. */
const HEAD = 36;

export interface Column<Row> {
  id: string;
  /** Text of the head; `head` may draw something else there. */
  title: string;
  head?: ComponentChildren;
  cell: (row: Row, index: number) => ComponentChildren;
  /** A CSS width: `12rem`, `minmax(10rem, 1fr)`. */
  width: string;
  align?: 'end';
  /** Which way the rows are sorted by it now; not given where they are not. */
  sorted?: 'asc' | 'desc' | undefined;
  /** Sorts by it; not given where it cannot. */
  sort?: () => void;
}

/** A place in the rows: `top` is gone to whenever `key` changes. */
export interface Place {
  key: string;
  /** Pixels from the top. */
  top: number;
}

/** How rows are selected. */
export type Selecting = 'toggle' | 'range' | 'extend' | 'all';

interface Handlers<Row> {
  focus: (index: number) => void;
  click: (event: MouseEvent, row: Row, index: number) => void;
}

/**
 * Rows of one height, of which only those in sight (and some around) are in the page: 100,000 are as smooth as 100. Arrow
 * keys, Home, End, Page Up and Page Down move through all of them; Enter opens one. `aria-rowcount` tells how many there
 * are (-1: more exist). The focus stays on the active row when rows come, go or scroll out of sight.
 *
 * A row is drawn again when `row`, its index, its selection, `columns` or `rowHeight` are others: keep `columns` the same
 * object while they are the same.
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
  opened,
  selected,
  select,
  nearEnd,
  describe,
  place,
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
  /** `isRange`: the move extends the selection. */
  activate: (index: number, isRange?: boolean) => void;
  /** Opens a row: Enter, or a click on it. */
  open?: (row: Row, index: number) => void;
  /** Key of the row that is open beside the rows. */
  opened?: string | undefined;
  selected?: (row: Row) => boolean;
  /**
   * Selects: `toggle` by Space or a click with Ctrl, `range` by Shift+Space or a click with Shift, `extend` by Shift+arrows (from the
   * row at `from`), `all` by Ctrl+A.
   */
  select?: (how: Selecting, index: number, from: number) => void;
  /** The last rows are in sight, or there is none. Called after each drawing while it is so. */
  nearEnd?: () => void;
  describe?: string | undefined;
  place?: Place;
  scrolled?: (top: number) => void;
}): JSX.Element {
  const box = useRef<HTMLDivElement>(null);
  const [, redraw] = useReducer((count: number) => count + 1, 0);
  const virtual = useRef<Windowed | undefined>(undefined);
  const refocus = useRef(false);
  /** The focus is on a row, or was when that row left the page. */
  const hasFocus = useRef(false);
  const goingTo = useRef<number | undefined>(undefined);
  const library = windowing.value;
  const hasRows = rows.length > 0;
  const at = Math.max(0, Math.min(active, rows.length - 1));
  useEffect(() => {
    // The first rows are drawn first. Without the library the rest of the rows cannot be reached: it is asked for again
    // with the next rows.
    if (hasRows && !windowing.peek())
      import('./windowing.ts').then(
        (module) => (windowing.value = module),
        () => undefined,
      );
  }, [hasRows, rows.length]);
  if (library) {
    virtual.current = library.windowOf(virtual.current, {
      count: rows.length,
      rowHeight,
      head: HEAD,
      active: at,
      box: () => box.current,
      redraw: () => redraw(0),
    });
  }
  const virtualizer = virtual.current;
  useLayoutEffect(() => virtualizer?._didMount(), [virtualizer]);
  useLayoutEffect(() => virtualizer?._willUpdate());

  const items =
    virtualizer?.getVirtualItems() ??
    Array.from({ length: Math.min(FIRST, rows.length) }, (_, index) => ({ index, start: index * rowHeight }));
  const end = virtualizer?.range?.endIndex ?? items.at(-1)?.index ?? -1;
  useLayoutEffect(() => {
    if (end >= rows.length - NEAR && goingTo.current === undefined) nearEnd?.();
  });

  useLayoutEffect(() => {
    goingTo.current = place?.top;
  }, [place?.key]);
  useLayoutEffect(() => {
    const top = goingTo.current;
    if (!box.current || top === undefined || (rows.length === 0 && !complete)) return;
    // Rows that are not read yet are waited for.
    if (box.current.scrollHeight < top + box.current.clientHeight && !complete) return;
    goingTo.current = undefined;
    box.current.scrollTop = top;
  });

  const focusRow = (index: number): void => {
    box.current?.querySelector<HTMLElement>(`[data-index="${index}"]`)?.focus({ preventScroll: true });
  };
  useLayoutEffect(() => {
    const isLost = hasFocus.current && document.activeElement === document.body && document.hasFocus();
    if (!refocus.current && !isLost) return;
    if (rows.length === 0) {
      if (isLost) box.current?.focus({ preventScroll: true });
    } else if (box.current?.querySelector(`[data-index="${at}"]`)) {
      refocus.current = false;
      focusRow(at);
    }
  });

  const moveTo = (index: number, isRange: boolean): void => {
    const to = Math.max(0, Math.min(rows.length - 1, index));
    refocus.current = true;
    activate(to, isRange);
    virtualizer?.scrollToIndex(to, { align: 'auto' });
    redraw(0);
  };
  const perPage = (): number =>
    Math.max(1, Math.floor(((box.current?.clientHeight ?? 0) - HEAD) / rowHeight) - 1);
  const keyDown = (event: KeyboardEvent): void => {
    goingTo.current = undefined;
    const row = (event.target as HTMLElement).closest<HTMLElement>('[data-index]');
    // Keys within a cell's own control are the control's.
    if (!row || event.target !== row || event.altKey) return;
    const isControl = event.ctrlKey || event.metaKey;
    const moves: Record<string, number> = {
      ArrowDown: at + 1,
      ArrowUp: at - 1,
      Home: 0,
      End: rows.length - 1,
      PageDown: at + perPage(),
      PageUp: at - perPage(),
    };
    const to = moves[event.key];
    if (to !== undefined && (!isControl || event.key === 'Home' || event.key === 'End')) {
      event.preventDefault();
      moveTo(to, event.shiftKey);
      if (event.shiftKey) select?.('extend', Math.max(0, Math.min(rows.length - 1, to)), at);
    } else if (event.key === ' ' && select) {
      event.preventDefault();
      if (!event.repeat) select(event.shiftKey ? 'range' : 'toggle', at, at);
    } else if (event.key.toLowerCase() === 'a' && isControl && select) {
      event.preventDefault();
      if (!event.repeat) select('all', at, at);
    } else if (event.key === 'Enter' && !isControl) {
      event.preventDefault();
      const current = rows[at];
      if (!event.repeat && current !== undefined) open?.(current, at);
    }
  };
  // Rows get the same handlers for ever, which do what was asked for last.
  const latest = useRef<Handlers<Row>>(undefined);
  latest.current = {
    focus: (index) => index !== active && activate(index),
    click: (event, row, index) => {
      if ((event.target as HTMLElement).closest('button, a, input, label')) return;
      activate(index, event.shiftKey);
      if (select && event.shiftKey) select('range', index, at);
      else if (select && (event.ctrlKey || event.metaKey)) select('toggle', index, at);
      else open?.(row, index);
    },
  };
  const handlers = useRef<Handlers<Row>>({
    focus: (index) => latest.current?.focus(index),
    click: (event, row, index) => latest.current?.click(event, row, index),
  });
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
      tabIndex={-1}
      onKeyDown={keyDown}
      onScroll={scrolled && ((event) => scrolled(event.currentTarget.scrollTop))}
      onWheel={() => (goingTo.current = undefined)}
      onPointerDown={() => (goingTo.current = undefined)}
      onFocusIn={(event) => (hasFocus.current = (event.target as Element).closest('[data-index]') !== null)}
      onFocusOut={({ target, relatedTarget }) => {
        // A row that leaves the page takes the focus with it, which comes back. A row that stays was left.
        if (relatedTarget) hasFocus.current = false;
        else queueMicrotask(() => (target as Element).isConnected && (hasFocus.current = false));
      }}
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
              (column.head ?? column.title)
            )}
          </span>
        ))}
      </div>
      <div class="grid-body" role="presentation" style={{ height: `${rows.length * rowHeight}px` }}>
        {items.map(({ index, start }) => {
          const row = rows[index];
          if (row === undefined) return undefined;
          const key = keyOf(row);
          return (
            <GridRow<Row>
              key={key}
              id={key}
              row={row}
              index={index}
              start={start}
              rowHeight={rowHeight}
              columns={columns}
              template={template}
              isActive={index === at}
              isSelected={selected?.(row)}
              isOpen={key === opened}
              handlers={handlers.current}
            />
          );
        })}
      </div>
    </div>
  );
}

interface RowProps<Row> {
  id: string;
  row: Row;
  index: number;
  start: number;
  rowHeight: number;
  columns: readonly Column<Row>[];
  template: string;
  isActive: boolean;
  isSelected: boolean | undefined;
  isOpen: boolean;
  handlers: Handlers<Row>;
}

class GridRow<Row> extends Component<RowProps<Row>> {
  // Scrolling draws only the rows that come.
  override shouldComponentUpdate(next: RowProps<Row>): boolean {
    for (const key in next) {
      if (next[key as keyof RowProps<Row>] !== this.props[key as keyof RowProps<Row>]) return true;
    }
    return false;
  }

  override render({
    id,
    row,
    index,
    start,
    rowHeight,
    columns,
    template,
    handlers,
    ...is
  }: RowProps<Row>): JSX.Element {
    return (
      <div
        role="row"
        class={`grid-row${is.isSelected ? ' selected' : ''}${is.isOpen ? ' opened' : ''}`}
        aria-rowindex={index + 2}
        aria-selected={is.isSelected}
        aria-current={is.isOpen ? 'true' : undefined}
        data-index={index}
        data-key={id}
        tabIndex={is.isActive ? 0 : -1}
        style={{
          gridTemplateColumns: template,
          height: `${rowHeight}px`,
          transform: `translateY(${start}px)`,
        }}
        onFocus={() => handlers.focus(index)}
        onClick={(event: MouseEvent) => handlers.click(event, row, index)}
      >
        {columns.map((column) => (
          <span key={column.id} role="gridcell" class={column.align === 'end' ? 'end' : ''}>
            {column.cell(row, index)}
          </span>
        ))}
      </div>
    );
  }
}
