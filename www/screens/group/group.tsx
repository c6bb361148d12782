import type { JSX } from 'preact';
import { useEffect, useMemo } from 'preact/hooks';

import { Load } from '../../org/load.ts';
import type { Group } from 'okta-groups/external';
import { Name } from '../../ui/name.tsx';
import { Show } from '../../ui/states.tsx';

/** One group: what it is, and its members, apps, owners, profile and history by tabs. */
export default function GroupPanel({ id, close }: { id: string; close: () => void }): JSX.Element {
  const group = useMemo(() => new Load<Group>(), []);
  const read = () => void group.load((client, signal) => client.groups.get(id, { expand: 'stats', signal }));
  useEffect(() => {
    read();
    return () => group.stop();
  }, [id]);
  return (
    <section class="panel" aria-label="Group">
      <button type="button" onClick={close}>
        Close
      </button>
      <Show of={group.state.value} what="The group" retry={read} cancel={() => group.cancel()}>
        {({ profile }) => (
          <h2>
            <Name text={profile.name} />
          </h2>
        )}
      </Show>
    </section>
  );
}
