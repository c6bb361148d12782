// What the client does: what the org's limits leave, each request with its attempts and waits, and what was changed.
import type { JSX } from 'preact';
import { useEffect } from 'preact/hooks';

import { calls, load } from '../../org/log.ts';
import { changes } from '../../org/changes.ts';
import { param, set } from '../../ui/route.ts';
import { Tabs } from '../../ui/tabs.tsx';
import { useTitle } from '../../ui/title.ts';
import { Changes } from './changes.tsx';
import { Limits } from './limits.tsx';
import { Requests } from './requests.tsx';

export default function Activity(): JSX.Element {
  useTitle('Activity');
  useEffect(() => {
    // Without it the screen shows no requests; the next answer asks for it again.
    load().catch(() => undefined);
  }, []);
  const tab = param('show') === 'changes' ? 'changes' : 'requests';
  return (
    <div class="activity">
      <h1>Activity</h1>
      <Limits />
      <Tabs
        label="Activity"
        tabs={[
          { id: 'requests', text: `Requests (${calls.value.length})` },
          { id: 'changes', text: `Changes (${changes.value.length})` },
        ]}
        chosen={tab}
        choose={(id) => set({ show: id === 'changes' ? id : undefined, request: undefined })}
      >
        {tab === 'changes' ? <Changes /> : <Requests />}
      </Tabs>
    </div>
  );
}
