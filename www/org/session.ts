// The org that the console is connected to: its client, and what the client's events tell, as signals.
import { computed, signal } from '@preact/signals';
import type { EmulatedOrg, CreateOrgOptions } from 'okta-groups/emulator';
import { OktaGroups, bearer, init } from 'okta-groups/external';
import type { ClientOptions } from 'okta-groups/external';

import { NO_TOKEN, takeFirstPage, takeWasm } from './early.ts';
import { readHost } from './host.ts';
import type { Host } from './host.ts';
import { noteEvent, noteRequest } from './log.ts';

const meta = (name: string): string | undefined =>
  document.querySelector<HTMLMetaElement>(`meta[name="${name}"]`)?.content;

/** Who serves the page. It does not change while the page is open. */
export const host: Host = readHost(meta('okta-groups-host'), location.search);

/** The folder that the page is served from, which ends in a slash. The control paths of a proxy are below it. */
export const base = new URL('.', document.baseURI);

/** The size and the seed of the org in the page, unless the screen *Org* chose others for this tab. */
export const IN_PAGE: CreateOrgOptions = { groups: 1000, users: 5000, seed: 7, rules: 40, owners: 200 };

/** Key of this tab's storage: the size and the seed of the org in the page, which a reload makes anew. No data of an org. */
export const IN_PAGE_KEY = 'okta-groups-org-in-page';

/** Why a console that was started so only reads. */
export const NEVER_WRITES = 'The console was started with --read-only.';

/** Why the console only reads; `undefined` while it may write. Screens hide no data for it, only what writes. */
export const readOnly = signal<string | undefined>(
  host.kind === 'proxy' && host.readOnly ? NEVER_WRITES : undefined,
);

/** The org answered 401: the sign-in is missing or has expired. The next answer other than 401 clears it. */
export const signedOut = signal(host.kind === 'proxy' && !host.signedIn);

/**
 * What the page's own origin answered to the list of groups in place of an org's answer, as a static site does; `undefined`
 * where an org answers.
 */
export const noOrg = signal<string | undefined>(undefined);

/** The scopes of the token, where the proxy knows them. */
export const scopes = signal<readonly string[] | undefined>(undefined);

/** The browser says that there is no network. */
export const offline = signal(!navigator.onLine);

/**
 * Grows when what made reads fail has ended: the network is back, or somebody signed in. Whatever failed for it is read
 * again then.
 */
export const comebacks = signal(0);
addEventListener('offline', () => (offline.value = true));
addEventListener('online', () => {
  offline.value = false;
  comebacks.value++;
});

/** What the console calls the org: `acme.okta.com`, `127.0.0.1:8080`, `Org in this page`. */
export const orgName = computed(() => {
  if (host.kind === 'proxy') return host.org.replace(/^https?:\/\//, '');
  return host.kind === 'page' ? 'Org in this page' : location.host;
});

/** The org in the page, once it was loaded. */
export const inPage = signal<EmulatedOrg | undefined>(undefined);

/** Share of each rate limit that the client leaves to other programs: its own default. */
export const RESERVE = 0.1;

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
  await init(wasm === undefined ? undefined : takeWasm(new URL(wasm, base)));
  const options: ClientOptions = {
    // The API answers at the root of the origin, wherever the page lies.
    orgUrl: location.origin,
    auth: bearer(NO_TOKEN),
    onEvent: (event) => {
      noteEvent(event);
      if (event.type === 'response') signedOut.value = event.status === 401;
    },
    middleware: [
      async (request, next) => {
        const came = noteRequest(request);
        try {
          const response = await next();
          came({ status: response.status });
          if (host.kind === 'same-origin' && request.url.pathname === '/api/v1/groups') {
            noOrg.value = answerOfNoOrg(response);
          }
          return response;
        } catch (error) {
          came({ error });
          throw error;
        }
      },
    ],
  };
  // A proxy knows the page by a cookie, which the client by itself sends to nobody.
  options.fetch = (url, init) =>
    takeFirstPage(url, init.signal) ?? fetch(url, { ...init, credentials: 'same-origin' });
  if (host.kind === 'page') {
    const { createOrg } = await import('okta-groups/emulator');
    const org = createOrg({ ...IN_PAGE, ...chosen() });
    inPage.value = org;
    options.orgUrl = org.orgUrl;
    options.fetch = org.fetch as NonNullable<ClientOptions['fetch']>;
  } else if (host.kind === 'proxy') {
    // Cursors and files belong to the org, whatever port the proxy has today.
    if (host.org) options.org = host.org;
    // Without it, a 403 will tell.
    import('./rights.ts').then(({ readSession }) => readSession()).catch(() => undefined);
  }
  connected = new OktaGroups(options);
  return connected;
}

/** In words, an answer to the list of groups that no org gives. */
function answerOfNoOrg({ status, headers }: Response): string | undefined {
  if (status === 404 || status === 405 || status === 501) return `with the status ${status}`;
  return status === 200 && headers.get('content-type')?.startsWith('text/html')
    ? 'with a web page'
    : undefined;
}

/** The size and the seed that this tab chose for the org in the page. */
function chosen(): CreateOrgOptions {
  try {
    const told: unknown = JSON.parse(sessionStorage.getItem(IN_PAGE_KEY) ?? '{}');
    return Object.fromEntries(
      Object.entries(Object(told)).filter(([name, value]) => name in IN_PAGE && Number.isSafeInteger(value)),
    );
  } catch {
    // Storage that is switched off or holds something else.
    return {};
  }
}

/** Hides all that was read, before the page is left: nothing of it stays in the document. */
export const hidden = signal<'locked' | 'forgotten' | undefined>(undefined);
