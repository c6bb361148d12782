import { useSignal, useSignalEffect } from '@preact/signals';
import type { JSX } from 'preact';
import { useEffect, useRef } from 'preact/hooks';

import { counting, searched } from '../../model/conditions.ts';
import { address } from '../../ui/route.ts';
import { isShortcut } from '../../ui/shortcuts.ts';
import { narrow, narrowing } from './state.ts';

/** How long the typing rests until the org is asked. */
const REST_MS = 300;
/** A pause after which a further change is another step of the history. */
const STEP_MS = 2_000;

/** Searches words inside names and descriptions, as they are typed. `/` goes to it. */
export function SearchBox(): JSX.Element {
  const input = useRef<HTMLInputElement>(null);
  const typed = useSignal(narrowing.peek()?.conditions.text ?? '');
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  /** When the last step of the history began or went on, by this box; 0 when it was left. */
  const stepAt = useRef(0);
  useSignalEffect(() => {
    // Back, a chip or a view put another text there. What is being typed stays.
    const text = narrowing.value?.conditions.text ?? '';
    if (timer.current === undefined) typed.value = text;
  });
  const ask = (text: string): void => {
    clearTimeout(timer.current);
    timer.current = undefined;
    // What the address says, while the language of expressions is on its way.
    const { conditions: asked = {}, search } = address.peek();
    const { conditions, text: expression } = narrowing.peek() ?? { conditions: asked, text: search };
    if ((conditions.text ?? '') === text) return;
    const others =
      expression === undefined ? { ...searched(conditions), ...counting(conditions) } : counting(conditions);
    const { text: _text, ...rest } = others;
    const replace = Date.now() - stepAt.current < STEP_MS;
    stepAt.current = Date.now();
    narrow({ ...rest, ...(text !== '' && { text }) }, { replace });
  };
  useEffect(() => {
    const slash = (event: KeyboardEvent): void => {
      if (event.key !== '/' || !isShortcut(event)) return;
      event.preventDefault();
      input.current?.focus();
      input.current?.select();
    };
    addEventListener('keydown', slash);
    return () => {
      removeEventListener('keydown', slash);
      clearTimeout(timer.current);
    };
  }, []);
  return (
    <search>
      <input
        ref={input}
        type="search"
        aria-label="Search names and descriptions"
        placeholder={
          narrowing.value?.text === undefined
            ? 'Search names and descriptions ( / )'
            : 'Search in place of the expression ( / )'
        }
        autocomplete="off"
        spellcheck={false}
        value={typed.value}
        onInput={({ currentTarget: { value } }) => {
          typed.value = value;
          clearTimeout(timer.current);
          timer.current = setTimeout(() => ask(value), REST_MS);
        }}
        onBlur={() => {
          if (timer.current !== undefined) ask(typed.peek());
          stepAt.current = 0;
        }}
        onKeyDown={(event) => {
          if (event.key === 'Enter' && !event.repeat) ask(typed.peek());
          if (event.key === 'ArrowDown') {
            const row = document.querySelector<HTMLElement>('.groups [data-index][tabindex="0"]');
            if (row) event.preventDefault();
            row?.focus();
          }
        }}
      />
    </search>
  );
}
