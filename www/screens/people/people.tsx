import type { JSX } from 'preact';

import { useTitle } from '../../ui/title.ts';

export default function People(): JSX.Element {
  useTitle('People');
  return <h1>People</h1>;
}
