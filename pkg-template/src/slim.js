// The entry for pages that count bytes: the wasm is its own file, loaded by init().
import { load } from './core.js';

/**
 * Loads the wasm, once, before anything else is used. Without `source` it is found beside this file.
 */
export async function init(source) {
  return load(source ?? (await beside()));
}

async function beside() {
  const url = new URL('./core_bg.wasm', import.meta.url);
  if (url.protocol !== 'file:') return url;
  // Node's fetch reads no files.
  const { readFile } = await import(/* webpackIgnore: true */ /* @vite-ignore */ 'node:fs/promises');
  return readFile(url);
}

export {
  OktaGroups,
  bearer,
  ssws,
  eq,
  ne,
  gt,
  ge,
  lt,
  le,
  sw,
  co,
  ew,
  pr,
  between,
  oneOf,
  and,
  or,
  not,
  expr,
  parse,
  fromJSON,
  check,
  compile,
  matches,
  isOktaError,
  OktaError,
  OktaConfigError,
  OktaArgumentError,
  OktaExpressionError,
  OktaAbortError,
  OktaTimeoutError,
  OktaConnectionError,
  OktaResponseError,
  OktaPaginationError,
  OktaInternalError,
  OktaApiError,
  OktaForbiddenError,
  OktaNotFoundError,
  OktaConflictError,
  OktaRateLimitError,
  OktaServerError,
} from './core.js';
