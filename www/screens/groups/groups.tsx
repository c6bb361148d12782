import { useSignal } from '@preact/signals';
import type { Group } from 'okta-groups/external';
import type { JSX } from 'preact';
import { useEffect, useMemo } from 'preact/hooks';

import { ListLoad } from '../../org/load.ts';
import { Grid } from '../../ui/grid.tsx';
import { Lazy } from '../../ui/lazy.tsx';
import { Name } from '../../ui/name.tsx';
import { param, set } from '../../ui/route.ts';
import { ListFoot } from '../../ui/states.tsx';
import { useTitle } from '../../ui/title.ts';

const loadPanel = () => import('../group/group.tsx');

export function Groups(): JSX.Element {
  useTitle('Groups');
  const list = useMemo(() => new ListLoad<Group>(), []);
  const active = useSignal(0);
  useEffect(() => {
    void list.start((client, cursor, signal) =>
      client.groups.list({ limit: 200, expand: 'stats', cursor, signal }),
    );
    return () => list.stop();
  }, []);
  const state = list.state.value;
  const group = param('group');
  return (
    <>
      <h1>Groups</h1>
      <Grid
        label="Groups"
        rows={state.items}
        keyOf={({ id }) => id}
        complete={!state.more}
        columns={[
          {
            id: 'name',
            title: 'Name',
            width: 'minmax(12rem, 2fr)',
            cell: ({ profile }) => <Name text={profile.name} />,
          },
          { id: 'type', title: 'Type', width: '8rem', cell: ({ type }) => type },
        ]}
        active={active.value}
        activate={(index) => (active.value = index)}
        open={({ id }) => set({ group: id })}
        nearEnd={() => state.state === 'idle' && state.items.length < 1000 && void list.next()}
      />
      <ListFoot
        list={state}
        what="The groups"
        one="group"
        next={() => void list.next()}
        cancel={() => list.cancel()}
      />
      {group && (
        <Lazy
          key={group}
          load={loadPanel}
          what="The group"
          props={{ id: group, close: () => set({ group: undefined }) }}
        />
      )}
    </>
  );
}
