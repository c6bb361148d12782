// Who serves the page, and so where its org is.

/** The API answers at the page's own origin: the native local org, or a site's own proxy. */
export interface SameOrigin {
  kind: 'same-origin';
}

/** `okta-groups console` serves the page and keeps the token. */
export interface Proxy {
  kind: 'proxy';
  /** Origin of the org, `https://acme.okta.com`. */
  org: string;
  /** The proxy refuses every write. */
  readOnly: boolean;
  /** The proxy has a token. */
  signedIn: boolean;
}

/** The org is in the page and forgotten on reload. */
export interface InPage {
  kind: 'page';
}

export type Host = SameOrigin | Proxy | InPage;

/** The host as the page's `<meta name="okta-groups-host">` and its address (`?org=page`) tell it. */
export function readHost(meta: string | undefined, search: string): Host {
  if (new URLSearchParams(search).get('org') === 'page') return { kind: 'page' };
  let told: unknown;
  try {
    told = JSON.parse(meta ?? '');
  } catch {
    // A host that puts nothing there serves the file as it was built.
  }
  if (typeof told !== 'object' || told === null || !('kind' in told) || told.kind !== 'proxy') {
    return { kind: 'same-origin' };
  }
  const { org, readOnly, signedIn } = told as Partial<Proxy>;
  return {
    kind: 'proxy',
    org: typeof org === 'string' ? org : '',
    readOnly: readOnly === true,
    signedIn: signedIn === true,
  };
}
