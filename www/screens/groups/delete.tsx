import { useSignal } from '@preact/signals';
import { isOktaError } from 'okta-groups/external';
import type { OktaError } from 'okta-groups/external';
import type { JSX } from 'preact';
import { useEffect, useRef } from 'preact/hooks';

import { isMarked } from '../../model/names.ts';
import { counted } from '../../model/numbers.ts';
import { mayHaveRun, whyUnknown } from '../../org/changes.ts';
import type { Going } from '../../org/changes.ts';
import { deleteGroup } from '../../org/delete-group.ts';
import { removed, updated } from '../../org/groups.ts';
import { longestWait, retry } from '../../org/log.ts';
import { asPerson } from '../../org/person.ts';
import { client, readOnly } from '../../org/session.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { ErrorNote, wordsOf } from '../../ui/error.tsx';
import { GoingNote } from '../../ui/going.tsx';
import { Name } from '../../ui/name.tsx';
import { Loading } from '../../ui/states.tsx';

/** A group as it is now, with what hangs on it. */
interface Found {
  id: string;
  name: string;
  type: string;
  users: number | undefined;
  apps: number | undefined;
  /** It is no more, or cannot be deleted, or was not read, or its deletion failed. */
  why?: string;
  /** `unknown`: the answer of its deletion was lost, and so was that of the look after it. */
  state: 'there' | 'gone' | 'refused' | 'deleted' | 'failed' | 'unknown';
}

/** Asks before groups are deleted, with what is lost, after reading each anew; then deletes one after the other. */
export default function Delete({
  ids: given,
  close,
}: {
  ids: readonly string[];
  close: () => void;
}): JSX.Element {
  // What is deleted leaves the selection, and stays in the question.
  const ids = useRef(given).current;
  const found = useSignal<readonly Found[]>([]);
  const error = useSignal<unknown>(undefined);
  const phase = useSignal<'reading' | 'asking' | 'deleting' | 'ended'>('reading');
  const typed = useSignal<ReadonlyMap<string, string>>(new Map());
  const going = useSignal<Going | undefined>(undefined);
  const turn = useRef(new AbortController());
  useEffect(() => {
    void read();
    return () => turn.current.abort();
  }, []);
  const read = async (): Promise<void> => {
    error.value = undefined;
    phase.value = 'reading';
    const { signal } = (turn.current = new AbortController());
    try {
      for (const id of ids.slice(found.peek().length)) {
        const group = await asPerson(() => readAnew(id, signal));
        found.value = [...found.peek(), group];
      }
      phase.value = 'asking';
    } catch (why) {
      if (!signal.aborted) error.value = why;
    }
  };
  const isNamed = ({ id, name, apps }: Found): boolean => {
    const text = typed.value.get(id) ?? '';
    return apps === 0 || text === name || text.trim() === id;
  };
  const chosen = found.value.filter((each) => each.state === 'there' && isNamed(each));
  const run = async (): Promise<void> => {
    phase.value = 'deleting';
    const { signal } = (turn.current = new AbortController());
    const put = (id: string, change: Partial<Found>): void => {
      found.value = found.peek().map((each) => (each.id === id ? { ...each, ...change } : each));
    };
    for (const { id, name, users, apps } of chosen) {
      if (signal.aborted || readOnly.peek() !== undefined) break;
      try {
        // A deletion that was sent is waited for: Stop ends the run before the next.
        await deleteGroup({ id, name }, users, apps, (now) => (going.value = now));
        put(id, { state: 'deleted' });
      } catch (why) {
        if (isOktaError(why, 'not-found')) {
          removed(id);
          put(id, { state: 'gone', why: 'was deleted already' });
        } else
          put(id, {
            state: mayHaveRun(why) ? 'unknown' : 'failed',
            why: mayHaveRun(why) ? `${lower(whyUnknown(why))}. ${wordsOf(why)}` : wordsOf(why),
          });
        if (['unauthorized', 'connection', 'aborted'].includes((why as OktaError).kind)) break;
      }
    }
    phase.value = 'ended';
    if (found.peek().every(({ state }) => state === 'deleted' || state === 'gone')) close();
  };
  const all = found.value;
  const count = (...states: Found['state'][]) => all.filter(({ state }) => states.includes(state)).length;
  const gone = count('deleted');
  const already = count('gone');
  const unknown = count('unknown');
  const one = all.length === 1 && ids.length === 1 ? all[0] : undefined;
  const isAsking = phase.value === 'asking';
  return (
    <Dialog
      wide
      title={
        one ? (
          <>
            Delete <Name text={one.name} />?
          </>
        ) : (
          `Delete ${counted(ids.length, 'group')}?`
        )
      }
      close={() => phase.peek() !== 'deleting' && close()}
      dirty={isAsking && [...typed.value.values()].some((text) => text !== '')}
    >
      {(leave) => (
        <>
          {phase.value === 'reading' && error.value === undefined && (
            <Loading text={`Reading the groups anew: ${all.length} of ${ids.length}…`} cancel={leave} />
          )}
          {error.value !== undefined && (
            <ErrorNote what="The groups could not be read anew." error={error.value}>
              <Button action={read}>Retry</Button>
            </ErrorNote>
          )}
          {isAsking && <p>A deleted group cannot be brought back: its members lose what it gave them.</p>}
          <ul class="deletions">
            {all.map((group) => (
              <li key={group.id}>
                <p>
                  <Name text={group.name} /> <span class="muted">{words(group)}</span>
                </p>
                {isAsking && group.state === 'there' && group.apps !== 0 && (
                  <label>
                    <span>
                      {isMarked(group.name) || group.name.length > 100 ? (
                        <>
                          Type its name or its id <code>{group.id}</code>
                        </>
                      ) : (
                        'Type its name'
                      )}{' '}
                      to delete it, since apps {group.apps === undefined && 'may '}hang on it:
                    </span>
                    <input
                      autocomplete="off"
                      spellcheck={false}
                      value={typed.value.get(group.id) ?? ''}
                      onInput={({ currentTarget: { value } }) =>
                        (typed.value = new Map(typed.peek()).set(group.id, value))
                      }
                    />
                  </label>
                )}
              </li>
            ))}
          </ul>
          {phase.value === 'deleting' && (
            <>
              <p role="status">
                Deleted {gone} of {chosen.length + gone}…
              </p>
              <GoingNote going={going.value} />
            </>
          )}
          {phase.value === 'ended' && (
            <p role="status">
              {counted(gone, 'group')} deleted
              {already > 0 && `; ${counted(already, 'group')} gone already`}
              {unknown > 0 && `; of ${counted(unknown, 'group')} it is not known`}
              {`; ${counted(all.length - gone - already - unknown, 'group')} not.`}
            </p>
          )}
          <div class="actions">
            {isAsking && (
              <Button kind="danger" class="primary" disabled={chosen.length === 0} action={run}>
                {one ? 'Delete group' : `Delete ${counted(chosen.length, 'group')}`}
              </Button>
            )}
            {phase.value === 'deleting' ? (
              <>
                <Button action={() => turn.current.abort()}>Stop after this one</Button>
                {(longestWait.value || retry.value) && going.value && (
                  <Button action={going.value.cancel}>Cancel this one and stop</Button>
                )}
              </>
            ) : (
              <Button action={leave}>{phase.value === 'ended' ? 'Close' : 'Cancel'}</Button>
            )}
          </div>
        </>
      )}
    </Dialog>
  );
}

const lower = (text: string): string => text.charAt(0).toLowerCase() + text.slice(1);

function words({ state, why, users, apps, type }: Found): string {
  const facts = [
    users === undefined ? 'members unknown' : counted(users, 'member'),
    apps === undefined ? 'apps unknown' : counted(apps, 'app'),
    ...(type === 'APP_GROUP' ? ['imported from an app'] : []),
  ].join(', ');
  switch (state) {
    case 'there':
      return facts;
    case 'deleted':
      return 'deleted';
    case 'failed':
      return `not deleted: ${why}`;
    case 'unknown':
      return `may be deleted: ${why}`;
    default:
      return why ?? '';
  }
}

async function readAnew(id: string, signal: AbortSignal): Promise<Found> {
  try {
    const group = await (await client()).groups.get(id, { expand: 'stats', signal });
    updated(group);
    const { usersCount, appsCount } = (group._embedded?.stats ?? {}) as {
      usersCount?: number;
      appsCount?: number;
    };
    const isBuiltIn = group.type === 'BUILT_IN';
    return {
      id,
      name: group.profile.name ?? '',
      type: group.type ?? '',
      users: usersCount,
      apps: appsCount,
      state: isBuiltIn ? 'refused' : 'there',
      ...(isBuiltIn && { why: 'built in: Okta does not delete it' }),
    };
  } catch (error) {
    if (!isOktaError(error, 'not-found')) throw error;
    removed(id);
    return { id, name: id, type: '', users: 0, apps: 0, state: 'gone', why: 'was deleted already' };
  }
}
