import type { JSX } from 'preact';

import { useTitle } from '../../ui/title.ts';

export default function Bulk(): JSX.Element {
  useTitle('Members in bulk');
  return <h1>Members in bulk</h1>;
}
