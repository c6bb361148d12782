import type { JSX } from 'preact';

import { useTitle } from '../../ui/title.ts';

export default function Rules(): JSX.Element {
  useTitle('Rules');
  return <h1>Rules</h1>;
}
