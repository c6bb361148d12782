// Maps an error to an exit code and to lines for people. No line has a token, since the client's errors have none.
import { isOktaError } from 'okta-groups';
import { CliError, EXIT } from './exit.js';
import { duration, printable, quoted } from './printable.js';

/** The arguments in errors of the client's guards. */
const GUARDS = [
  'maxRemovals',
  'maxRemovalsOverall',
  'maxFailedAdds',
  'ruleManaged',
  'desired',
  'plan',
  'plans',
  'groupId',
  'resume',
  'allowEmpty',
];

const CODES = {
  expression: EXIT.USAGE,
  aborted: EXIT.CANCELLED,
  config: EXIT.SIGN_IN,
  unauthorized: EXIT.SIGN_IN,
  'not-found': EXIT.NOT_FOUND,
  lookup: EXIT.NOT_FOUND,
};

/** The exit code of a kind of error. */
export const kindCode = (kind) => CODES[kind] ?? EXIT.FAILED;

/** @returns {number} */
export function exitCode(error) {
  if (error instanceof CliError) return error.code;
  if (!isOktaError(error)) return EXIT.FAILED;
  if (error.kind === 'argument' && error.argument === 'unresolved') return EXIT.NOT_FOUND;
  if (error.kind === 'argument') return GUARDS.includes(error.argument) ? EXIT.REFUSED : EXIT.USAGE;
  // A 403 with another code refuses the change of this group, not the sign-in.
  if (error.kind === 'forbidden')
    return [undefined, 'E0000006'].includes(error.code) ? EXIT.SIGN_IN : EXIT.FAILED;
  return kindCode(error.kind);
}

/** The lines that explain an error; the first is the most important. */
export function explained(error) {
  if (error instanceof CliError) return [error.message, ...error.hints];
  if (!isOktaError(error)) return [`internal error: ${printable(error?.message ?? error)}`];
  const api = /** @type {any} */ (error);
  const lines = [error.kind === 'expression' ? safeLines(error.message) : printable(error.message)];
  if (error.kind === 'forbidden' && api.missingScope)
    lines.push(`the token lacks the scope ${printable(api.missingScope)}`);
  if (error.kind === 'unauthorized')
    lines.push('the org refuses this credential: check it with okta-groups whoami');
  if (error.kind === 'rate-limit' && api.retryAfterMs)
    lines.push(`the rate limit lets requests through again in ${duration(api.retryAfterMs)}`);
  if (api.reason === 'none') lines.push('the search may not find a new group yet');
  if (error.mayHaveRun) lines.push('the org may have carried it out: check before you repeat it');
  for (const { id, type, profile } of api.candidates ?? [])
    lines.push(printable(`  ${id}  ${type ?? ''}  ${profile?.name ?? ''}`));
  if (error.kind === 'argument' && error.message.includes('allowEmpty'))
    lines.push('--allow-empty allows a group without members');
  const { code } = rootOf(error);
  if (error.kind === 'connection' && /CERT|SELF_SIGNED|ISSUER|UNABLE_TO_VERIFY/.test(code ?? ''))
    lines.push('a proxy with a certificate of its own? NODE_EXTRA_CA_CERTS names the file of its authority');
  return lines;
}

/** The line that shows the argument to continue with. */
export const cursorLine = (cursor) => `go on with: --cursor ${quoted(cursor)}`;

// Line by line: the caret of an expression's error has its own line.
const safeLines = (text) => text.split('\n').map(printable).join('\n');

function rootOf(error) {
  let root = error;
  for (let depth = 0; root?.cause && depth < 5; depth++) root = root.cause;
  return root ?? {};
}
