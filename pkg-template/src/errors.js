// The crate's own file: Rust makes these errors too, and there must be one class of each name.
export {
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
} from '../../src/web/errors.js';
