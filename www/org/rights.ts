// What the sign-in may do, and its end. Apart from the session, which the first view needs.
import { batch } from '@preact/signals';
import { isOktaError } from 'okta-groups/external';
import type { OktaError } from 'okta-groups/external';

import { IN_PAGE_KEY, NEVER_WRITES, base, hidden, host, readOnly, scopes } from './session.ts';

/** Takes up what the proxy knows of the token: its scopes, where it knows them. Without them, a 403 will tell. */
export async function readSession(): Promise<void> {
  try {
    const answer = await fetch(new URL('console/session', base));
    if (!answer.ok) return;
    const session = Object((await answer.json()) as unknown);
    batch(() => {
      scopes.value = Array.isArray(session.scopes) ? session.scopes.map(String) : undefined;
      if (session.readOnly === true) readOnly.value = NEVER_WRITES;
      else if (scopes.value && !scopes.value.includes('okta.groups.manage')) {
        readOnly.value = 'The token lacks the scope okta.groups.manage.';
      }
    });
  } catch {
    // The proxy is gone: what the screens read tells it.
  }
}

/**
 * Takes note of a write that was refused: after a 403 the console only reads, until the person says otherwise on the
 * screen *Org*.
 */
export function noteRefusedWrite(error: unknown): void {
  if (!isOktaError(error, 'forbidden')) return;
  const { code, missingScope, summary } = error as OktaError & {
    code?: string;
    missingScope?: string;
    summary: string;
  };
  // The proxy does not know this page: another run of the command has its port. The org has refused nothing.
  if (code === 'E0000005') return;
  readOnly.value =
    missingScope === undefined
      ? `The org refused a write: ${summary}`
      : `The token lacks the scope ${missingScope}.`;
}

/** The person says that the console may write again: a role or a scope was given meanwhile. */
export function writeAgain(): void {
  if (!neverWrites()) readOnly.value = undefined;
}

/** Whether the console was started to read only, which only its next start changes. */
export const neverWrites = (): boolean => readOnly.value === NEVER_WRITES;

/**
 * Drops the token that the proxy keeps, and all that the console knows of the org: the page is loaded anew, at the screen
 * *Org*. It hides everything first, also where the proxy does not answer.
 */
export async function forget(why: 'locked' | 'forgotten' = 'forgotten'): Promise<void> {
  hidden.value = why;
  if (host.kind === 'proxy') {
    const answer = await fetch(new URL('console/forget', base), { method: 'POST' });
    if (!answer.ok) throw new Error(`The console’s proxy answered ${answer.status}.`);
  }
  if (host.kind === 'page') sessionStorage.removeItem(IN_PAGE_KEY);
  const to = new URL(location.pathname, location.origin);
  to.searchParams.set('screen', 'org');
  if (host.kind === 'page') to.searchParams.set('org', 'page');
  if (why === 'locked') to.searchParams.set('locked', '1');
  location.replace(to);
}
