import type { JSX } from 'preact';

/** A text of the org's people (a name, a description): isolated, since it may run from right to left. */
export function Name({ text }: { text: string }): JSX.Element {
  return <bdi class="name">{text}</bdi>;
}
