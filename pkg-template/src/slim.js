// The entry `okta-groups/slim`: the client without expressions and bulk runs, with the wasm in a separate file.
import { Client, Groups } from './client.js';

export { init, wasmIntegrity } from './apart.js';
export { bearer, ssws } from './token.js';
export { ownerDate } from './owner-date.js';
export { literal as quote } from './literal.js';
export * from './errors.js';

/** A client of one org, without bulk runs and exports. */
export class OktaGroups extends Client {
  constructor(options) {
    super(options, Groups);
  }
}
