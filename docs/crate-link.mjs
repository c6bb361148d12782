// A TypeDoc plugin: the crate's documentation, which `cargo xtask docs` puts beside TypeDoc's pages, in their navigation.
// TypeDoc's own `navigationLinks` are the same text on every page, so relative ones are wrong on most.
import { JSX } from 'typedoc';

export function load(app) {
  app.renderer.hooks.on('sidebar.begin', (context) =>
    JSX.createElement('a', { href: context.relativeURL('crate/okta_groups/index.html') }, 'The Rust crate'),
  );
}
