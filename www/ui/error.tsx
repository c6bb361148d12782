import { isOktaError } from 'okta-groups/external';
import type { ComponentChildren, JSX } from 'preact';

interface Facts {
  summary?: string;
  message: string;
  code?: string;
  kind?: string;
  status?: number;
  requestId?: string;
  errorId?: string;
  causes?: readonly string[];
}

const NETWORK = 'The server did not answer. The network, the local org or the proxy may be down.';

/** What an error says to a reader, without codes. */
export function wordsOf(error: unknown): string {
  const { kind, summary, message, causes, status } = error as Facts;
  // What Okta answers to writes to rules that come at once: the client has tried again already.
  if (status === 423) return 'The org is busy with another change of its rules (423). Try again in a moment.';
  switch (kind) {
    case 'connection':
      return navigator.onLine ? NETWORK : 'This device is offline.';
    case 'unauthorized':
      return 'The sign-in is missing or has expired.';
    case 'forbidden':
      return `The org does not allow this: ${summary ?? message}`;
    case 'not-found':
      return `It is not there (any more): ${summary ?? message}`;
    case 'rate-limit':
      return 'The org’s rate limit is used up.';
    case 'timeout':
      return 'The org took too long to answer.';
    case 'bad-request':
      return causes?.length ? causes.join(' ') : (summary ?? message);
    default: {
      const words = summary ?? message;
      return words.charAt(0).toUpperCase() + words.slice(1);
    }
  }
}

/** What failed, why, what can be done, and folded away what Okta's support asks for. */
export function ErrorNote({
  what,
  error,
  children,
}: {
  /** What could not be done: "The groups could not be read." */
  what: ComponentChildren;
  error: unknown;
  /** Ways on: a button *Retry*, a link. */
  children?: ComponentChildren;
}): JSX.Element {
  // A fault of the page itself goes to the console of the browser, too.
  if (!isOktaError(error)) console.error(error);
  const facts = error as Facts;
  const rows: [string, string | number | undefined][] = [
    ['Code', facts.code],
    ['Kind', facts.kind],
    ['Status', facts.status],
    ['Request id', facts.requestId],
    ['Error id', facts.errorId],
  ];
  const known = rows.filter(([, value]) => value !== undefined && value !== '');
  return (
    <div class="error" role="alert">
      <p>
        <strong>{what}</strong> <bdi>{wordsOf(error)}</bdi>
      </p>
      {children && <div class="actions">{children}</div>}
      {known.length > 0 && (
        <details>
          <summary>For support</summary>
          <p>
            <bdi>{facts.message}</bdi>
          </p>
          <dl class="facts">
            {known.map(([name, value]) => (
              <div key={name}>
                <dt>{name}</dt>
                <dd>
                  <code>{value}</code>
                </dd>
              </div>
            ))}
          </dl>
        </details>
      )}
    </div>
  );
}
