// Shows a plan as text: its adds and removals, the limits that refuse it, and the time that it will take.
import { isOktaError } from 'okta-groups';
import { counted, duration, grouped, printable } from './printable.js';

const NAMES = 5;
/** The share of a bucket that the client leaves to other programs. */
const RESERVE = 0.1;
/** The time of a write without throttling, and the number of concurrent writes. */
const WRITE_MS = 150;
const AT_ONCE = 8;

/** The lines of a plan. */
export async function planLines({ client, org, plan, group, counts = false, signal }) {
  const { add, remove, unchanged, skipped, warnings } = plan;
  const by = (reason) => skipped.filter((each) => each.reason === reason).length;
  const now = unchanged + remove.length + by('rule-managed') + by('rule-unknown') + by('kept');
  const names = await namesOf(client, [...add.slice(0, NAMES), ...remove.slice(0, NAMES)], signal);
  const first = (ids) => {
    const shown = ids.slice(0, NAMES).map((id) => names.get(id) ?? id);
    return ids.length > NAMES ? [...shown, 'and others'] : shown;
  };
  const row = (name, number, of = []) =>
    `  ${name.padEnd(10)}${grouped(number).padStart(7)}  ${of.join(', ')}`.trimEnd();
  const left = [
    [by('rule-managed'), 'by a group rule'],
    [by('rule-unknown'), 'perhaps by a group rule: the org did not say'],
    [by('kept'), 'kept'],
  ].filter(([number]) => number);
  return [
    `${org}  ${group ? printable(group.profile.name) : ''} (${plan.groupId})${counts ? `, ${counted(now, 'member')} now` : ''}`,
    row('add', add.length, first(add)),
    row('remove', remove.length, first(remove)),
    row('unchanged', unchanged),
    ...left.map(([number, why]) => row('stay', Number(number), [String(why)])),
    ...(by('duplicate') ? [row('twice', by('duplicate'), ['in the list; counted once'])] : []),
    ...guards(plan).map((line) => `  guard: ${line}`),
    ...warnings.map((line) => `  warning: ${printable(line)}`),
    ...(add.length + remove.length > 0 ? [`  ${timeLine(client, add.length + remove.length)}`] : []),
  ];
}

function guards({ remove, maxRemovals, ruleManaged, add }) {
  if (remove.length === 0) return [];
  const { count = Infinity, ratio = 0.25 } = maxRemovals || {};
  const most = [
    ...(ratio < 1 ? [`${+(ratio * 100).toFixed(2)} % of the members`] : []),
    ...(count < Infinity ? [grouped(count)] : []),
  ];
  return [
    maxRemovals === false ? 'any number of removals' : `at most ${most.join(' and ')} may be removed`,
    ...(ruleManaged === 'include' ? ['members by a group rule are removed, too'] : []),
    ...(add.length > 0 ? ['nobody is removed if too many adds fail'] : []),
  ];
}

/** Estimates the time of the writes from the known rate limit. */
export function timeLine(client, writes) {
  const bucket = [...client.rateLimits().values()].find(({ bucket: name }) => name === 'groups');
  if (!bucket) return counted(writes, 'write');
  const usable = Math.max(1, Math.floor(bucket.limit * (1 - RESERVE)));
  const ready = Math.max(0, bucket.remaining - Math.ceil(bucket.limit * RESERVE));
  const windows = Math.ceil(Math.max(0, writes - ready) / usable);
  const ms = windows > 0 ? (windows - 1) * 60_000 + bucket.resetsInMs : (writes / AT_ONCE) * WRITE_MS;
  return `${counted(writes, 'write')} take about ${duration(Math.max(1000, ms))} at ${grouped(bucket.limit)} requests a minute`;
}

/** The logins of a few people; their ids, if the sign-in may not read people. */
async function namesOf(client, ids, signal) {
  const names = new Map();
  if (!client.users) return names;
  await Promise.all(
    ids.map(async (id) => {
      try {
        const { profile } = await client.users.get(id, { signal, retry: false });
        if (typeof profile?.login === 'string') names.set(id, printable(profile.login));
      } catch (error) {
        if (isOktaError(error, 'aborted')) throw error;
      }
    }),
  );
  return names;
}
