// The frame of every screen: navigation, the org, its limits, what is wrong, notices.
import { signal, useSignal } from '@preact/signals';
import type { ComponentType, JSX } from 'preact';
import { useEffect, useRef } from 'preact/hooks';

import { client, hidden, orgName, readOnly } from '../org/session.ts';
import { Button } from './button.tsx';
import { Lazy, lateStyle } from './lazy.tsx';
import { followLinks, hrefOf, screenName } from './route.ts';
import { isShortcut } from './shortcuts.ts';

/** A screen: what the address and the navigation call it, and its component or how that is loaded. */
export type Screen = { name: string; title: string } & (
  { component: ComponentType } | { load: () => Promise<{ default: ComponentType }> }
);
/** The screens in the order of the navigation; the first is shown where the address names none. */
export type Screens = readonly [Screen, ...Screen[]];

const loadKeys = () => import('./keys.tsx');

const around = signal<typeof import('./around.ts') | undefined>(undefined);
/** Loads what is around the screens, again where it did not come. */
function loadAround(): void {
  Promise.all([import('./around.ts'), lateStyle()]).then(
    ([part]) => (around.value = part),
    () => setTimeout(loadAround, 5_000),
  );
}

export function Shell({ screens }: { screens: Screens }): JSX.Element {
  const screen = screens.find(({ name }) => name === screenName.value) ?? screens[0];
  const main = useRef<HTMLElement>(null);
  const keys = useSignal(false);
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      if (event.key !== '?' || !isShortcut(event)) return;
      event.preventDefault();
      keys.value = true;
    };
    addEventListener('keydown', press);
    return () => removeEventListener('keydown', press);
  }, [keys]);
  const root = useRef<HTMLDivElement>(null);
  const isShown = hidden.value === undefined;
  const part = around.value;
  useEffect(() => void client().then(loadAround, loadAround), []);
  useEffect(() => (root.current ? part?.keepFocus(root.current) : undefined), [isShown, part]);
  const shown = useRef(screen.name);
  useEffect(() => {
    if (shown.current === screen.name) return;
    shown.current = screen.name;
    // The next Tab goes into the new screen, and a screen reader says its name. A screen that put the focus itself keeps it.
    if (!main.current?.contains(document.activeElement)) main.current?.focus();
  }, [screen.name]);
  if (!isShown) return part ? <part.Hidden /> : <main class="boot" />;
  return (
    <div class="shell" ref={root} onClick={followLinks}>
      <a class="skip" href="#screen">
        Skip to the screen
      </a>
      <header class="top">
        <p class="org">
          <bdi>{orgName.value}</bdi>
          {readOnly.value && (
            <a class="badge" href={hrefOf('org')} title={readOnly.value}>
              read only
            </a>
          )}
        </p>
        <div class="actions">
          {part && <part.Gauge />}
          <Button kind="quiet" class="keys-button" label="Keys" action={() => (keys.value = true)}>
            ?
          </Button>
        </div>
      </header>
      <nav aria-label="Screens" class="rail">
        {screens.map(({ name, title }) => (
          <a key={name} href={hrefOf(name)} aria-current={name === screen.name ? 'page' : undefined}>
            {title}
          </a>
        ))}
      </nav>
      <main id="screen" class="keeps-focus" tabIndex={-1} ref={main} aria-label={screen.title}>
        {part && <part.Banners />}
        {'component' in screen ? (
          <screen.component key={screen.name} />
        ) : (
          <Lazy key={screen.name} load={screen.load} what={`The screen ${screen.title}`} props={{}} />
        )}
      </main>
      {part && <part.Notices />}
      {keys.value && <Lazy load={loadKeys} what="The keys" props={{ close: () => (keys.value = false) }} />}
    </div>
  );
}
