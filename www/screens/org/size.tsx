// How large a local org is, and what its content comes from.
import { useSignal } from '@preact/signals';
import type { JSX } from 'preact';

import { makeAnew } from '../../org/local.ts';
import type { LocalOrg, OrgSize } from '../../org/local.ts';
import { host } from '../../org/session.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { ErrorNote } from '../../ui/error.tsx';
import { Field } from '../../ui/field.tsx';

const FIELDS: readonly (readonly [name: keyof OrgSize, label: string, most: number])[] = [
  ['groups', 'Groups', 500_000],
  ['users', 'People', 500_000],
  ['rules', 'Rules', 2_000],
  ['owners', 'Groups with owners', 500_000],
  ['seed', 'Seed', Number.MAX_SAFE_INTEGER],
];

export function SizePanel({ org }: { org: LocalOrg }): JSX.Element {
  const typed = useSignal<Record<string, string>>({});
  const asks = useSignal(false);
  const error = useSignal<unknown>(undefined);
  const valueOf = (name: keyof OrgSize) => typed.value[name] ?? String(org[name]);
  const wrong = (name: keyof OrgSize, most: number) => {
    const text = valueOf(name);
    return /^\d{1,16}$/.test(text.trim()) && Number(text) <= most
      ? undefined
      : `A whole number from 0 to ${most.toLocaleString()}.`;
  };
  const isGood = FIELDS.every(([name, , most]) => wrong(name, most) === undefined);
  const make = async () => {
    error.value = undefined;
    try {
      await makeAnew(
        Object.fromEntries(FIELDS.map(([name]) => [name, Number(valueOf(name))])) as unknown as OrgSize,
      );
    } catch (why) {
      asks.value = false;
      error.value = why;
    }
  };
  return (
    <section class="panel" aria-labelledby="org-size">
      <h2 id="org-size">Size and seed</h2>
      <p class="hint">The same seed and sizes make the same org, ids included.</p>
      <div class="fields">
        {FIELDS.map(([name, label, most]) => (
          <Field key={name} label={label} error={wrong(name, most)}>
            {(attributes) => (
              <input
                {...attributes}
                inputMode="numeric"
                autocomplete="off"
                value={valueOf(name)}
                onInput={(event) => (typed.value = { ...typed.value, [name]: event.currentTarget.value })}
              />
            )}
          </Field>
        ))}
      </div>
      {error.value !== undefined && <ErrorNote what="The org was not made anew." error={error.value} />}
      <div class="actions">
        <Button disabled={!isGood} action={() => (asks.value = true)}>
          Make the org anew…
        </Button>
      </div>
      {asks.value && (
        <Dialog title="Make the org anew?" close={() => (asks.value = false)}>
          <p>
            Everything in the local org is replaced: {valueOf('groups')} groups and {valueOf('users')} people
            by the seed {valueOf('seed')}. What was changed in it is lost, for{' '}
            {host.kind === 'page' ? 'this page' : 'everybody who uses it'}, and this page is loaded anew.
          </p>
          <div class="actions">
            <Button kind="danger" class="primary" action={make}>
              Make it anew
            </Button>
            <Button action={() => (asks.value = false)}>Cancel</Button>
          </div>
        </Dialog>
      )}
    </section>
  );
}
