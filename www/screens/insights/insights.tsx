import type { JSX } from 'preact';

import { useTitle } from '../../ui/title.ts';

export default function Insights(): JSX.Element {
  useTitle('Insights');
  return <h1>Insights</h1>;
}
