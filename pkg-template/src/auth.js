// The entry `okta-groups/auth`: credentials that need more than one header. A program that does not import it does not
// load it.
export { serviceApp } from './auth/service-app.js';
export { dpop } from './auth/dpop.js';
export { session } from './auth/session.js';
