// The exit codes that scripts depend on, and the errors that carry one.

/** The exit codes. `okta-groups help exit-codes` prints this table; the guide "The command line" lists it, too. */
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
  [EXIT.DONE, 'done; also if the reader of the output closes its pipe'],
  [EXIT.FAILED, 'failed'],
  [EXIT.CANCELLED, 'cancelled; the command names the file with the rest'],
  [EXIT.NOT_FOUND, 'not found, or ambiguous'],
  [EXIT.SIGN_IN, 'sign-in missing or refused'],
  [EXIT.REFUSED, 'refused by a guard'],
  [EXIT.PARTLY, 'ended with a part of the work done'],
  [EXIT.USAGE, 'wrong usage'],
];

/** An error that ends the command with `code`. No message has the value of a secret. */
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

/** The reader of the output closed the pipe, as `| head` does after its last line. */
export class ClosedPipe extends Error {
  /** The exit code, if the command had already written to the org. @type {number | undefined} */
  code;
}
