// Warns a program that runs two copies of the package: two entries, ES modules and CommonJS, or two bundles. Each copy
// tracks rate limits and retry budgets on its own, so together they may send more than the org allows.

/** The global property with the copy that made the first client of this realm. A registered symbol: copies share no variable. */
const FIRST = Symbol.for('okta-groups.first');
const copy = { warned: false };

/** Notes that a client was made. Warns once in a realm. */
export function clientMade() {
  // A frozen global object takes no property: copies there do not find each other.
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
