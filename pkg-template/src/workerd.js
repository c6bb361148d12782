// The main entry for Workers, which compile no wasm at run time: there it is imported as a module.
import { provide } from './core.js';
import module from './core_bg.wasm';

provide(() => module);

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
