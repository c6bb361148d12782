import type { JSX } from 'preact';

import { useTitle } from '../../ui/title.ts';

export default function Org(): JSX.Element {
  useTitle('Org');
  return <h1>Org</h1>;
}
