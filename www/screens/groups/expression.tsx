import { useSignal } from '@preact/signals';
import type { JSX } from 'preact';
import { useEffect, useId, useLayoutEffect, useMemo, useRef } from 'preact/hooks';

import { completions } from '../../model/completions.ts';
import { counting, isUnconditional } from '../../model/conditions.ts';
import { fromExpression, readExpression } from '../../model/expressions.ts';
import { version } from '../../org/groups.ts';
import { Button } from '../../ui/button.tsx';
import { address } from '../../ui/route.ts';
import { change, narrow, narrowing, shown } from './state.ts';

/** Completions that are offered at once. */
const OFFERED = 8;

/** Edits the conditions as the text that the org gets. Nothing is sent while the text has a fault. */
export default function Expression({ close }: { close: () => void }): JSX.Element {
  const by = narrowing.value;
  // A line break is a blank to the parser; the field has one line.
  const start = (by?.text ?? by?.search ?? '').replace(/[\r\n]/g, ' ');
  const text = useSignal(start);
  const from = useRef(start);
  const caret = useSignal(start.length);
  const chosen = useSignal(-1);
  const isOffering = useSignal(false);
  const input = useRef<HTMLInputElement>(null);
  const id = useId();
  useEffect(() => {
    // Back, or a chip, put another expression there. What is being typed stays.
    if (text.peek() === from.current) text.value = start;
    from.current = start;
  }, [start]);
  useEffect(() => {
    input.current?.focus();
    input.current?.setSelectionRange(text.peek().length, text.peek().length);
  }, []);
  /** Where the caret goes once the text of a completion is drawn: before the next key. */
  const goTo = useRef<number | undefined>(undefined);
  useLayoutEffect(() => {
    const at = goTo.current;
    if (at === undefined) return;
    goTo.current = undefined;
    input.current?.focus();
    input.current?.setSelectionRange(at, at);
  });
  const read = useMemo(() => {
    const value = text.value;
    return value.trim() === '' ? undefined : readExpression(value);
  }, [text.value]);
  const offered = useMemo(() => {
    const sources = new Map<string, string>();
    let left = 5_000;
    for (const { sourceId, sourceName } of shown.peek()?.list.rows ?? []) {
      if (left-- === 0) break;
      if (sourceId !== undefined) sources.set(sourceId, sourceName ?? sourceId);
    }
    return completions(text.value, caret.value, { sources, now: Date.now() });
  }, [text.value, caret.value, version.peek()]);
  const items = isOffering.value ? offered.items.slice(0, OFFERED) : [];
  const take = (index: number): void => {
    const item = items[index];
    if (!item) return;
    const { from: start, to } = offered;
    text.value = text.peek().slice(0, start) + item.text + text.peek().slice(to);
    const at = start + item.text.length - (item.text === '""' ? 1 : 0);
    caret.value = at;
    chosen.value = -1;
    goTo.current = at;
  };
  const apply = (): void => {
    const conditions = narrowing.peek()?.conditions ?? {};
    const next = fromExpression(text.peek());
    if (next.fault) {
      // The fault is shown already: the caret goes to it.
      input.current?.focus();
      input.current?.setSelectionRange(next.fault.position, next.fault.position);
      return;
    }
    const counts = counting(conditions);
    from.current = text.peek();
    if (next.conditions) narrow({ ...next.conditions, ...counts });
    else change({ search: next.text, conditions: counts });
  };
  const moved = (): void => {
    caret.value = input.current?.selectionStart ?? text.peek().length;
  };
  const fault = read?.fault;
  const counts = by && !isUnconditional(counting(by.conditions));
  return (
    <section class="groups-box" aria-label="Expression">
      <label for={id}>
        Expression for Okta’s <code>search</code>
      </label>
      <div class="groups-text">
        <input
          ref={input}
          id={id}
          spellcheck={false}
          autocomplete="off"
          role="combobox"
          aria-expanded={items.length > 0}
          aria-controls={`${id}-list`}
          aria-autocomplete="list"
          aria-activedescendant={chosen.value >= 0 && items.length > 0 ? `${id}-${chosen.value}` : undefined}
          aria-invalid={fault ? 'true' : undefined}
          aria-describedby={`${id}-said`}
          value={text.value}
          onInput={({ currentTarget }) => {
            text.value = currentTarget.value;
            caret.value = currentTarget.selectionStart ?? text.peek().length;
            chosen.value = -1;
            isOffering.value = true;
          }}
          onSelect={moved}
          onBlur={() => (isOffering.value = false)}
          onKeyDown={(event) => {
            if (event.key === 'ArrowDown' && (items.length > 0 || event.altKey)) {
              event.preventDefault();
              isOffering.value = true;
              chosen.value = Math.min(items.length - 1, chosen.value + 1);
            } else if (event.key === 'ArrowUp' && items.length > 0) {
              event.preventDefault();
              chosen.value = Math.max(-1, chosen.value - 1);
            } else if (event.key === 'Enter' && chosen.value >= 0 && items.length > 0) {
              event.preventDefault();
              take(chosen.value);
            } else if (event.key === 'Enter') {
              event.preventDefault();
              if (!event.repeat) apply();
            } else if (event.key === 'Escape') {
              event.preventDefault();
              event.stopPropagation();
              if (items.length > 0) isOffering.value = false;
              else if (text.peek() === start && !fault) close();
            } else if (event.key === ' ' && event.ctrlKey) {
              event.preventDefault();
              moved();
              isOffering.value = true;
            }
          }}
        />
        {items.length > 0 && (
          <ul class="offers" id={`${id}-list`} role="listbox" aria-label="Completions">
            {items.map((item, index) => (
              <li
                key={`${item.kind}${item.text}`}
                id={`${id}-${index}`}
                role="option"
                aria-selected={index === chosen.value}
                onPointerDown={(event) => {
                  event.preventDefault();
                  take(index);
                }}
              >
                <code>{item.text}</code> {item.detail && <span class="muted">{item.detail}</span>}
              </li>
            ))}
          </ul>
        )}
      </div>
      <div id={`${id}-said`} role="status">
        {fault ? (
          <Fault text={text.value} position={fault.position} message={fault.message} />
        ) : (
          read?.warnings?.map(({ message }) => (
            <p key={message} class="banner">
              {message}
            </p>
          ))
        )}
        {!fault && read && fromExpression(text.value).text !== undefined && (
          <p class="muted">Chips cannot show this expression: the list shows it as it is.</p>
        )}
        {counts && (
          <p class="muted">
            The numbers of members are no part of it: they are tested among the groups read.
          </p>
        )}
      </div>
      <div class="actions">
        <Button kind="primary" action={apply} disabled={fault !== undefined}>
          Search
        </Button>
        {address.value.search !== undefined || text.value !== start ? (
          <Button
            action={() => {
              text.value = '';
              input.current?.focus();
            }}
          >
            Clear
          </Button>
        ) : undefined}
        <Button
          action={() => {
            if (by?.fault) narrow(by.conditions);
            close();
          }}
        >
          {by?.fault ? 'Discard it' : 'Close'}
        </Button>
      </div>
    </section>
  );
}

/** The text with a caret under the column that has the fault, and what may stand there. */
function Fault({
  text,
  position,
  message,
}: {
  text: string;
  position: number;
  message: string;
}): JSX.Element {
  return (
    <div class="field-error">
      <pre class="groups-caret" data-column={position}>
        {text}
        {'\n'}
        {' '.repeat(position)}^
      </pre>
      <p>
        <bdi>{message.split('\n')[0]}</bdi>
      </p>
    </div>
  );
}
