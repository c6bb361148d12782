// Warns a program that runs the package twice: as two entries with cores of their own, as ES modules and CommonJS, or in two
// bundles. Each copy has its own rate limits and retry budgets, so that together they may send more than the org allows.

/** Holds the copy that made the first client of this realm. In the registry: the copies share no variable. */
const FIRST = Symbol.for('okta-groups.first');
const copy = { warned: false };

/** Told of each client that is made. The warning comes once in a realm. */
export function clientMade() {
  // A realm that is locked down takes no property; there, nothing is known of others.
  const first = Object.hasOwn(globalThis, FIRST) ? globalThis[FIRST] : copy;
  if (first === copy) Reflect.set(globalThis, FIRST, copy);
  else if (!first.warned) {
    first.warned = true;
    globalThis.console?.warn(
      'okta-groups: this program makes clients by two copies of the package, and each copy keeps rate limits and retry ' +
        'budgets of its own: import one entry (okta-groups, /external or /slim), either as ES modules or by require()',
    );
  }
}
