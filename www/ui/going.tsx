import type { JSX } from 'preact';

import { GOING_WORDS } from '../org/changes.ts';
import type { Going } from '../org/changes.ts';
import { Waits } from './waiting.tsx';

/** Says in a dialog what the write that is under way waits for, and for how long. */
export function GoingNote({ going }: { going: Going | undefined }): JSX.Element {
  return (
    <p role="status" class="hint">
      {going && (
        <>
          {going.state !== 'sending' && `${GOING_WORDS[going.state]}. `}
          <Waits />
        </>
      )}
    </p>
  );
}
