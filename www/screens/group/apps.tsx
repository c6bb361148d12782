import type { App, Group } from 'okta-groups/external';
import type { JSX } from 'preact';
import { useEffect, useMemo } from 'preact/hooks';

import { ListLoad } from '../../org/load.ts';
import { Name } from '../../ui/name.tsx';
import { Empty, ListFoot } from '../../ui/states.tsx';
import { useMissed } from './about.ts';

/** The tab *Apps*: what the group is assigned to. */
export default function Apps({ group: { id } }: { group: Group }): JSX.Element {
  const list = useMemo(() => new ListLoad<App>(), []);
  useEffect(() => {
    void list.start((client, cursor, signal) => client.groups.listApps(id, { cursor, signal }));
    return () => list.stop();
  }, []);
  const state = list.state.value;
  useMissed(state.error);
  return (
    <>
      {state.items.length > 0 && (
        <table class="plain">
          <caption class="unseen">Apps that the group is assigned to</caption>
          <thead>
            <tr>
              <th scope="col">App</th>
              <th scope="col">Kind</th>
              <th scope="col">State</th>
            </tr>
          </thead>
          <tbody>
            {state.items.map(({ id, label, name, status }) => (
              <tr key={id}>
                <td>
                  <Name text={label} />
                </td>
                <td>
                  <code>{name}</code>
                </td>
                <td>{status.toLowerCase()}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      {state.state === 'complete' && state.items.length === 0 ? (
        <Empty>The group is assigned to no app.</Empty>
      ) : (
        <ListFoot
          list={state}
          what="The apps"
          one="app"
          next={() => void list.next()}
          cancel={() => list.cancel()}
        />
      )}
    </>
  );
}
