// A request as a command for a POSIX shell. The command never holds a credential: it takes one from `$TOKEN`.

/** A request of the log. */
export interface LoggedRequest {
  readonly method: string;
  /** Path and query, from the origin on. */
  readonly path: string;
  /** JSON text. */
  readonly body?: string | undefined;
}

/** A text as one word of a POSIX shell: in single quotes, where nothing is expanded. */
export function shellQuoted(text: string): string {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`;
}

/** Characters that a terminal obeys, or that turn what follows round. */
const ACTING = /[\u0000-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069]/g;

/** JSON in which such characters are escaped: the same JSON. */
const escapedJson = (text: string): string =>
  text.replace(ACTING, (char) =>
    char < ' ' ? ' ' : `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );

/**
 * The `curl` command of a request to an org.
 *
 * @param origin - The org's own: `https://acme.okta.com`.
 * @param scheme - `SSWS` for API tokens, `Bearer` for access tokens.
 */
export function curlOf(
  { method, path, body }: LoggedRequest,
  origin: string,
  scheme: 'SSWS' | 'Bearer' = 'SSWS',
): string {
  const url = `${origin.replace(/\/+$/, '')}${path.startsWith('/') ? '' : '/'}${path}`;
  const words = [
    'curl',
    // A log may hold any method; a word that is none would be an option.
    ...(method === 'GET' ? [] : [`--request ${shellQuoted(method)}`]),
    // Only variables are expanded within double quotes, and the text beside it has none.
    `--header "Authorization: ${scheme} $TOKEN"`,
    "--header 'Accept: application/json'",
    ...(body === undefined
      ? []
      : ["--header 'Content-Type: application/json'", `--data-raw ${shellQuoted(escapedJson(body))}`]),
    // Brackets and braces of a query are none of curl's patterns.
    '--globoff',
    `--url ${shellQuoted(url.replace(ACTING, encodeURIComponent))}`,
  ];
  return words.join(' \\\n  ');
}
