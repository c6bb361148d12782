// The entry of the ways to prove who is asking that need more than a header. Whoever does not import it does not
// load it.
export { serviceApp } from './auth/service-app.js';
export { dpop } from './auth/dpop.js';
export { session } from './auth/session.js';
