import { isOktaError } from './okta-groups.js';
import { el, facts, user } from './dom.js';

/**
 * What failed (a text or parts of one) and why, with what an admin or Okta's support asks for first: the code and the
 * request id. `button` is what can be done about it.
 */
export function errorNote(what, error, button) {
  // Not the client's: a fault of this page, of which the console should know.
  if (!isOktaError(error)) console.error(error);
  const causes = (error.causes ?? []).filter((cause) => cause !== error.summary);
  return el(
    'div.error',
    { role: 'alert' },
    el('p', {}, el('strong', {}, ...[what].flat()), ' ', user(error.summary ?? error.message)),
    causes.length > 0 && el('ul', {}, ...causes.map((cause) => el('li', { dir: 'auto' }, cause))),
    el(
      'dl.facts',
      {},
      ...facts([
        ['Code', error.code],
        // The client's own errors have no code of the API's, but a kind.
        ['Kind', error.code ? undefined : error.kind],
        ['Status', error.status && String(error.status)],
        ['Request id', error.requestId && el('code', {}, error.requestId)],
        ['Error id', error.errorId && el('code', {}, error.errorId)],
      ]),
    ),
    button,
  );
}
