// The frame of every screen: navigation, the org, its limits, what is wrong, notices.
import type { ComponentType, JSX } from 'preact';

import { longestWait } from '../org/log.ts';
import { running } from '../org/running.ts';
import { host, offline, orgName, readOnly, signedOut } from '../org/session.ts';
import { Lazy } from './lazy.tsx';
import { Gauge } from './gauge.tsx';
import { Notices } from './notices.tsx';
import { followLinks, hrefOf, screenName } from './route.ts';
import { Countdown } from './states.tsx';

/** A screen: what the address and the navigation call it, and its component or how that is loaded. */
export type Screen = { name: string; title: string } & (
  { component: ComponentType } | { load: () => Promise<{ default: ComponentType }> }
);
/** The screens in the order of the navigation; the first is shown where the address names none. */
export type Screens = readonly [Screen, ...Screen[]];

export function Shell({ screens }: { screens: Screens }): JSX.Element {
  const screen = screens.find(({ name }) => name === screenName.value) ?? screens[0];
  return (
    <div class="shell" onClick={followLinks}>
      <a class="skip" href="#screen">
        Skip to the screen
      </a>
      <header class="top">
        <p class="org">
          <bdi>{orgName.value}</bdi>
          {readOnly.value && (
            <span class="badge" title={readOnly.value}>
              read only
            </span>
          )}
        </p>
        <Gauge />
      </header>
      <nav aria-label="Screens" class="rail">
        {screens.map(({ name, title }) => (
          <a key={name} href={hrefOf(name)} aria-current={name === screen.name ? 'page' : undefined}>
            {title}
          </a>
        ))}
      </nav>
      <main id="screen" tabIndex={-1}>
        <Banners />
        {'component' in screen ? (
          <screen.component key={screen.name} />
        ) : (
          <Lazy key={screen.name} load={screen.load} what={`The screen ${screen.title}`} props={{}} />
        )}
      </main>
      <Notices />
    </div>
  );
}

/** What holds for every screen: no network, no sign-in, read only, a wait. */
function Banners(): JSX.Element {
  const wait = longestWait.value;
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
              The org needs a sign-in. <a href={hrefOf('org')}>Sign in</a>
            </>
          ) : (
            'The org refused the sign-in of this site (401).'
          )}
        </p>
      )}
      {wait && (
        <p class="banner quiet" role="status">
          The client waits for the rate limit of <code>{wait.bucket}</code>: <Countdown until={wait.until} />
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
