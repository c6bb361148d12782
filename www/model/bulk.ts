// A bulk change of members as a screen shows it: the rows of a plan, what a run did, what is left, and the plan that takes a run
// back. The package plans and runs; nothing here decides about a member.
import type {
  BulkReport,
  BulkWrite,
  MaxRemovals,
  MemberPlan,
  MembershipsPlan,
  MembershipsReport,
  OktaError,
  SkippedGroup,
} from 'okta-groups/external';

import { counted, share } from './numbers.ts';
import type { Work } from './slices.ts';

/** A plan of one group or of many. */
export type AnyPlan = MemberPlan | MembershipsPlan;

/** A write of one member of one group. */
export interface MemberWrite extends BulkWrite {
  readonly groupId: string;
}

/** A write that failed, with its error. */
export interface FailedWrite extends MemberWrite {
  readonly error: OktaError;
}

/** The plans of a plan: one for each group. */
export function plansOf(plan: AnyPlan): readonly MemberPlan[] {
  return 'plans' in plan ? plan.plans : [plan];
}

/** Groups that have no plan. */
export function skippedGroups(plan: AnyPlan): readonly SkippedGroup[] {
  return 'plans' in plan ? plan.skipped : [];
}

/** What becomes of a person or a value, in the order of the filters and rows: what needs a look comes first. */
export const ROW_CHANGES = [
  'refused',
  'unresolved',
  'add',
  'remove',
  'rule-managed',
  'rule-unknown',
  'kept',
  'absent',
  'duplicate',
] as const;
export type RowChange = (typeof ROW_CHANGES)[number];

/** The words of a change, as a filter and a cell show them. */
export const CHANGE_WORDS: Readonly<Record<RowChange, string>> = {
  add: 'Add',
  remove: 'Remove',
  unresolved: 'Not found',
  refused: 'Group refused',
  'rule-managed': 'Stays: by a rule',
  'rule-unknown': 'Stays: rule unknown',
  kept: 'Stays: kept',
  absent: 'Not a member',
  duplicate: 'Named twice',
};

/** A row of a plan. */
export interface PlanRow {
  readonly key: string;
  readonly change: RowChange;
  /** The group; empty for a value that was looked for in all groups. */
  readonly groupId: string;
  readonly userId?: string;
  /** A value that names no single user, or the name of a group that has no plan. */
  readonly value?: string;
  /** Why, in words. */
  readonly note?: string;
  /** Users that the value may mean, or rules that put the member there. */
  readonly ids?: readonly string[];
}

const UNRESOLVED_WORDS = {
  none: 'no user bears it',
  ambiguous: 'several users bear it',
  deactivated: 'only deactivated users bear it',
} as const;

/** How many rows are made in one piece. */
const STEP = 2_000;

/**
 * The rows of a plan, in pieces, in the order of {@link ROW_CHANGES}.
 *
 * @param absent - Values of people who were to be removed and are no members.
 * @param limit - The limit on removals that the plan was made with, for the words of groups that it refused.
 */
export function* planRows(
  plan: AnyPlan,
  absent: readonly { groupId: string; value: string }[] = [],
  limit?: MaxRemovals,
): Work<PlanRow[]> {
  const byChange = new Map<RowChange, PlanRow[]>(ROW_CHANGES.map((change) => [change, []]));
  let made = 0;
  const put = (change: RowChange, row: Omit<PlanRow, 'key' | 'change'>): void => {
    byChange.get(change)?.push({ key: String(made++), change, ...row });
  };
  for (const { group, message } of skippedGroups(plan)) {
    const value = typeof group === 'string' ? group : group.name;
    put('refused', { groupId: typeof group === 'string' ? group : '', value, note: refusal(message, limit) });
  }
  for (const each of plansOf(plan)) {
    const { groupId } = each;
    for (const userId of each.add) {
      put('add', { groupId, userId });
      if (made % STEP === 0) yield;
    }
    for (const userId of each.remove) {
      put('remove', { groupId, userId });
      if (made % STEP === 0) yield;
    }
    for (const { userId, reason, rules } of each.skipped) {
      put(reason, { groupId, userId, ...(rules && { ids: rules }) });
      if (made % STEP === 0) yield;
    }
    for (const { value, reason, candidates } of each.unresolved ?? []) {
      put('unresolved', { groupId, value, note: UNRESOLVED_WORDS[reason], ids: candidates });
      if (made % STEP === 0) yield;
    }
  }
  for (const { groupId, value } of absent) {
    put('absent', { groupId, value });
    if (made % STEP === 0) yield;
  }
  const rows: PlanRow[] = [];
  for (const change of ROW_CHANGES) {
    for (const row of byChange.get(change) ?? []) {
      rows.push(row);
      if (rows.length % STEP === 0) yield;
    }
  }
  return rows;
}

/** How many rows there are of each change. */
export function countRows(rows: readonly PlanRow[]): Record<RowChange, number> {
  const counts = Object.fromEntries(ROW_CHANGES.map((change) => [change, 0])) as Record<RowChange, number>;
  for (const { change } of rows) counts[change]++;
  return counts;
}

/** The rows of some changes whose texts hold the words, in pieces. `textOf` gives what is known of a row's people and group. */
export function* filterPlanRows(
  rows: readonly PlanRow[],
  {
    changes,
    text,
    textOf,
  }: { changes: ReadonlySet<RowChange>; text: string; textOf: (row: PlanRow) => string },
): Work<PlanRow[]> {
  const wanted = text.trim().toLowerCase();
  const found: PlanRow[] = [];
  let seen = 0;
  for (const row of rows) {
    if (++seen % STEP === 0) yield;
    if (changes.size > 0 && !changes.has(row.change)) continue;
    if (wanted === '' || textOf(row).toLowerCase().includes(wanted)) found.push(row);
  }
  return found;
}

/** Adds, removals, and people who are members and stay, of all groups of a plan. */
export function planTotals(plan: AnyPlan): {
  add: number;
  remove: number;
  unchanged: number;
  groups: number;
} {
  const sum = { add: 0, remove: 0, unchanged: 0, groups: 0 };
  for (const { add, remove, unchanged } of plansOf(plan)) {
    sum.groups++;
    sum.add += add.length;
    sum.remove += remove.length;
    sum.unchanged += unchanged;
  }
  return sum;
}

/** Whether values that name no single user keep the plan from being applied. */
export function isBlocked(plan: AnyPlan): boolean {
  return plansOf(plan).some(
    ({ unresolved = [], skipsUnresolved }) => unresolved.length > 0 && skipsUnresolved !== true,
  );
}

/** Requests of a run: its writes, and what it reads before it removes somebody. */
export function requestsOf(plan: AnyPlan): { writes: number; reads: number } {
  let writes = 0;
  let reads = 0;
  for (const { add, remove, unchanged, skipped } of plansOf(plan)) {
    writes += add.length + remove.length;
    if (remove.length === 0) {
      reads += add.length > 0 ? 1 : 0;
      continue;
    }
    const members = unchanged + remove.length + skipped.length;
    reads += 1 + Math.max(1, Math.ceil(members / MEMBERS_PAGE));
  }
  return { writes, reads };
}

/** Members in a page, where the client asks for no other number. */
const MEMBERS_PAGE = 200;

/** What was not done: as the guards say it. */
export interface PlanRefusal {
  /** In words. */
  readonly text: string;
  /** Removals of the plan that the limit on removals refused. */
  readonly removals?: number;
}

/** The words of a limit on removals: `a quarter of the members`, `10 % of the members`, `20 members`. */
export function limitText(limit: MaxRemovals): string {
  if (limit === false) return 'any number of members';
  const { count, ratio = 0.25 } = limit;
  const parts = [
    ...(ratio < 1
      ? [ratio === 0.25 ? 'a quarter of the members' : `${Math.round(ratio * 100)} % of the members`]
      : []),
    ...(count === undefined ? [] : [counted(count, 'member')]),
  ];
  return parts.join(' and ') || 'any number of members';
}

const REMOVALS = /(\d+) of (\d+) members would go|would remove (\d+) of (\d+) members/;

/** A refusal of the package as a reader understands it. */
export function refusal(message: string, limit?: MaxRemovals): string {
  const [, one, ofOne, all, ofAll] = REMOVALS.exec(message) ?? [];
  if (one !== undefined || all !== undefined) {
    const [removals, members] = [Number(one ?? all), Number(ofOne ?? ofAll)];
    const where = all === undefined ? '' : ' of all groups together';
    const more = limit === undefined ? 'more than the limit' : `more than ${limitText(limit)}`;
    return `It removes ${removals} of ${members} members${where} (${share(removals, members) ?? '0 %'}), ${more}.`;
  }
  return message;
}

/** The words of a plan that was refused, and how many removals it has if there were too many. */
export function refusalOf(error: unknown, limit: MaxRemovals): PlanRefusal | undefined {
  const { kind, argument, message } = error as { kind?: string; argument?: string; message: string };
  if (kind !== 'argument') return undefined;
  switch (argument) {
    case 'maxRemovals':
    case 'maxRemovalsOverall': {
      const [, one, , all] = REMOVALS.exec(message) ?? [];
      return { text: refusal(message, limit), removals: Number(one ?? all ?? 0) };
    }
    case 'groupId':
      return { text: `The group ${message.replace(/^groupId /, '')}.` };
    case 'ruleManaged':
      return { text: `A member who would be removed was put there by a rule (${message}).` };
    case 'desired':
      return { text: `The list of people ${message.replace(/^desired /, '')}.` };
    default:
      return { text: message };
  }
}

/** What runs of a plan have done so far, over pauses and retries. */
export interface Outcome {
  readonly done: readonly MemberWrite[];
  /** Writes that were not needed: the membership was as planned. */
  readonly alreadyOk: readonly MemberWrite[];
  readonly failed: readonly FailedWrite[];
  readonly notAttempted: readonly MemberWrite[];
  /** Removals that were kept back because too many adds failed; they are in `notAttempted`, too. */
  readonly withheld: readonly MemberWrite[];
  /** Groups whose plan the org or a guard refused when it was applied. */
  readonly refused: readonly { groupId: string; error: OktaError }[];
  readonly skipped: readonly SkippedGroup[];
  readonly stopped?: 'aborted' | 'stopOn' | 'total-timeout';
  readonly requests: number;
  readonly retries: number;
  readonly waitedMs: number;
  readonly durationMs: number;
  /** A plan of the writes that are left: not attempted, then failed. */
  readonly rest?: AnyPlan;
}

type Report = BulkReport | MembershipsReport;

/** The removals of a plan, as {@link keyOfWrite} names them. */
const removalsOf = (plans: readonly MemberPlan[]): ReadonlySet<string> =>
  new Set(plans.flatMap(({ groupId, remove }) => remove.map((userId) => keyOfWrite({ groupId, userId }))));

/** @param plan - The plan that was run: that of the report lacks the writes that were not needed. */
function writesOf(
  report: Report,
  plan: AnyPlan | undefined,
): Omit<Outcome, 'requests' | 'retries' | 'waitedMs' | 'durationMs'> {
  const { stopped, rest } = report;
  const common = { ...(stopped && { stopped }), ...(rest && { rest }) };
  if ('groups' in report) {
    const write = (op: 'add' | 'remove') => (each: { groupId: string; userId: string }) => ({ ...each, op });
    const removals = removalsOf(plan ? plansOf(plan) : report.groups.map((each) => each.plan));
    return {
      ...common,
      done: [...report.added.map(write('add')), ...report.removed.map(write('remove'))],
      alreadyOk: report.alreadyOk.map((each) =>
        write(removals.has(keyOfWrite(each)) ? 'remove' : 'add')(each),
      ),
      failed: report.failed,
      notAttempted: report.notAttempted,
      withheld: (report.withheld ?? []).map(write('remove')),
      refused: report.refused,
      skipped: report.skipped,
    };
  }
  const { groupId } = report;
  const write = (op: 'add' | 'remove') => (userId: string) => ({ groupId, userId, op });
  const removals = removalsOf(plan ? plansOf(plan) : [report.plan]);
  return {
    ...common,
    done: [...report.added.map(write('add')), ...report.removed.map(write('remove'))],
    alreadyOk: report.alreadyOk.map((userId) =>
      write(removals.has(keyOfWrite({ groupId, userId })) ? 'remove' : 'add')(userId),
    ),
    failed: report.failed.map((each) => ({ groupId, ...each })),
    notAttempted: report.notAttempted.map((each) => ({ groupId, ...each })),
    withheld: (report.withheld ?? []).map(write('remove')),
    refused: [],
    skipped: [],
  };
}

/**
 * The outcome before the first write of a run: what earlier runs did, and writes that are not needed, as `looks` requests showed.
 *
 * @param part - The writes that were left before and are not part of this run.
 */
export function outcomeOfLook(
  alreadyOk: readonly MemberWrite[],
  looks: number,
  before: Outcome = NOTHING,
  { failed, notAttempted }: Pick<Outcome, 'failed' | 'notAttempted'> = NOTHING,
): Outcome {
  const { rest: earlier, ...came } = before;
  const rest = earlier && restOf([earlier], [...notAttempted, ...failed]);
  return {
    ...came,
    alreadyOk: [...came.alreadyOk, ...alreadyOk],
    failed,
    notAttempted,
    requests: came.requests + looks,
    ...(rest && { rest }),
  };
}

const NOTHING: Outcome = {
  done: [],
  alreadyOk: [],
  failed: [],
  notAttempted: [],
  withheld: [],
  refused: [],
  skipped: [],
  requests: 0,
  retries: 0,
  waitedMs: 0,
  durationMs: 0,
};

/** A text that names a write of one member among those of a run. */
export const keyOfWrite = ({ groupId, userId }: Omit<MemberWrite, 'op'>): string => `${groupId} ${userId}`;

/**
 * The writes that a run left out as done already although they are `needed`, as a look at each person showed: the org's list of
 * members lags behind its writes.
 */
export function lagging(report: Report, needed: readonly MemberWrite[]): MemberWrite[] {
  const left = new Set(writesOf(report, undefined).alreadyOk.map(keyOfWrite));
  return needed.filter((write) => left.has(keyOfWrite(write)));
}

/**
 * The outcome of a run, together with what earlier runs of the same plan did.
 *
 * @param part - The writes that were left before and were not part of this run.
 * @param ran - The plan that was run, and its writes that are left although the run took them for done. See {@link lagging}.
 */
export function outcomeOf(
  report: Report,
  before?: Outcome,
  part?: { readonly failed: readonly FailedWrite[]; readonly notAttempted: readonly MemberWrite[] },
  ran?: { readonly plan: AnyPlan; readonly late?: readonly MemberWrite[] },
): Outcome {
  const now = writesOf(report, ran?.plan);
  const { requests, retries, waitedMs, durationMs } = report;
  const isLate = new Set(ran?.late?.map(keyOfWrite));
  const failed = [...(part?.failed ?? []), ...now.failed];
  const notAttempted = [...(part?.notAttempted ?? []), ...now.notAttempted, ...(ran?.late ?? [])];
  const rests = [ran?.plan, before?.rest, now.rest].filter((each) => each !== undefined);
  const rest = restOf(rests, [...notAttempted, ...failed]);
  const { rest: _, ...came } = now;
  return {
    ...came,
    done: [...(before?.done ?? []), ...now.done],
    alreadyOk: [
      ...(before?.alreadyOk ?? []),
      ...now.alreadyOk.filter((write) => !isLate.has(keyOfWrite(write))),
    ],
    failed,
    notAttempted,
    refused: now.refused,
    skipped: before?.skipped ?? now.skipped,
    requests: (before?.requests ?? 0) + requests,
    retries: (before?.retries ?? 0) + retries,
    waitedMs: (before?.waitedMs ?? 0) + waitedMs,
    durationMs: (before?.durationMs ?? 0) + durationMs,
    ...(rest && { rest }),
  };
}

/** A plan of writes that are left, made of the latest plans of their groups. */
function restOf(rests: readonly AnyPlan[], writes: readonly MemberWrite[]): AnyPlan | undefined {
  const latest = new Map(rests.flatMap(plansOf).map((plan) => [plan.groupId, plan] as const));
  const plans = planOfWrites([...latest.values()], writes);
  const [first] = plans;
  if (!first) return undefined;
  const many = rests.find((rest): rest is MembershipsPlan => 'plans' in rest);
  return many ? { ...many, plans, skipped: [] } : first;
}

/** The plans that hold only these writes. */
export function planOfWrites(plans: readonly MemberPlan[], writes: readonly MemberWrite[]): MemberPlan[] {
  const wanted = new Map<string, { add: string[]; remove: string[] }>();
  for (const { groupId, userId, op } of writes) {
    const of = wanted.get(groupId) ?? { add: [], remove: [] };
    of[op].push(userId);
    wanted.set(groupId, of);
  }
  return plans.flatMap((plan) => {
    const of = wanted.get(plan.groupId);
    return of ? [{ ...plan, ...of }] : [];
  });
}

/** A rest that holds only some of its writes: those that failed, for a retry. */
export function partOfRest(rest: AnyPlan, writes: readonly MemberWrite[]): AnyPlan {
  const plans = planOfWrites(plansOf(rest), writes);
  return 'plans' in rest ? { ...rest, plans } : (plans[0] ?? { ...rest, add: [], remove: [] });
}

/**
 * The plan that takes back what was done: it removes whom the run added and adds whom it removed, and nobody else. Members
 * whom a rule put there meanwhile stay.
 */
export function undoPlan(plan: AnyPlan, { done }: Pick<Outcome, 'done'>): MembershipsPlan | undefined {
  const turned = done.map((write): MemberWrite => ({ ...write, op: write.op === 'add' ? 'remove' : 'add' }));
  const plans = planOfWrites(plansOf(plan), turned).map(
    ({ v, org, groupId, basedOn, add, remove }): MemberPlan => ({
      v,
      org,
      groupId,
      basedOn,
      add,
      remove,
      unchanged: 0,
      skipped: [],
      warnings: [],
      maxRemovals: { count: remove.length, ratio: 1 },
      ruleManaged: 'skip',
      keep: [],
    }),
  );
  return plans.length > 0 ? { v: 1, kind: 'memberships', org: plan.org, plans, skipped: [] } : undefined;
}

/** Whether every write of the plan is done and no group was refused. */
export function isWhole({ failed, notAttempted, refused, skipped }: Outcome): boolean {
  return failed.length + notAttempted.length + refused.length + skipped.length === 0;
}

/** Writes of a plan that came to nothing since the members stay: a rule put them there meanwhile. */
export function stays(plan: AnyPlan, outcome: Outcome): number {
  const { done, alreadyOk, failed, notAttempted, refused } = outcome;
  if (refused.length > 0) return 0;
  const { add, remove } = planTotals(plan);
  return add + remove - done.length - alreadyOk.length - failed.length - notAttempted.length;
}

/** What was done, past tense: `Added 12 people to Payroll, removed 3`. Where nothing was done, it says so. */
export function doneText({ done }: Pick<Outcome, 'done'>, nameOf: (groupId: string) => string): string {
  const groups = new Set(done.map(({ groupId }) => groupId));
  const [first] = groups;
  const where = groups.size === 1 && first !== undefined ? nameOf(first) : counted(groups.size, 'group');
  const added = done.filter(({ op }) => op === 'add').length;
  const removed = done.length - added;
  if (done.length === 0) return 'Changed no member';
  if (removed === 0) return `Added ${counted(added, 'person', 'people')} to ${where}`;
  if (added === 0) return `Removed ${counted(removed, 'person', 'people')} from ${where}`;
  return `Added ${counted(added, 'person', 'people')} to ${where}, removed ${counted(removed, 'person', 'people')}`;
}

/** A write in the words of a report. */
export type WriteStatus = 'done' | 'already so' | 'failed' | 'not attempted' | 'withheld' | 'group refused';

/** A row of a report. */
export interface ReportRow {
  readonly key: string;
  readonly groupId: string;
  readonly userId: string;
  readonly op: 'add' | 'remove' | '';
  readonly status: WriteStatus;
  readonly error?: OktaError | { message: string };
}

/** The rows of a report: what went wrong first. */
export function reportRows(outcome: Outcome): ReportRow[] {
  const { done, alreadyOk, failed, notAttempted, withheld, refused, skipped } = outcome;
  let made = 0;
  const kept = new Set(withheld.map(keyOfWrite));
  const rows = (writes: readonly MemberWrite[], statusOf: (write: MemberWrite) => WriteStatus): ReportRow[] =>
    writes.map((write) => ({ ...write, key: String(made++), status: statusOf(write) }));
  return [
    ...refused.map(({ groupId, error }) => ({
      key: String(made++),
      groupId,
      userId: '',
      op: '' as const,
      status: 'group refused' as const,
      error,
    })),
    ...skipped.map(({ group, message }) => ({
      key: String(made++),
      groupId: typeof group === 'string' ? group : group.name,
      userId: '',
      op: '' as const,
      status: 'group refused' as const,
      error: { message: refusal(message) },
    })),
    ...rows(failed, () => 'failed'),
    ...rows(notAttempted, (write) => (kept.has(keyOfWrite(write)) ? 'withheld' : 'not attempted')),
    ...rows(done, () => 'done'),
    ...rows(alreadyOk, () => 'already so'),
  ];
}

/** An error as a file holds it. */
export function errorFacts(error: unknown): Record<string, unknown> {
  const { kind, message, status, code, requestId } = error as Record<string, unknown>;
  return Object.fromEntries(
    Object.entries({ kind, message, status, code, requestId }).filter(([, value]) => value !== undefined),
  );
}

/** A report as a file holds it: `rest` is a plan that goes on with what is left. */
export function reportFile(outcome: Outcome, plan: AnyPlan): Record<string, unknown> {
  const { failed, refused, ...others } = outcome;
  return {
    kind: 'okta-groups-report',
    org: plan.org,
    ok: isWhole(outcome),
    ...others,
    failed: failed.map(({ error, ...write }) => ({ ...write, error: errorFacts(error) })),
    refused: refused.map(({ groupId, error }) => ({ groupId, error: errorFacts(error) })),
  };
}

/**
 * Reads the text of a file that holds a plan, the rest of a run, or a report with a rest.
 *
 * @throws Error whose message says in words what is wrong.
 */
export function readPlan(text: string): AnyPlan {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new Error('The file is not JSON, so it holds no plan.');
  }
  if (isRecord(value) && value['kind'] === 'okta-groups-report') {
    if (value['rest'] === undefined) throw new Error('The report has no rest: its run did all of its plan.');
    value = value['rest'];
  }
  if (Array.isArray(value)) {
    value = {
      v: 1,
      kind: 'memberships',
      org: isRecord(value[0]) ? value[0]['org'] : '',
      plans: value,
      skipped: [],
    };
  }
  if (!isRecord(value)) throw new Error('The file holds no plan.');
  if (value['v'] !== 1) throw new Error('The file holds no plan of version 1.');
  const plans: unknown = value['kind'] === 'memberships' ? value['plans'] : [value];
  if (!Array.isArray(plans) || plans.length === 0 || !plans.every(isMemberPlan))
    throw new Error('The file holds no plan of members, or it was changed and is not whole.');
  if (value['kind'] !== 'memberships') return value as unknown as MemberPlan;
  const skipped = value['skipped'] ?? [];
  if (typeof value['org'] !== 'string' || !Array.isArray(skipped))
    throw new Error('The file holds no whole plan.');
  return { ...value, skipped } as unknown as MembershipsPlan;
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const isIds = (value: unknown): boolean =>
  Array.isArray(value) && value.every((id) => typeof id === 'string' && id !== '');

function isMemberPlan(value: unknown): boolean {
  return (
    isRecord(value) &&
    value['v'] === 1 &&
    typeof value['org'] === 'string' &&
    typeof value['groupId'] === 'string' &&
    isRecord(value['basedOn']) &&
    isIds(value['add']) &&
    isIds(value['remove']) &&
    Array.isArray(value['skipped']) &&
    Array.isArray(value['warnings'])
  );
}

/** The plan for another origin of the same org: a proxy has one origin, and the org behind it another. */
export function movedPlan(plan: AnyPlan, from: string, to: string): AnyPlan {
  const org = (each: string) => (each === from ? to : each);
  if (!('plans' in plan)) return { ...plan, org: org(plan.org) };
  return { ...plan, org: org(plan.org), plans: plan.plans.map((each) => ({ ...each, org: org(each.org) })) };
}
