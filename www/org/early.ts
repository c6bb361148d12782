// What the boot script asks for while the console's scripts are on their way: the first page of the list of groups, with the
// request that the client sends for it, and the wasm. The client then takes these answers in place of others.

/**
 * Groups of the first page that the console reads: what a screen shows. On a slow network 200 take seconds more. The next page
 * follows at once.
 */
export const FIRST_PAGE = 50;
export const EXPAND = ['stats', 'app'];
/** No host of the console takes a token from the page: a proxy puts its own in place of this word. */
export const NO_TOKEN = 'console';

interface AskedPage {
  readonly url: string;
  readonly at: number;
  readonly abort: AbortController;
  readonly response: Promise<Response>;
  /** The body, parsed; `undefined` if it is no JSON of a good answer. */
  readonly body: Promise<unknown>;
}
/** What was asked for and is not taken yet. The boot script and the console's scripts share it. */
interface Early {
  firstPage?: AskedPage | undefined;
  /** `null`: the client has it. */
  wasm?: Promise<Response> | null;
}
const early = ((globalThis as { oktaGroupsEarly?: Early }).oktaGroupsEarly ??= {});

/** Milliseconds after which the first page is too old to be shown as new. */
const FRESH = 30_000;
/** Milliseconds that the wasm waits for the first page's answer. */
const AT_MOST = 700;
/** Parameters of an address that list other groups, or another order or org. */
const OTHERS = /[?&](org|search|text|starts|type|source|stale|created|sort|locked)=/;

/** Asks for the first page, if the address shows the list of all groups. */
function askFirstPage(): Promise<unknown> | undefined {
  const { origin, search } = location;
  const screen = new URLSearchParams(search).get('screen') ?? 'groups';
  if (screen !== 'groups' || OTHERS.test(search)) return undefined;
  const url = `${origin}/api/v1/groups?limit=${FIRST_PAGE}&expand=${EXPAND.join('%2C')}`;
  const abort = new AbortController();
  const response = fetch(url, {
    headers: { accept: 'application/json', authorization: `Bearer ${NO_TOKEN}` },
    redirect: 'manual',
    credentials: 'same-origin',
    signal: abort.signal,
  });
  const body = response
    .then((answer): unknown => (answer.ok ? answer.clone().json() : undefined))
    .catch(() => undefined);
  early.firstPage = { url, at: performance.now(), abort, response, body };
  return Promise.race([body, new Promise((late) => setTimeout(late, AT_MOST))]);
}

/**
 * Asks for both. The first rows need the scripts and the first page alone: the wasm, the largest file, shares a slow network
 * with them only once that page is there.
 */
export async function askEarly(wasm: string | undefined): Promise<void> {
  await askFirstPage();
  if (wasm && early.wasm === undefined) early.wasm = fetch(wasm);
  // The client tells what failed.
  early.wasm?.catch(() => undefined);
}

/** The answer that has the wasm. It serves one attempt: the next one asks anew. */
export function takeWasm(url: URL): Promise<Response> {
  const wasm = early.wasm ?? fetch(url);
  early.wasm = null;
  return wasm;
}

function firstPage(): AskedPage | undefined {
  const { firstPage } = early;
  return firstPage && performance.now() - firstPage.at < FRESH ? firstPage : undefined;
}

/** The groups of the first page before the client is there to read it; `undefined` where nothing was asked for or came. */
export const firstGroups = async (): Promise<unknown> => firstPage()?.body;

/** The answer to a request of the client, if it is the one that the boot script sent. It serves one request. */
export function takeFirstPage(url: string, signal?: AbortSignal | null): Promise<Response> | undefined {
  const asked = firstPage();
  if (url !== asked?.url) return undefined;
  early.firstPage = undefined;
  signal?.addEventListener('abort', () => asked.abort.abort(signal.reason));
  return asked.response;
}
