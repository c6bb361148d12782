// Members in bulk: bring people, look at the plan, run it, and keep the report.
import type { JSX } from 'preact';
import { useEffect, useLayoutEffect, useRef } from 'preact/hooks';

import { handed } from '../../org/handover.ts';
import { Button } from '../../ui/button.tsx';
import { param } from '../../ui/route.ts';
import { useTitle } from '../../ui/title.ts';
import { chosen, groupsInFile } from './draft.ts';
import { Input } from './input.tsx';
import { backToInput, cancelPlanning, isBusy, makePlan, phase, reading } from './job.ts';
import { PlanView } from './plan.tsx';
import { ReportView, RunView } from './run.tsx';
import { counted } from '../../model/numbers.ts';

export default function Bulk(): JSX.Element {
  useTitle('Members in bulk');
  const heading = useRef<HTMLHeadingElement>(null);
  const now = phase.value;
  const ids = param('ids');
  useEffect(() => {
    if (ids === '' || isBusy.peek() || ids === chosen.peek().join(',')) return;
    chosen.value = ids.split(',').filter((id) => /^\w[\w.-]*$/.test(id));
    groupsInFile.value = false;
    // A link from another screen begins a new change.
    if (phase.peek() !== 'planning') backToInput();
  }, [ids]);
  const asked = handed.value;
  useEffect(() => {
    if (!asked || isBusy.peek()) return;
    handed.value = undefined;
    void makePlan({
      entries: asked.groups.map((id) => [id, asked.people] as const),
      by: 'id',
      mode: asked.mode,
      maxRemovals: { ratio: 0.25 },
      ruleManaged: 'skip',
      keep: [],
      unresolved: 'block',
      allowEmpty: false,
    });
  }, [asked]);
  const shown = useRef(now);
  useLayoutEffect(() => {
    if (shown.current === now) return;
    shown.current = now;
    // The button that was pressed may be gone.
    const { activeElement } = document;
    if (!activeElement || activeElement === document.body) heading.current?.focus();
  }, [now]);
  return (
    <>
      <h1 ref={heading} tabIndex={-1}>
        Members in bulk
      </h1>
      <Step />
    </>
  );
}

function Step(): JSX.Element {
  switch (phase.value) {
    case 'input':
      return <Input />;
    case 'planning': {
      const { groups, of, members } = reading.value;
      const read = counted(members, 'member');
      return (
        <div class="loading">
          <p role="status">Planning: only reads are sent.</p>
          <p>
            {of > 1 ? `${groups} of ${counted(of, 'group')} planned, ` : ''}
            {read} read so far…
          </p>
          <Button action={cancelPlanning}>Cancel</Button>
        </div>
      );
    }
    case 'planned':
      return <PlanView />;
    case 'report':
      return <ReportView />;
    default:
      return <RunView />;
  }
}
