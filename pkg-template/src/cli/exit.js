// How the command ends: the codes that scripts decide on, and the error that carries one.

/** Exit codes. The guide "The command line" and `okta-groups help exit-codes` list them from this table. */
export const EXIT = /** @type {const} */ ({
  DONE: 0,
  FAILED: 1,
  CANCELLED: 2,
  NOT_FOUND: 3,
  SIGN_IN: 4,
  REFUSED: 5,
  PARTLY: 6,
  USAGE: 64,
});

export const EXIT_CODES = [
  [EXIT.DONE, 'done; a command that reads ends so on a closed pipe, too'],
  [EXIT.FAILED, 'failed'],
  [EXIT.CANCELLED, 'cancelled; the file with the rest is named'],
  [EXIT.NOT_FOUND, 'not found, or ambiguous'],
  [EXIT.SIGN_IN, 'sign-in missing or refused'],
  [EXIT.REFUSED, 'refused by a guard'],
  [EXIT.PARTLY, 'ended by itself, but only part is done'],
  [EXIT.USAGE, 'wrong usage'],
];

/** Ends the command with `code`. The message never holds the value of a secret. */
export class CliError extends Error {
  /**
   * @param {number} code
   * @param {string} message
   * @param {{ hints?: string[], cause?: unknown }} [more]
   */
  constructor(code, message, { hints = [], cause } = {}) {
    super(message, { cause });
    this.code = code;
    this.hints = hints;
  }
}

export const usage = (message, ...hints) => new CliError(EXIT.USAGE, message, { hints });
export const refused = (message, ...hints) => new CliError(EXIT.REFUSED, message, { hints });
export const notFound = (message, ...hints) => new CliError(EXIT.NOT_FOUND, message, { hints });
export const noSignIn = (message, ...hints) => new CliError(EXIT.SIGN_IN, message, { hints });
export const cancelled = (message, ...hints) => new CliError(EXIT.CANCELLED, message, { hints });
export const failed = (message, ...hints) => new CliError(EXIT.FAILED, message, { hints });

/** Whoever read our output has gone: `| head` has what it wanted. */
export class ClosedPipe extends Error {
  /** The exit code of a command that has written to the org by then. @type {number | undefined} */
  code;
}
