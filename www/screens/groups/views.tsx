import { signal, useSignal } from '@preact/signals';
import type { JSX } from 'preact';

import { readAddress, writeAddress } from '../../model/address.ts';
import { named, readyViews, sameView } from '../../model/views.ts';
import { Button } from '../../ui/button.tsx';
import { Menu } from '../../ui/menu.tsx';
import { Name } from '../../ui/name.tsx';
import { address, go, hrefTo } from '../../ui/route.ts';

/** Saved views: addresses by their names, which hold conditions and columns, and nothing that was read of the org. */
const KEY = 'okta-groups.views';
const LIMIT = 50;

function stored(): string[] {
  try {
    const value: unknown = JSON.parse(localStorage.getItem(KEY) ?? '[]');
    if (!Array.isArray(value)) return [];
    return value
      .filter((each) => typeof each === 'string' && readAddress(each).view !== undefined)
      .slice(0, LIMIT);
  } catch {
    // Storage may be forbidden, or hold what something else wrote.
    return [];
  }
}

const saved = signal<readonly string[]>(stored());

function store(next: readonly string[]): boolean {
  saved.value = next.slice(0, LIMIT);
  try {
    localStorage.setItem(KEY, JSON.stringify(saved.value));
    return true;
  } catch {
    return false;
  }
}

/** Views of the console's own and saved ones. A view is an address: a bookmark or a message can hold it, too. */
export function Views(): JSX.Element {
  return <Menu title="Views">{(close) => <List close={close} />}</Menu>;
}

function List({ close }: { close: () => void }): JSX.Element {
  const current = address.value;
  const name = useSignal(current.view ?? '');
  const said = useSignal('');
  const org = current.org && { org: current.org };
  const save = (): void => {
    const wanted = name.peek().trim();
    if (wanted === '') {
      said.value = 'Type a name for the view.';
      return;
    }
    const { org: _org, ...view } = named(current, wanted);
    const query = writeAddress(view);
    const isKept = store([query, ...saved.peek().filter((each) => readAddress(each).view !== wanted)]);
    go(hrefTo({ ...named(current, wanted), ...org }), { replace: true });
    if (isKept) close();
    else said.value = 'This browser keeps nothing: bookmark the address instead.';
  };
  return (
    <>
      <ul class="views">
        {readyViews(Date.now()).map(({ name: text, address: view }) => (
          <li key={text}>
            <a
              href={hrefTo({ ...view, ...org })}
              aria-current={sameView(view, current) ? 'true' : undefined}
              onClick={close}
            >
              {text}
            </a>
          </li>
        ))}
        {saved.value.map((query) => {
          const view = readAddress(query);
          return (
            <li key={query}>
              <a
                href={hrefTo({ ...view, ...org })}
                aria-current={sameView(view, current) ? 'true' : undefined}
                onClick={close}
              >
                <Name text={view.view ?? ''} />
              </a>
              <Button
                kind="quiet"
                label={`Remove the view ${view.view}`}
                action={() => store(saved.peek().filter((each) => each !== query))}
              >
                ✕
              </Button>
            </li>
          );
        })}
      </ul>
      <form
        class="actions"
        onSubmit={(event) => {
          event.preventDefault();
          save();
        }}
      >
        <input
          aria-label="Name of this view"
          placeholder="Name of this view"
          value={name.value}
          maxLength={200}
          onInput={({ currentTarget }) => (name.value = currentTarget.value)}
        />
        <Button action={save}>Save this view</Button>
        <span role="status">{said.value}</span>
      </form>
    </>
  );
}
