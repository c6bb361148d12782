import { useSignal } from '@preact/signals';
import type { JSX } from 'preact';

import { COMPARE_LIMIT } from '../../model/address.ts';
import { counted } from '../../model/numbers.ts';
import { version } from '../../org/groups.ts';
import { readOnly } from '../../org/session.ts';
import { Button } from '../../ui/button.tsx';
import { Lazy } from '../../ui/lazy.tsx';
import { hrefOf } from '../../ui/route.ts';
import { exportOf } from './exporting.ts';
import { deselectAll } from './select.ts';
import { selected, selectionSaid, shown } from './state.ts';

const loadDelete = () => import('./delete.tsx');

/** Groups that an address can name. */
const IDS_LIMIT = 100;
const DELETE_LIMIT = 200;

/** What can be done with the selected groups. */
export default function Selection(): JSX.Element {
  version.value;
  const ids = [...selected.value.keys()];
  const isDeleting = useSignal(false);
  const view = shown.value?.view;
  const hidden = ids.filter((id) => !view?.has(id)).length;
  const named = ids.join(',');
  // Each is read anew before.
  const whyNot =
    readOnly.value ?? (ids.length > DELETE_LIMIT ? `At most ${DELETE_LIMIT} groups at once.` : undefined);
  return (
    <div class="selection" role="group" aria-label="Selected groups">
      <p role="status">
        <strong>{counted(ids.length, 'group')} selected</strong>
        {hidden > 0 && `, ${hidden} of them not in the list now`}. {selectionSaid.value}
      </p>
      <div class="actions">
        {ids.length >= 2 && ids.length <= COMPARE_LIMIT ? (
          <a class="button" href={hrefOf('compare', { ids: named })}>
            Compare
          </a>
        ) : (
          <Button disabled title={`2 to ${COMPARE_LIMIT} groups can be compared.`} action={() => undefined}>
            Compare
          </Button>
        )}
        <Button action={() => exportOf('selected')}>Export</Button>
        {ids.length <= IDS_LIMIT ? (
          <a class="button" href={hrefOf('bulk', { ids: named })}>
            Members in bulk
          </a>
        ) : (
          <Button disabled title={`At most ${IDS_LIMIT} groups at once.`} action={() => undefined}>
            Members in bulk
          </Button>
        )}
        <Button
          kind="danger"
          disabled={whyNot !== undefined}
          title={whyNot}
          action={() => (isDeleting.value = true)}
        >
          Delete…
        </Button>
        <Button
          kind="quiet"
          action={() => {
            deselectAll();
            document.querySelector<HTMLElement>('.groups [data-index][tabindex="0"]')?.focus();
          }}
        >
          Clear the selection
        </Button>
      </div>
      {isDeleting.value && (
        <Lazy
          load={loadDelete}
          what="The question before deleting"
          props={{ ids, close: () => (isDeleting.value = false) }}
        />
      )}
    </div>
  );
}
