// The refusals of the console's server, in the form of Okta's errors, so that the page's client throws a typed error.

/** The `errorId` of every error that is not the org's. */
const BY = 'okta-groups-console';

export class Refusal extends Error {
  /**
   * @param {number} status
   * @param {string} code Okta's code for such errors
   * @param {string} words for people; they never hold a secret
   * @param {Record<string, string>} [headers]
   */
  constructor(status, code, words, headers = {}) {
    super(words);
    this.status = status;
    this.code = code;
    this.headers = headers;
  }

  /** @returns {string} */
  toText() {
    return `${this.message}\n`;
  }

  /** @returns {string} */
  toJson() {
    return JSON.stringify({
      errorCode: this.code,
      errorSummary: this.message,
      errorLink: this.code,
      errorId: BY,
      errorCauses: [],
    });
  }
}

/** The refusal of a request that does not come from the console's own page. */
export const shut = (words) => new Refusal(403, 'E0000005', words);
export const forbidden = (words) => new Refusal(403, 'E0000006', words);
export const malformed = (words) => new Refusal(400, 'E0000003', words);
export const notFound = (words) => new Refusal(404, 'E0000007', words);
export const signedOut = (words) => new Refusal(401, 'E0000011', words);
export const tooLarge = (words) => new Refusal(413, 'E0000003', words, { connection: 'close' });
export const badGateway = (words) => new Refusal(502, 'E0000009', words);
