// What every screen may have above or in place of it.
import { useSignal } from '@preact/signals';
import type { JSX } from 'preact';

import { longestWait } from '../org/log.ts';
import { running } from '../org/running.ts';
import { forget } from '../org/rights.ts';
import { hidden, host, noOrg, offline, signedOut } from '../org/session.ts';
import { Button } from './button.tsx';
import { hrefOf, screenName } from './route.ts';
import { Waits } from './waiting.tsx';

/** In place of everything, once the console was locked or the org forgotten, until the page is loaded anew. */
export function Hidden(): JSX.Element {
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
export function Banners(): JSX.Element {
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
