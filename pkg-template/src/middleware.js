// Middleware: wraps the `fetch` of each attempt; the first function is the outermost. The client decides about retries.
import { own } from './own.js';
import { isOktaError, oktaError } from './error-classes.js';

/** Headers with credentials. Middleware does not see them, so it cannot log or forward a token. */
const SECRET = ['authorization', 'dpop', 'cookie', 'x-okta-xsrftoken'];

/** `fetch` with `middleware` around it. */
export function around(middleware, fetch) {
  const wrong = (reason) => oktaError('config', `middleware ${reason}`, { argument: 'middleware' });
  if (!Array.isArray(middleware) || middleware.some((stage) => typeof stage !== 'function')) {
    throw wrong('must be an array of functions');
  }
  const stages = [...middleware];
  return async (url, init) => {
    const given = new Headers(init.headers);
    const secrets = SECRET.filter((name) => given.has(name)).map((name) => [name, given.get(name) ?? '']);
    for (const [name] of secrets) given.delete(name);

    let asked = false;
    let failed;
    const run = async (index, headers) => {
      if (index === stages.length) {
        for (const [name, value] of secrets) headers.set(name, value);
        asked = true;
        try {
          // The same init object: it has no prototype.
          return await fetch(url, Object.assign(init, { headers }));
        } catch (error) {
          failed = { error };
          throw error;
        }
      }
      let sent = false;
      const once = async (change) => {
        if (sent) throw wrong('may call next() only once: the client itself retries');
        sent = true;
        return run(index + 1, new Headers(own(change).headers ?? headers));
      };
      const next = (change) => {
        const answer = once(change);
        // Middleware that does not await `next()` causes no unhandled rejection.
        answer.catch(() => {});
        return answer;
      };
      const { method, body, signal } = init;
      return stages[index]({ method, url: new URL(url), headers, body, signal }, next);
    };
    try {
      return await run(0, given);
    } catch (error) {
      if (!asked || isOktaError(error) || failed?.error === error) throw error;
      // The middleware's own error, also if it looks like a network error: the request was sent, so it must not be retried
      // as unsent.
      const cause = error;
      throw oktaError('connection', 'middleware failed after the request was sent', {
        maybeCors: false,
        cause,
      });
    }
  };
}
