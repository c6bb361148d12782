// Why a person is in a group. Okta tells it only in the group's list of members: the console reads it until the person comes.
import { useSignal } from '@preact/signals';
import type { GroupRule, User } from 'okta-groups/external';
import type { JSX } from 'preact';
import { useEffect, useMemo } from 'preact/hooks';

import { counted, grouped } from '../../model/numbers.ts';
import { estimate, estimateText } from '../../model/time.ts';
import { Load } from '../../org/load.ts';
import { Scan } from '../../org/scan.ts';
import { theClient } from '../../org/session.ts';
import { Button } from '../../ui/button.tsx';
import { ErrorNote } from '../../ui/error.tsx';
import { Name } from '../../ui/name.tsx';
import { hrefOf } from '../../ui/route.ts';
import { Loading, Show } from '../../ui/states.tsx';

const LIMIT = 200;

/** The result of reading the members: the rules that put the person there, or that the list has no such person. */
export type Found =
  { is: 'member'; rules: readonly { id: string; name: string }[] | undefined } | { is: 'none' };

/** Offers to read the members, tells the cost first, and shows the result. */
export function Here(props: Parameters<typeof Steps>[0]): JSX.Element {
  return (
    <div class="keeps-focus" role="group" aria-label="How the person got here">
      <Steps {...props} />
    </div>
  );
}

function Steps({
  groupId,
  userId,
  found,
  tell,
}: {
  groupId: string;
  userId: string;
  /** The result of an earlier reading. */
  found: Found | undefined;
  tell: (found: Found) => void;
}): JSX.Element {
  const total = useMemo(() => new Load<number | undefined>(), []);
  const asked = useSignal(false);
  const scan = useMemo(() => {
    let is: Found = { is: 'none' };
    const walk = new Scan<User>(
      (client, cursor, signal) =>
        client.groups.listUsers(groupId, { expand: 'group-rules', limit: LIMIT, cursor, signal }),
      (members) => {
        const member = members.find(({ id }) => id === userId);
        if (!member) return false;
        const rules = member._embedded?.['group-rules'];
        is = {
          is: 'member',
          rules: Array.isArray(rules) ? rules.map(({ id, name }) => ({ id, name: name ?? id })) : undefined,
        };
        return true;
      },
    );
    return { walk, result: () => is };
  }, []);
  useEffect(
    () => () => {
      scan.walk.cancel();
      total.stop();
    },
    [],
  );
  const ask = () => {
    asked.value = true;
    void total.load(async (client, signal) => {
      const group = await client.groups.get(groupId, { expand: 'stats', signal });
      return group._embedded?.stats?.usersCount;
    });
  };
  const run = async () => {
    await scan.walk.run();
    const { state } = scan.walk.state.peek();
    if (state === 'found' || state === 'done') tell(scan.result());
  };
  if (found) return <Way found={found} />;
  if (!asked.value) {
    return (
      <div class="actions">
        <Button action={ask}>How did the person get here?</Button>
      </div>
    );
  }
  const { state, read, error } = scan.walk.state.value;
  const count = total.value;
  const of =
    count === undefined ? counted(read, 'member') : `${grouped(read)} of ${counted(count, 'member')}`;
  return (
    <Show of={total.state.value} what="The size of the group" retry={ask} cancel={() => total.cancel()}>
      {(count) => {
        const bucket = theClient().rateLimits().get('groups');
        switch (state) {
          case 'idle':
            return (
              <div class="stack">
                <p role="status">
                  Okta says it only in the list of members, which is read until the person comes:{' '}
                  {count === undefined
                    ? `the org does not say how many members there are, ${LIMIT} come with a request.`
                    : `${counted(count, 'member')}, at most ${estimateText(
                        estimate(Math.max(1, Math.ceil(count / LIMIT)), { bucket }),
                      )}.`}
                </p>
                <div class="actions">
                  <Button action={run}>Read the members</Button>
                </div>
              </div>
            );
          case 'reading':
            return (
              <div class="actions">
                <Loading text={`${of} read…`} />
                <Button action={() => scan.walk.cancel()}>Cancel</Button>
              </div>
            );
          case 'cancelled':
            return (
              <div class="actions">
                <p role="status">Cancelled: {of} read, the person was not among them so far.</p>
                <Button action={run}>Read on</Button>
              </div>
            );
          case 'failed':
            return (
              <ErrorNote what={`The members could not all be read: ${of}.`} error={error}>
                <Button action={run}>Retry</Button>
              </ErrorNote>
            );
          default:
            return <Way found={scan.result()} />;
        }
      }}
    </Show>
  );
}

function Way({ found }: { found: Found }): JSX.Element {
  if (found.is === 'none') {
    return (
      <p role="status">
        The group’s list of members does not have the person. It lags some seconds behind writes (recorded).
      </p>
    );
  }
  if (!found.rules) return <p role="status">The org did not say it in the list of members.</p>;
  if (found.rules.length === 0) return <p role="status">By hand: an admin or a program added the person.</p>;
  return (
    <p role="status">
      By {found.rules.length === 1 ? 'the rule' : 'the rules'} <RuleLinks rules={found.rules} />.
    </p>
  );
}

export function RuleLinks({
  rules,
}: {
  rules: readonly (Pick<GroupRule, 'id' | 'name'> & { status?: string })[];
}): JSX.Element {
  return (
    <>
      {rules.map(({ id, name, status }, index) => (
        <>
          {index > 0 && ', '}
          <a href={hrefOf('rules', { rule: id })}>
            <Name text={name} />
          </a>
          {status && ` (${status.toLowerCase()})`}
        </>
      ))}
    </>
  );
}
