// The org that the console is connected to: its client, and what the client's events tell, as signals.
import { batch, computed, signal } from '@preact/signals';
import type { EmulatedOrg, CreateOrgOptions } from 'okta-groups/emulator';
import { OktaGroups, bearer, init, isOktaError } from 'okta-groups/external';
import type { ClientOptions, OktaError } from 'okta-groups/external';

import { readHost } from './host.ts';
import type { Host } from './host.ts';
import { noteEvent, noteRequest } from './log.ts';

const meta = (name: string): string | undefined =>
  document.querySelector<HTMLMetaElement>(`meta[name="${name}"]`)?.content;

/** Who serves the page. It does not change while the page is open. */
export const host: Host = readHost(meta('okta-groups-host'), location.search);

/** The folder that the page is served from, which ends in a slash. The control paths of a proxy are below it. */
export const base = new URL('.', document.baseURI);

/** The size and the faults of the org in the page; a change makes a new org. */
export const IN_PAGE: CreateOrgOptions = { groups: 1000, users: 5000, seed: 7, rules: 40, owners: 200 };

/** Why the console only reads; `undefined` while it may write. Screens hide no data for it, only what writes. */
export const readOnly = signal<string | undefined>(
  host.kind === 'proxy' && host.readOnly ? 'The console was started with --read-only.' : undefined,
);

/** The org answered 401: the sign-in is missing or has expired. The next answer other than 401 clears it. */
export const signedOut = signal(host.kind === 'proxy' && !host.signedIn);

/** The browser says that there is no network. */
export const offline = signal(!navigator.onLine);
addEventListener('online', () => (offline.value = false));
addEventListener('offline', () => (offline.value = true));

/** What the console calls the org: `acme.okta.com`, `local org`, `org in this page`. */
export const orgName = computed(() => {
  if (host.kind === 'proxy') return host.org.replace(/^https?:\/\//, '');
  return host.kind === 'page' ? 'Org in this page' : location.host;
});

/** The org in the page, once it was loaded. */
export const inPage = signal<EmulatedOrg | undefined>(undefined);

let made: Promise<OktaGroups> | undefined;
let connected: OktaGroups | undefined;

/** The client of the org. The first call loads the wasm and, with `?org=page`, the org. A failure is not kept. */
export function client(): Promise<OktaGroups> {
  made ??= connect().catch((error: unknown) => {
    made = undefined;
    throw error;
  });
  return made;
}

/** The client where it is there already: in handlers of what a screen shows, which came from it. */
export function theClient(): OktaGroups {
  if (!connected) throw new Error('the console is not connected yet');
  return connected;
}

async function connect(): Promise<OktaGroups> {
  const wasm = meta('okta-groups-wasm');
  await init(wasm === undefined ? undefined : new URL(wasm, base));
  const options: ClientOptions = {
    // The API answers at the root of the origin, wherever the page lies.
    orgUrl: location.origin,
    // No host of the console takes a token from the page: the proxy puts its own in place of this word.
    auth: bearer('console'),
    onEvent: (event) => {
      noteEvent(event);
      if (event.type === 'response') signedOut.value = event.status === 401;
    },
    middleware: [
      (request, next) => {
        noteRequest(request);
        return next();
      },
    ],
  };
  if (host.kind === 'proxy') options.org = host.org;
  // A proxy knows the page by a cookie, which the client by itself sends to nobody.
  options.fetch = (url, init) => fetch(url, { ...init, credentials: 'same-origin' });
  if (host.kind === 'page') {
    const { createOrg } = await import('okta-groups/emulator');
    const org = createOrg(IN_PAGE);
    inPage.value = org;
    options.orgUrl = org.orgUrl;
    options.fetch = org.fetch as NonNullable<ClientOptions['fetch']>;
  }
  connected = new OktaGroups(options);
  return connected;
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

/** Drops the token that the proxy keeps, and all that the console knows of the org. */
export async function forget(): Promise<void> {
  if (host.kind === 'proxy') {
    const answer = await fetch(new URL('console/forget', base), { method: 'POST' });
    if (!answer.ok) throw new Error(`the console's proxy answered ${answer.status}`);
  }
  batch(() => {
    signedOut.value = true;
  });
}

/** Gives a token to the proxy, which keeps it in its process; the page keeps it nowhere. */
export async function signIn(token: string, kind: 'ssws' | 'bearer'): Promise<void> {
  const answer = await fetch(new URL('console/sign-in', base), {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ token, kind }),
  });
  if (!answer.ok) {
    // The proxy's errors have the form of Okta's.
    const said: unknown = await answer.json().catch(() => undefined);
    const isError = typeof said === 'object' && said !== null && 'errorSummary' in said;
    throw new Error(isError ? String(said.errorSummary) : `the console's proxy answered ${answer.status}`);
  }
  signedOut.value = false;
}
