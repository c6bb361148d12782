// The address of the page, as a signal: which screen, and the screen's own parameters.
import { computed, signal } from '@preact/signals';

import { readAddress, writeAddress } from '../model/address.ts';
import type { Address } from '../model/address.ts';

/** The parameters of the address. */
export const params = signal(new URLSearchParams(location.search));

/** Keeps the address where it is: true if it does. It asks, and calls `leave` if the person wants to go all the same. */
export type Guard = (next: URLSearchParams, leave: () => void) => boolean;
let guard: Guard | undefined;

/** Puts a form's guard before each change of the address, until the function that it gives is called. */
export function setGuard(own: Guard): () => void {
  guard = own;
  return () => {
    if (guard === own) guard = undefined;
  };
}

function isKept(next: URLSearchParams, search: string): boolean {
  const own = guard;
  if (!own) return false;
  return own(next, () => {
    guard = undefined;
    go(search === '' ? location.pathname : search);
  });
}

addEventListener('popstate', () => {
  const { search } = location;
  const next = new URLSearchParams(search);
  if (guard && isKept(next, search)) {
    // The browser has gone already: a step forward shows the address of what is still on the page.
    const kept = params.value.toString();
    history.pushState(null, '', kept === '' ? location.pathname : `?${kept}`);
    return;
  }
  params.value = next;
});

/** Parameters that stay when another screen is shown. */
const KEPT = ['org'];

export type Changes = Record<string, string | undefined>;

function changed(from: URLSearchParams, changes: Changes): URLSearchParams {
  const next = new URLSearchParams(from);
  for (const [name, value] of Object.entries(changes)) {
    if (value === undefined || value === '') next.delete(name);
    else next.set(name, value);
  }
  return next;
}

/** The address with some parameters changed. */
export function href(changes: Changes): string {
  const text = changed(params.value, changes).toString();
  return text === '' ? location.pathname : `?${text}`;
}

/** The address of a screen, with its own parameters alone. */
export function hrefOf(screen: string, own: Changes = {}): string {
  const kept = new URLSearchParams();
  for (const name of KEPT) {
    const value = params.value.get(name);
    if (value !== null) kept.set(name, value);
  }
  const text = changed(kept, { screen: screen === 'groups' ? undefined : screen, ...own }).toString();
  return text === '' ? location.pathname : `?${text}`;
}

/** Called before another step of the history begins, to keep in `history.state` where the reader is. */
export const leaving = new Set<() => void>();

/** Goes to an address of this page. `replace` adds no step to the browser's history. */
export function go(to: string, { replace = false }: { replace?: boolean } = {}): void {
  const url = new URL(to, location.href);
  if (url.search === location.search || isKept(url.searchParams, url.search)) return;
  for (const tell of leaving) tell();
  history[replace ? 'replaceState' : 'pushState'](replace ? history.state : null, '', url);
  params.value = url.searchParams;
}

/** Changes parameters of the address. */
export const set = (changes: Changes, options?: { replace?: boolean }): void => go(href(changes), options);

/** A parameter of the address; `''` without it. */
export const param = (name: string): string => params.value.get(name) ?? '';

export const screenName = computed(() => params.value.get('screen') ?? 'groups');

/** What the address says, checked. */
export const address = computed(() => readAddress(params.value));

/** An {@link Address} as a link of this page. */
export const hrefTo = (to: Address): string => writeAddress(to) || location.pathname;

/** Follows links of this page without loading it anew, as a click without a modifier would. */
export function followLinks(event: MouseEvent): void {
  if (
    event.defaultPrevented ||
    event.button !== 0 ||
    event.metaKey ||
    event.ctrlKey ||
    event.shiftKey ||
    event.altKey
  )
    return;
  const link = (event.target as Element | null)?.closest?.('a');
  if (!link || link.target || link.hasAttribute('download')) return;
  const url = new URL(link.href);
  if (url.origin !== location.origin || url.pathname !== location.pathname || url.hash !== '') return;
  event.preventDefault();
  go(url.href);
}
