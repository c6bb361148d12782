import type { JSX } from 'preact';

import { useTitle } from '../../ui/title.ts';

export default function Activity(): JSX.Element {
  useTitle('Activity');
  return <h1>Activity</h1>;
}
