// The one bulk change of the console: its plan, its run and its report. They outlive the screen that shows them.
import { batch, computed, signal } from '@preact/signals';
import { isOktaError } from 'okta-groups/external';
import type {
  BulkProgress,
  BulkReport,
  BulkRun,
  GroupKey,
  MaxRemovals,
  MemberPlan,
  MembershipsReport,
  MembershipsRun,
  OktaError,
  OktaGroups,
  PlanOptions,
  User,
} from 'okta-groups/external';

import {
  doneText,
  isWhole,
  keyOfWrite,
  lagging,
  movedPlan,
  outcomeOf,
  outcomeOfLook,
  partOfRest,
  planTotals,
  plansOf,
  readPlan,
  refusalOf,
  reportFile,
  undoPlan,
} from '../../model/bulk.ts';
import type { AnyPlan, FailedWrite, MemberWrite, Outcome } from '../../model/bulk.ts';
import { nameText } from '../../model/names.ts';
import { counted, grouped } from '../../model/numbers.ts';
import { duration } from '../../model/time.ts';
import { NotUndone, record } from '../../org/changes.ts';
import type { Change, Done } from '../../org/changes.ts';
import { membersChanged } from '../../org/groups.ts';
import { inLanes } from '../../org/lanes.ts';
import { isMember, noteMemberships } from '../../org/memberships.ts';
import { groups, people } from '../../org/names.ts';
import { after } from '../../org/person.ts';
import { running } from '../../org/running.ts';
import { noteRefusedWrite } from '../../org/rights.ts';
import { client, host } from '../../org/session.ts';
import { turn } from '../../org/turns.ts';

/** `these`: removes the people who are named; the others are the modes of `planMembers`. */
export type Mode = 'exact' | 'add' | 'remove' | 'these';

/** What is to be planned. */
export interface Wish {
  /** Groups with the people that each is to have. */
  entries: readonly (readonly [GroupKey, readonly string[]])[];
  by: NonNullable<PlanOptions['by']>;
  mode: Mode;
  maxRemovals: MaxRemovals;
  ruleManaged: 'skip' | 'include' | 'fail';
  /** Ids and logins of people who are never removed. */
  keep: readonly string[];
  unresolved: 'block' | 'skip';
  allowEmpty: boolean;
}

export type Phase =
  'input' | 'planning' | 'planned' | 'running' | 'pausing' | 'stopping' | 'paused' | 'report';

export const phase = signal<Phase>('input');

/** Members that planning has read, and groups that it has planned. */
export const reading = signal<{ groups: number; of: number; members: number }>({
  groups: 0,
  of: 0,
  members: 0,
});

/** The plan that is shown. */
export const planned = signal<
  | {
      plan: AnyPlan;
      /** Not given for a plan of a file. */
      wish?: Wish;
      /** People who were to be removed and are no members. */
      absent: readonly { groupId: string; value: string }[];
      /** The file that it was read from. */
      file?: string;
      /** The change that it takes back, in words. Its members are looked at one by one before each run. */
      undoes?: string;
    }
  | undefined
>(undefined);

/** Why there is no plan, or why it was not applied. */
export const problem = signal<
  | {
      error: unknown;
      text?: string;
      /** Too many removals: how many the plan has. */
      removals?: number;
      /** What was refused, to plan it again with another limit. */
      wish?: Wish;
    }
  | undefined
>(undefined);

/** Writes of the whole plan, over pauses. */
export interface Progress {
  total: number;
  done: number;
  failed: number;
  /** When the run is likely to end, by `Date.now()`. */
  endsAt?: number;
  /** Members are read before the first removal. */
  isReading: boolean;
  read: number;
}
export const progress = signal<Progress>({ total: 0, done: 0, failed: 0, isReading: false, read: 0 });

/** Writes that failed, as they do. */
export const failures = signal<readonly FailedWrite[]>([]);

/** What was done, once a run has ended or is paused. */
export const outcome = signal<Outcome | undefined>(undefined);

/** A run is under way or paused. */
export const isBusy = computed(() => ['running', 'pausing', 'stopping', 'paused'].includes(phase.value));

/** Why a run ended before its end. */
export type Ending = 'stopped' | 'unauthorized' | 'forbidden' | 'connection' | 'lag';
export const ending = signal<Ending | undefined>(undefined);

/** The change in the history that the last run is. */
export const lastChange = signal<Change | undefined>(undefined);

let turnOf = new AbortController();
/** What is under way: a run, or reading before it. */
let run: { abort(reason?: unknown): void } | undefined;

/** The name of a group where it is known, else its id. */
export function groupName(id: string): string {
  const group = groups.get(id);
  return group ? nameText(group.profile.name) : id;
}

const peekName = (id: string): string => {
  const group = groups.peek(id);
  return group ? nameText(group.profile.name) : id;
};

const sameValue = (by: Wish['by'], value: string): string =>
  by === 'login' || by === 'email' ? value.toLowerCase() : value;

/** What a user is named by. */
function valueOf(user: User, by: Wish['by']): string {
  const value = by === 'id' ? user.id : user.profile[by.replace('profile.', '')];
  return sameValue(by, typeof value === 'string' ? value : String(value ?? ''));
}

/** Gives many values without one long task. */
async function* inPieces(values: readonly string[]): AsyncGenerator<string> {
  let left = 2_000;
  for (const value of values) {
    yield value;
    if (--left > 0) continue;
    left = 2_000;
    await turn();
  }
}

/** Plans, and reads alone. What was planned before stays until the new plan is there. */
export async function makePlan(wish: Wish): Promise<void> {
  turnOf.abort();
  const { signal } = (turnOf = new AbortController());
  batch(() => {
    phase.value = 'planning';
    problem.value = undefined;
    reading.value = { groups: 0, of: wish.entries.length, members: 0 };
  });
  try {
    const { plan, absent } = await planFor(await client(), wish, signal);
    if (signal.aborted) return;
    batch(() => {
      planned.value = { plan, wish, absent };
      outcome.value = undefined;
      failures.value = [];
      phase.value = 'planned';
    });
  } catch (error) {
    if (signal.aborted) return;
    batch(() => {
      const refused = refusalOf(error, wish.maxRemovals);
      problem.value = { error, wish, ...refused };
      phase.value = 'input';
    });
  }
}

async function planFor(
  org: OktaGroups,
  wish: Wish,
  signal: AbortSignal,
): Promise<{ plan: AnyPlan; absent: { groupId: string; value: string }[] }> {
  const { entries, by, mode, maxRemovals, ruleManaged, unresolved } = wish;
  const kept = new Set(wish.keep.map((value) => value.toLowerCase()));
  // Every member that is read passes here: their names are known then, and who is among the people to remove.
  const keepOf = (listed?: Map<string, string[]>) => (user: User) => {
    people.note(user);
    reading.value = { ...reading.peek(), members: reading.peek().members + 1 };
    if (kept.has(user.id.toLowerCase()) || kept.has(String(user.profile.login).toLowerCase())) return true;
    if (!listed) return false;
    const bearers = listed.get(valueOf(user, by));
    bearers?.push(user.id);
    return !bearers;
  };
  const common = { maxRemovals, ruleManaged, signal };
  if (mode !== 'these') {
    const options = { ...common, by, mode, unresolved, keep: keepOf(), allowEmpty: wish.allowEmpty };
    const [first] = entries;
    if (entries.length === 1 && first && typeof first[0] === 'string')
      return { plan: await org.groups.planMembers(first[0], inPieces(first[1]), options), absent: [] };
    const plan = await org.groups.planMemberships(
      entries.map(([key, values]) => [key, inPieces(values)] as const),
      {
        ...options,
        maxRemovalsOverall: maxRemovals,
        onProgress: ({ planned, skipped }) =>
          (reading.value = { ...reading.peek(), groups: planned + skipped }),
      },
    );
    return { plan, absent: [] };
  }
  // Nobody is to be a member but those who are kept: all who are not named.
  const given = { ...common, mode: 'remove', allowEmpty: true } as const;
  const isOne = entries.length === 1 && typeof entries[0]?.[0] === 'string';
  const plans: MemberPlan[] = [];
  const skipped = [];
  const absent: { groupId: string; value: string }[] = [];
  for (const [key, values] of entries) {
    const listed = new Map(values.map((value): [string, string[]] => [sameValue(by, value), []]));
    const keep = keepOf(listed);
    const { plans: made, skipped: not } =
      isOne && typeof key === 'string'
        ? { plans: [await org.groups.planMembers(key, [], { ...given, keep })], skipped: [] }
        : await org.groups.planMemberships([[key, []]], { ...given, keep, maxRemovalsOverall: maxRemovals });
    skipped.push(...not);
    for (const plan of made) {
      const named = onlyNamed(plan, listed);
      plans.push(named);
      for (const [value, bearers] of listed)
        if (bearers.length === 0) absent.push({ groupId: plan.groupId, value });
    }
    reading.value = { ...reading.peek(), groups: reading.peek().groups + 1 };
  }
  checkAll(plans, maxRemovals);
  const [only] = plans;
  if (isOne && only) return { plan: only, absent };
  const { org: origin } = only ?? (await emptyPlan(org));
  return { plan: { v: 1, kind: 'memberships', org: origin, plans, skipped }, absent };
}

/** The plan that removes whom a value names alone: where several members bear it, it removes none of them, and says so. */
function onlyNamed(plan: MemberPlan, listed: ReadonlyMap<string, readonly string[]>): MemberPlan {
  // A list may show a member twice.
  const several = [...listed].filter(([, bearers]) => new Set(bearers).size > 1);
  const unclear = new Set(several.flatMap(([, bearers]) => bearers));
  // The other members are no news: the plan names those who are kept besides.
  const others = plan.skipped.filter(({ reason }) => reason !== 'kept');
  const remove = plan.remove.filter((id) => !unclear.has(id));
  return {
    ...plan,
    remove,
    skipped: others,
    keep: [...plan.keep, ...unclear],
    unchanged: plan.unchanged + plan.skipped.length - others.length + plan.remove.length - remove.length,
    warnings: [
      ...plan.warnings,
      ...several.map(([value, { length }]) => `${value} names ${length} members. None of them is removed.`),
    ],
  };
}

/** The count of a limit holds for all groups together, too; its share holds for all where it holds for each. */
function checkAll(plans: readonly MemberPlan[], limit: MaxRemovals): void {
  const count = limit === false ? undefined : limit.count;
  const sum = (of: (plan: MemberPlan) => number) => plans.reduce((all, plan) => all + of(plan), 0);
  const removals = sum(({ remove }) => remove.length);
  if (count === undefined || removals <= count) return;
  const members = sum(({ unchanged, remove, skipped }) => unchanged + remove.length + skipped.length);
  throw Object.assign(new Error(`the plans would remove ${removals} of ${members} members`), {
    kind: 'argument',
    argument: 'maxRemovalsOverall',
  });
}

const emptyPlan = (org: OktaGroups) => org.groups.planMemberships([]);

/** Ends planning. */
export function cancelPlanning(): void {
  turnOf.abort();
  phase.value = 'input';
}

/** Back to what was typed. */
export function backToInput(): void {
  batch(() => {
    problem.value = undefined;
    phase.value = 'input';
  });
}

/** The origin that plans name in this page, and the org's own. */
async function origins(): Promise<{ here: string; own: string }> {
  const { org: here } = await emptyPlan(await client());
  return { here, own: host.kind === 'proxy' && host.org ? host.org : here };
}

/** Shows the plan of a file. */
export async function openPlan(text: string, file: string): Promise<void> {
  batch(() => {
    problem.value = undefined;
    turnOf.abort();
  });
  try {
    const plan = readPlan(text);
    const { here, own } = await origins();
    // A file names the org, and not the proxy that the page reaches it by.
    const moved = movedPlan(plan, own, here);
    for (const { org } of [moved, ...plansOf(moved)])
      if (org !== here) throw new Error(`The plan belongs to another org, ${org}.`);
    batch(() => {
      planned.value = { plan: moved, absent: [], file };
      outcome.value = undefined;
      failures.value = [];
      phase.value = 'planned';
    });
  } catch (error) {
    problem.value = { error, text: `The plan of ${file} cannot be opened.` };
  }
}

/** A plan as the text of a file. */
export async function planText(plan: AnyPlan): Promise<string> {
  const { here, own } = await origins();
  return `${JSON.stringify(movedPlan(plan, here, own), undefined, 2)}\n`;
}

/** A report as the text of a file. */
export async function reportText(result: Outcome, plan: AnyPlan): Promise<string> {
  const { here, own } = await origins();
  const moved = { ...result, ...(result.rest && { rest: movedPlan(result.rest, here, own) }) };
  return `${JSON.stringify(reportFile(moved, movedPlan(plan, here, own)), undefined, 2)}\n`;
}

/** Failures of the network in a row that stop a run: the rest would fail as well. */
const LOST = 5;

/** Runs the plan that is shown. */
export async function apply(): Promise<void> {
  const shown = planned.peek();
  if (!shown || isBusy.peek()) return;
  await runPlan(shown.plan);
}

/** Goes on with what is left: after a pause, a stop, or failures. */
export async function resume(): Promise<void> {
  const [before, shown] = [outcome.peek(), planned.peek()];
  if (!before?.rest || !shown || phase.peek() === 'running') return;
  await runPlan(before.rest, before);
}

/** Runs the writes that failed, and no others. */
export async function retryFailed(): Promise<void> {
  const [before, shown] = [outcome.peek(), planned.peek()];
  if (!before?.rest || !shown || isBusy.peek()) return;
  const { failed, notAttempted } = before;
  await runPlan(partOfRest(before.rest, failed), before, { failed: [], notAttempted });
}

/** Keeps what is left, and waits. */
export function pause(): void {
  if (phase.peek() !== 'running') return;
  phase.value = 'pausing';
  run?.abort(new Error('paused'));
}

/** Ends the run: writes under way settle, for at most two seconds. */
export function stop(): void {
  if (phase.peek() === 'paused') {
    ending.value = 'stopped';
    finish();
    return;
  }
  if (phase.peek() !== 'running' && phase.peek() !== 'pausing') return;
  phase.value = 'stopping';
  ending.value = 'stopped';
  run?.abort(new Error('stopped'));
}

/** How long an undo waits until the org's list of members may show what a look at each person did, in milliseconds. */
const LAGS = [1500, 3000, 5000];

/**
 * Runs the plan that is shown or a part of it, after what was done `before`.
 *
 * @param left - Writes that stay left beside this run.
 */
async function runPlan(
  part: AnyPlan,
  before?: Outcome,
  left?: { failed: readonly FailedWrite[]; notAttempted: readonly MemberWrite[] },
): Promise<void> {
  const isUndo = planned.peek()?.undoes !== undefined;
  const doneBefore = before ? before.done.length + before.alreadyOk.length : 0;
  const leftBeside = left ? left.failed.length + left.notAttempted.length : 0;
  const begin = (plan: AnyPlan) => {
    const { add, remove } = planTotals(plan);
    progress.value = {
      total: doneBefore + add + remove + leftBeside,
      done: doneBefore,
      failed: 0,
      isReading: isUndo || remove > 0,
      read: 0,
    };
  };
  batch(() => {
    phase.value = 'running';
    problem.value = undefined;
    outcome.value = undefined;
    ending.value = undefined;
    lastChange.value = undefined;
    failures.value = [];
    begin(part);
  });
  tellShell();
  try {
    const org = await client();
    if (!before) recorded = 0;
    if (isUndo) await runBack(org, part, before, left, begin);
    else outcome.value = outcomeOf(await runOnce(org, part), before, left, { plan: part });
    if (phase.peek() === 'pausing' && outcome.peek()?.rest) {
      phase.value = 'paused';
      tellShell();
      return;
    }
    finish();
  } catch (error) {
    // The plan was refused before its first write, its group could not be read, or the run was ended while it read.
    const isEnded = isOktaError(error, 'aborted');
    const isPaused = isEnded && phase.peek() === 'pausing';
    batch(() => {
      noteRefusedWrite(error);
      problem.value = isEnded ? undefined : { error, ...refusalOf(error, firstLimit(part)) };
      outcome.value = before;
      phase.value = isPaused && before ? 'paused' : 'planned';
      running.value = undefined;
    });
    if (!before) return;
    if (isPaused) tellShell();
    else finish();
  } finally {
    run = undefined;
  }
}

/** Runs a plan to its end, or until it is stopped. */
async function runOnce(org: OktaGroups, part: AnyPlan): Promise<BulkReport | MembershipsReport> {
  const told = (now: BulkProgress) => {
    const isReading = now.phase === 'reading' || now.phase === 'planning';
    progress.value = {
      ...progress.peek(),
      isReading,
      read: isReading ? now.done : 0,
      ...(now.etaMs !== undefined && { endsAt: Date.now() + now.etaMs }),
    };
    tellShell();
  };
  let lost = 0;
  let own: BulkRun | MembershipsRun | undefined;
  const stopOn = (error: OktaError): boolean => {
    noteRefusedWrite(error);
    lost = isOktaError(error, 'connection') ? lost + 1 : 0;
    const { kind } = error;
    if (kind !== 'unauthorized' && kind !== 'forbidden' && lost < LOST) return false;
    ending.value ??= kind as Ending;
    // Other groups would meet the same.
    if ('plans' in part) own?.abort(error);
    return true;
  };
  const options = { onProgress: told, stopOn };
  own = 'plans' in part ? org.groups.applyPlan(part, options) : org.groups.applyPlan(part, options);
  run = own;
  // Stopped before it began.
  if (phase.peek() !== 'running') own.abort();
  for await (const event of own) {
    // Progress comes ten times a second at most, and not while the run waits for the rate limit: each write counts here.
    const { done, failed } = progress.peek();
    if (!event.error) {
      lost = 0;
      progress.value = { ...progress.peek(), done: done + 1 };
      continue;
    }
    progress.value = { ...progress.peek(), failed: failed + 1 };
    const groupId = 'groupId' in event ? event.groupId : plansOf(part)[0]?.groupId;
    failures.value = [
      ...failures.peek(),
      { groupId: String(groupId), userId: event.userId, op: event.op, error: event.error },
    ];
  }
  return own.report();
}

/**
 * Runs a part of an undo. It looks at each person first, and makes no write that would change nothing: what others did meanwhile
 * is no change of this page. The run itself reads the list of members, which lags behind writes: what it leaves out for that, it
 * makes later.
 */
async function runBack(
  org: OktaGroups,
  part: AnyPlan,
  before: Outcome | undefined,
  beside: { failed: readonly FailedWrite[]; notAttempted: readonly MemberWrite[] } | undefined,
  begin: (plan: AnyPlan) => void,
): Promise<void> {
  const turn = new AbortController();
  run = turn;
  const { needed, sure, already, looks } = await lookAt(org, part, turn.signal);
  let left = beside;
  let now = partOfRest(part, needed);
  outcome.value = outcomeOfLook(already, looks, before, left);
  begin(now);
  const lags = [...LAGS];
  while (planTotals(now).add + planTotals(now).remove > 0) {
    const report = await runOnce(org, now);
    const late = lagging(report, sure);
    outcome.value = outcomeOf(report, outcome.peek(), left, { plan: now, late });
    const { rest, failed, notAttempted, stopped } = outcome.peek() ?? {};
    if (late.length === 0 || !rest || stopped || phase.peek() !== 'running') return;
    const wait = lags.shift();
    if (wait === undefined) {
      ending.value ??= 'lag';
      return;
    }
    const pause = new AbortController();
    run = pause;
    try {
      await after(wait, pause.signal);
    } catch {
      return;
    }
    const isLate = new Set(late.map(keyOfWrite));
    left = {
      failed: failed ?? [],
      notAttempted: (notAttempted ?? []).filter((write) => !isLate.has(keyOfWrite(write))),
    };
    now = partOfRest(rest, late);
  }
}

/**
 * Looks at the people of a plan, in their own groups: these show writes at once. Gives the writes that are still `needed`, and
 * which of them the org told to be so.
 */
async function lookAt(
  org: OktaGroups,
  plan: AnyPlan,
  signal: AbortSignal,
): Promise<{
  needed: MemberWrite[];
  sure: readonly MemberWrite[];
  already: MemberWrite[];
  looks: number;
}> {
  const writes = plansOf(plan).flatMap(({ groupId, add, remove }): MemberWrite[] => [
    ...add.map((userId) => ({ groupId, userId, op: 'add' as const })),
    ...remove.map((userId) => ({ groupId, userId, op: 'remove' as const })),
  ]);
  const needed: MemberWrite[] = [];
  const sure: MemberWrite[] = [];
  const already: MemberWrite[] = [];
  // Where the org does not let the console read people, the list of members tells alone.
  let isTold = true;
  let looks = 0;
  await inLanes(writes, async (write) => {
    let is: boolean | undefined;
    if (isTold) {
      looks++;
      try {
        is = await isMember(org, write.groupId, write.userId, signal);
      } catch (error) {
        // The write says what is wrong with a person who is gone.
        if (!isOktaError(error, 'not-found')) throw error;
      }
      isTold &&= is !== undefined;
    }
    const isAlready = is === (write.op === 'add');
    (isAlready ? already : needed).push(write);
    if (is !== undefined && !isAlready) sure.push(write);
    progress.value = { ...progress.peek(), read: progress.peek().read + 1 };
  });
  return { needed, sure, already, looks };
}

const firstLimit = (plan: AnyPlan): MaxRemovals => plansOf(plan)[0]?.maxRemovals ?? { ratio: 0.25 };

/** How many of the writes that were done the history has already. */
let recorded = 0;

function finish(): void {
  const [result, shown] = [outcome.peek(), planned.peek()];
  batch(() => {
    phase.value = 'report';
    running.value = undefined;
  });
  if (!result || !shown) return;
  const done = result.done.slice(recorded);
  recorded = result.done.length;
  if (done.length > 0) lastChange.value = record(doneOf(shown.plan, { ...result, done }));
}

/** Lists of groups and of members follow what a run did, where the history does not tell them. */
function tellGroups(done: readonly MemberWrite[]): void {
  for (const id of new Set(done.map(({ groupId }) => groupId))) {
    const made = madeOf(id, done);
    membersChanged(id, made.added.length - made.removed.length);
    noteMemberships(made);
  }
}

/** What a run did to one group, as the model describes it. */
function madeOf(id: string, done: readonly MemberWrite[]) {
  const of = (wanted: 'add' | 'remove') =>
    done.flatMap(({ groupId, op, userId }) => (groupId === id && op === wanted ? [userId] : []));
  const group = { id, name: peekName(id) };
  return { kind: 'members-changed', group, added: of('add'), removed: of('remove') } as const;
}

/** A run as the history keeps it, with the plan that takes it back. */
function doneOf(plan: AnyPlan, result: Outcome): Done {
  const parts = [
    doneText(result, peekName),
    ...(result.failed.length > 0 ? [`${grouped(result.failed.length)} failed`] : []),
    ...(result.notAttempted.length > 0 ? [`${grouped(result.notAttempted.length)} not attempted`] : []),
  ];
  const inverse = undoPlan(plan, result);
  const ids = new Set(result.done.map(({ groupId }) => groupId));
  const [only] = ids;
  // Rules put none of those there whom a plan removed, unless it was to remove these, too.
  const removesByRule = plansOf(plan).some(
    ({ ruleManaged, remove }) => ruleManaged === 'include' && remove.length,
  );
  if (ids.size > 1) tellGroups(result.done);
  const text = parts.join('; ');
  return {
    text,
    ...(ids.size === 1 &&
      only !== undefined && {
        groupId: only,
        made: { ...madeOf(only, result.done), ...(!removesByRule && { removedOfRules: 0 }) },
      }),
    ...(inverse && {
      undo: {
        ...(removesByRule && {
          note: 'Members whom a rule had put there come back as members by hand.',
        }),
        run: (signal) => undo(inverse, text, signal),
      },
    }),
  };
}

async function undo(inverse: AnyPlan, undoes: string, signal: AbortSignal): Promise<Change | undefined> {
  if (isBusy.peek() || phase.peek() === 'planning')
    throw new NotUndone('Another bulk change is under way. Stop it first, or wait until it has ended.');
  planned.value = { plan: inverse, absent: [], undoes };
  const ended = () => stop();
  signal.addEventListener('abort', ended, { once: true });
  await runPlan(inverse);
  signal.removeEventListener('abort', ended);
  const result = outcome.peek();
  const why = problem.peek();
  if (!result && why) throw why.error;
  if (!result || !isWhole(result)) {
    const left = result ? result.failed.length + result.notAttempted.length : 0;
    const { add, remove } = planTotals(inverse);
    throw new NotUndone(
      phase.peek() === 'paused'
        ? 'It is paused. The screen Members in bulk goes on with it.'
        : left === 0
          ? 'It was stopped before its first write.'
          : `${counted(left, 'write')} of ${grouped(add + remove)} could not be made. The screen Members in bulk has the report.`,
      (result?.done.length ?? 0) > 0,
    );
  }
  return lastChange.peek();
}

/** The time until then, in words. */
export const timeLeft = (endsAt: number): string => duration(Math.max(1000, endsAt - Date.now()));

function tellShell(): void {
  const { total, done, failed, endsAt } = progress.peek();
  const parts = [`Members in bulk: ${grouped(done)} of ${counted(total, 'write')} done`];
  if (failed > 0) parts.push(`${grouped(failed)} failed`);
  if (phase.peek() === 'paused') parts.push('paused');
  else if (endsAt !== undefined) parts.push(`about ${timeLeft(endsAt)} left`);
  running.value = { text: parts.join(', '), screen: 'bulk' };
}
