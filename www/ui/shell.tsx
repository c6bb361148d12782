// The frame of every screen: navigation, the org, its limits, what is wrong, notices.
import { signal, useSignal } from '@preact/signals';
import type { ComponentType, JSX } from 'preact';
import { useEffect, useRef } from 'preact/hooks';

import { longestWait } from '../org/log.ts';
import { running } from '../org/running.ts';
import {
  client,
  forget,
  hidden,
  host,
  noOrg,
  offline,
  orgName,
  readOnly,
  signedOut,
} from '../org/session.ts';
import { Button } from './button.tsx';
import { Lazy } from './lazy.tsx';
import { followLinks, hrefOf, screenName } from './route.ts';
import { isShortcut } from './shortcuts.ts';
import { Waits } from './waiting.tsx';

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
  import('./around.ts').then(
    (part) => (around.value = part),
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
  if (!isShown) return <Hidden />;
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
        <Banners />
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

/** In place of everything, once the console was locked or the org forgotten, until the page is loaded anew. */
function Hidden(): JSX.Element {
  const error = useSignal('');
  const again = async () => {
    error.value = '';
    try {
      await forget(hidden.value);
    } catch (why) {
      error.value = String((why as Error).message ?? why);
    }
  };
  return (
    <main class="boot">
      <h1>{hidden.value === 'locked' ? 'Locked' : 'Forgotten'}</h1>
      <p role="status">
        Everything that was read is hidden.
        {host.kind === 'proxy' &&
          ' The proxy is told to drop the token; if this stays, stop it in its terminal.'}
      </p>
      {error.value && <p role="alert">{error.value}</p>}
      <Button action={again}>Try again</Button>
    </main>
  );
}

/** What holds for every screen: no network, no sign-in, no org, a wait. */
function Banners(): JSX.Element {
  return (
    <div class="banners">
      {offline.value && (
        <p role="status" class="banner">
          This device is offline. What was read stays; the console reads on once the network is back.
        </p>
      )}
      {signedOut.value && (
        <p role="alert" class="banner">
          {host.kind === 'proxy' ? (
            <>
              The org needs a sign-in: it is missing or has expired. What was read stays.{' '}
              <a href={hrefOf('org')}>Sign in</a>
            </>
          ) : (
            'The org refused the sign-in of this site (401).'
          )}
        </p>
      )}
      {noOrg.value !== undefined && (
        <p role="alert" class="banner">
          No org answers at this site: to the list of groups it answered {noOrg.value}.{' '}
          <a href="?org=page" target="_self">
            Use an org in this page
          </a>
        </p>
      )}
      {longestWait.value && (
        <p class="banner quiet" role="status">
          <Waits />
        </p>
      )}
      {running.value && running.value.screen !== screenName.value && (
        <p class="banner quiet">
          {running.value.text}. <a href={hrefOf(running.value.screen)}>Show the run</a>
        </p>
      )}
    </div>
  );
}
