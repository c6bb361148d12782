// The fault panel: has the local org misbehave, to watch how the client and the screens cope.
import { useSignal } from '@preact/signals';
import type { JSX } from 'preact';

import { FAULT_KINDS, FAULT_PATHS, faultOptions, faultWords } from '../../model/faults.ts';
import type { FaultWhen } from '../../model/faults.ts';
import { setFaults } from '../../org/local.ts';
import type { LocalOrg } from '../../org/local.ts';
import { Button } from '../../ui/button.tsx';
import { ErrorNote } from '../../ui/error.tsx';
import { Field } from '../../ui/field.tsx';
import { hrefOf } from '../../ui/route.ts';
import { Select } from '../../ui/select.tsx';

const WHEN: readonly (readonly [FaultWhen, string])[] = [
  ['once', 'Once'],
  ['every', 'Every few requests'],
  ['share', 'A share of requests at random'],
];

export function FaultPanel({ org }: { org: LocalOrg }): JSX.Element {
  const kind = useSignal(FAULT_KINDS[0]?.id ?? '');
  const when = useSignal<FaultWhen>('once');
  const every = useSignal('3');
  const percent = useSignal('20');
  const path = useSignal('');
  const error = useSignal<unknown>(undefined);
  const said = useSignal('');
  const active = faultWords(org.faults);
  const chosen = faultOptions({
    kind: kind.value,
    when: when.value,
    every: Number(every.value || NaN),
    percent: Number(percent.value || NaN),
    path: path.value,
  });
  const wrong = typeof chosen === 'string' ? chosen : undefined;
  const put = async (faults: Exclude<typeof chosen, string>, words: string) => {
    error.value = undefined;
    said.value = '';
    try {
      await setFaults(faults);
      said.value = words;
    } catch (why) {
      error.value = why;
    }
  };
  return (
    <section class="panel" aria-labelledby="org-faults">
      <h2 id="org-faults">Faults</h2>
      <p class="hint">Has the local org misbehave, to watch the client and the screens cope.</p>
      {active.length === 0 ? (
        <p>The org answers as it should.</p>
      ) : (
        <ul class="faults-set">
          {active.map((words) => (
            <li key={words}>
              <strong>Set:</strong> {words}
            </li>
          ))}
        </ul>
      )}
      <div class="fields">
        <Select
          label="Fault"
          value={kind.value}
          choose={(value) => (kind.value = value)}
          options={FAULT_KINDS.map(({ id, name }) => [id, name])}
        />
        <Select label="When" value={when.value} choose={(value) => (when.value = value)} options={WHEN} />
        {when.value === 'every' && (
          <Field label="Every so many requests" error={wrong}>
            {(attributes) => (
              <input
                {...attributes}
                inputMode="numeric"
                autocomplete="off"
                value={every.value}
                onInput={(event) => (every.value = event.currentTarget.value)}
              />
            )}
          </Field>
        )}
        {when.value === 'share' ? (
          <Field label="Percent of requests" error={wrong}>
            {(attributes) => (
              <input
                {...attributes}
                inputMode="numeric"
                autocomplete="off"
                value={percent.value}
                onInput={(event) => (percent.value = event.currentTarget.value)}
              />
            )}
          </Field>
        ) : (
          <Select
            label="Of"
            value={path.value}
            choose={(value) => (path.value = value)}
            options={FAULT_PATHS}
          />
        )}
      </div>
      <p>
        <strong>The console should:</strong> {FAULT_KINDS.find(({ id }) => id === kind.value)?.expect}
      </p>
      {error.value !== undefined && <ErrorNote what="The faults were not set." error={error.value} />}
      <div class="actions">
        <Button
          kind="primary"
          disabled={wrong !== undefined}
          action={() =>
            typeof chosen === 'string'
              ? undefined
              : put(chosen, 'Set. It takes the place of what was set before.')
          }
        >
          Set this fault
        </Button>
        <Button disabled={active.length === 0} action={() => put({}, 'All faults ended.')}>
          End all faults
        </Button>
        <span role="status">{said.value}</span>
        <a href={hrefOf('activity')}>Watch the requests</a>
      </div>
    </section>
  );
}
