// The people whom a rule put into one of its groups. Okta has no list of them: the console reads the group's members on demand.
import { useSignal } from '@preact/signals';
import type { User } from 'okta-groups/external';
import type { JSX } from 'preact';
import { useEffect, useMemo } from 'preact/hooks';

import { nameText } from '../../model/names.ts';
import { counted, grouped, share } from '../../model/numbers.ts';
import { personOf, statusWords } from '../../model/person.ts';
import type { Person } from '../../model/person.ts';
import { wayOf } from '../../model/rules.ts';
import type { Way } from '../../model/rules.ts';
import { Scan } from '../../org/scan.ts';
import { theClient } from '../../org/session.ts';
import { Button } from '../../ui/button.tsx';
import { ErrorNote } from '../../ui/error.tsx';
import { Grid } from '../../ui/grid.tsx';
import { Name } from '../../ui/name.tsx';
import { go, hrefOf } from '../../ui/route.ts';
import { Loading } from '../../ui/states.tsx';

const LIMIT = 200;

type Counts = Record<Way, number>;

const WORDS: readonly [Way, string][] = [
  ['this', 'by this rule alone'],
  ['also', 'by this rule and others'],
  ['other', 'by other rules'],
  ['hand', 'by hand'],
  ['unknown', 'not known: the org did not say'],
];

export function PutThere({
  ruleId,
  groupId,
  name,
}: {
  ruleId: string;
  groupId: string;
  name: string;
}): JSX.Element {
  const total = useSignal<number | undefined>(undefined);
  const counts = useSignal<Counts>({ this: 0, also: 0, other: 0, hand: 0, unknown: 0 });
  const people = useSignal<readonly (Person & { also: string })[]>([]);
  const active = useSignal(0);
  const make = () =>
    new Scan<User>(
      (client, cursor, signal) =>
        client.groups.listUsers(groupId, { expand: 'group-rules', limit: LIMIT, cursor, signal }),
      (members) => {
        const next = { ...counts.value };
        const found: (Person & { also: string })[] = [];
        for (const member of members) {
          const way = wayOf(member, ruleId);
          next[way]++;
          if (way !== 'this' && way !== 'also') continue;
          const others = (member._embedded?.['group-rules'] ?? []).filter(({ id }) => id !== ruleId);
          found.push({ ...personOf(member), also: others.map(({ id, name }) => name ?? id).join(', ') });
        }
        counts.value = next;
        people.value = [...people.value, ...found];
        return false;
      },
    );
  const scan = useSignal(useMemo(make, []));
  useEffect(() => () => scan.peek().cancel(), []);
  const read = () => {
    if (total.value === undefined) {
      theClient()
        .groups.get(groupId, { expand: 'stats' })
        .then(
          (group) => (total.value = group._embedded?.stats?.usersCount),
          // Without the total, the progress shows the number that was read.
          () => undefined,
        );
    }
    void scan.value.run();
  };
  const again = () => {
    counts.value = { this: 0, also: 0, other: 0, hand: 0, unknown: 0 };
    people.value = [];
    total.value = undefined;
    scan.value = make();
    read();
  };
  const { state, read: count, error } = scan.value.state.value;
  const shown = nameText(name);
  const box = `Who is in ${shown} by this rule`;
  if (state === 'idle') {
    return (
      <div class="put-there keeps-focus" role="group" aria-label={box}>
        <div class="loading">
          <Button label={`Who is here by this rule? ${shown}`} action={read}>
            Who is here by this rule?
          </Button>
          <span class="hint">Reads all members, {LIMIT} by a request.</span>
        </div>
      </div>
    );
  }
  const known = total.value;
  const of =
    known !== undefined && known >= count && state !== 'done'
      ? `${grouped(count)} of ${counted(known, 'member')} read (${share(count, known) ?? '0 %'})`
      : `${counted(count, 'member')} read`;
  const rows = people.value;
  return (
    <div class="put-there keeps-focus" role="group" aria-label={box}>
      {state === 'reading' ? (
        <div class="loading">
          <Loading text={`${of}…`} />
          <Button action={() => scan.value.cancel()}>Cancel</Button>
        </div>
      ) : state === 'failed' ? (
        <ErrorNote what={`The members could not all be read: ${of}.`} error={error}>
          <Button action={read}>Retry</Button>
        </ErrorNote>
      ) : state === 'cancelled' ? (
        <div class="loading">
          <p role="status">Cancelled: {of}. The counts are partial.</p>
          <Button action={read}>Read on</Button>
        </div>
      ) : (
        <div class="loading">
          <p role="status">{of}, which are all.</p>
          <Button kind="quiet" action={again}>
            Read again
          </Button>
        </div>
      )}
      <dl class="facts">
        {WORDS.filter(([way]) => way !== 'unknown' || counts.value.unknown > 0).map(([way, words]) => (
          <div key={way}>
            <dt>{words}</dt>
            <dd>{grouped(counts.value[way])}</dd>
          </div>
        ))}
      </dl>
      {rows.length > 0 && (
        <div class="grid-box">
          <Grid
            label={`People in ${shown} by this rule`}
            rows={rows}
            keyOf={({ id }) => id}
            complete={state === 'done'}
            columns={[
              {
                id: 'name',
                title: 'Name',
                width: 'minmax(8rem, 1fr)',
                cell: (person) => (
                  <a href={hrefOf('people', { user: person.id })} tabIndex={-1}>
                    <Name text={person.name} />
                  </a>
                ),
              },
              {
                id: 'login',
                title: 'Login',
                width: 'minmax(8rem, 1.2fr)',
                cell: ({ login, status, also }) => (
                  <span title={also && `also by ${also}`}>
                    {login && <Name text={login} />}
                    {status !== 'ACTIVE' && <span class="muted"> · {statusWords(status)}</span>}
                    {also && <span class="muted"> · also by {also}</span>}
                  </span>
                ),
              },
            ]}
            active={Math.min(active.value, rows.length - 1)}
            activate={(index) => (active.value = index)}
            open={({ id }) => go(hrefOf('people', { user: id }))}
          />
        </div>
      )}
    </div>
  );
}
