// The main entry: carries the wasm and compiles it on first use.
import { provide } from './core.js';
import base64 from './core-inline.js';

provide(() => Uint8Array.from(atob(base64), (character) => character.charCodeAt(0)));

export {
  OktaGroups,
  bearer,
  ssws,
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
  OktaApiError,
  OktaForbiddenError,
  OktaNotFoundError,
  OktaConflictError,
  OktaRateLimitError,
  OktaServerError,
} from './core.js';
