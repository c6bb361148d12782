import type { JSX } from 'preact';

import { useTitle } from '../../ui/title.ts';

export default function Compare(): JSX.Element {
  useTitle('Compare');
  return <h1>Compare</h1>;
}
