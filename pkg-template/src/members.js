// Membership in bulk: reads members, sends what is to be sent and reports. Who is added and removed, in which order, and
// when to stop is decided in Rust.
import { after, now } from '../../src/web/clock.js';
import { core } from './wasm.js';
import { instance } from './trap.js';
import { misshapen } from './shape.js';
import { onAbort } from './signal.js';
import { memberOptions, placeOf, textArgument } from './options.js';
import { own } from './own.js';
import { Awaitable } from './promise.js';
import { isOktaError, oktaError } from '../../src/web/errors.js';

/** What a write counts as, in the core's numbers. */
const [DONE, NOOP, FAILED, LEFT, LOOK] = [0, 1, 2, 3, 4];
const STATUS = ['done', 'noop', 'failed'];
/** The most that one write takes, whatever the client's own calls may: it may have to wait for windows of the limit. */
const WRITE_MS = 300_000;
/** How long a run that is stopped lets settle what is under way. Then it gives up what only waits for its turn. */
const GRACE_MS = 2000;
/** The most that a look at the group takes, to say what the rest of a run is based on. */
const LOOK_MS = 2000;

/** Plans; sends nothing but reads. */
export async function planMembers(groups, groupId, desired, options) {
  const work = new Work(groups, options, true, false);
  try {
    return await work.plan(groupId, desired);
  } finally {
    work.end();
  }
}

/** A run of a plan, or of one that is made first. */
export function applyPlan(groups, bulk, plan, options) {
  return new BulkRun(async (run) => {
    const work = new Work(groups, options, false, true, run, bulk);
    try {
      return await work.apply(await work.current(plan));
    } finally {
      work.end();
    }
  });
}

export function syncMembers(groups, bulk, groupId, desired, options) {
  return new BulkRun(async (run) => {
    const work = new Work(groups, options, true, true, run, bulk);
    try {
      return await work.apply({ plan: await work.plan(groupId, desired), alreadyOk: [] });
    } finally {
      work.end();
    }
  });
}

/** What was started, to be awaited for its report, iterated, or aborted. */
class BulkRun extends Awaitable {
  #report;
  #planned;
  #given;
  #control = new AbortController();
  #writes;
  /** The places of the writes that settled, in that order. */
  #settled = [];
  #over = false;
  #waiting = [];

  constructor(start) {
    super(() => this.#report);
    this.#given = new Promise((resolve) => {
      this.#report = this.#run(start, resolve);
    });
  }

  async #run(start, planned) {
    try {
      return await start({
        control: this.#control,
        planned: (plan, writes) => {
          this.#writes = writes;
          planned(plan);
        },
        settled: (place) => {
          this.#settled.push(place);
          this.#wake();
        },
      });
    } finally {
      this.#over = true;
      this.#wake();
    }
  }

  #wake() {
    for (const wake of this.#waiting.splice(0)) wake();
  }

  // Made when asked for: whoever does not ask need not handle its rejection.
  get plan() {
    return (this.#planned ??= Promise.race([this.#given, this.#report.then(() => this.#given)]));
  }

  /** The report of a run that did all of its plan. */
  async orThrow() {
    const report = await this.#report;
    if (report.ok) return report;
    const { failed, notAttempted, unverified = [], stopped } = report;
    const parts = [
      failed.length && `${counted(failed)} failed`,
      notAttempted.length && `${counted(notAttempted)} not attempted (${stopped})`,
      unverified.length && `${counted(unverified)} not visible yet`,
      failed[0]?.error.message,
    ];
    const errors = failed.map(({ error }) => error);
    const error = oktaError('bulk', parts.filter(Boolean).join(', '), { cause: errors[0] });
    // As long as the group: not for logs.
    for (const [name, value] of Object.entries({ report, errors }))
      Object.defineProperty(error, name, { value });
    throw error;
  }

  abort(reason) {
    this.#control.abort(reason);
  }

  async *[Symbol.asyncIterator]() {
    this.#report.catch(() => {});
    for (let at = 0; ;) {
      if (at < this.#settled.length) yield this.#writes.event(this.#settled[at++]);
      else if (this.#over) break;
      else await new Promise((resolve) => this.#waiting.push(resolve));
    }
    await this.#report;
  }
}

/** The writes of a plan by their places: those who are added, then those who are removed. */
class Writes {
  errors = new Map();

  constructor({ add, remove }) {
    this.add = add;
    this.remove = remove;
    this.status = new Uint8Array(add.length + remove.length).fill(LEFT);
  }

  write(place) {
    const at = place - this.add.length;
    return at < 0 ? { userId: this.add[place], op: 'add' } : { userId: this.remove[at], op: 'remove' };
  }

  event(place) {
    const error = this.errors.get(place);
    const event = { ...this.write(place), status: STATUS[this.status[place]] };
    return error ? { ...event, error } : event;
  }

  /**
   * The writes of a status, as `change` makes them.
   * @param {number} status
   * @param {(write: any, place: number) => any} [change]
   */
  of(status, change = ({ userId }) => userId) {
    const found = [];
    this.status.forEach((is, place) => {
      if (is === status) found.push(change(this.write(place), place));
    });
    return found;
  }
}

/** One plan, its run, or both. */
class Work {
  #groups;
  #options;
  #run;
  #bulk;
  #members;
  #of;
  #signal;
  #unlink = () => {};
  #began = now();
  #sent = { requests: 0, retries: 0, waitedMs: 0 };

  constructor(groups, options, plans, applies, run, bulk) {
    this.#groups = groups;
    this.#run = run;
    this.#bulk = bulk;
    this.#options = memberOptions(options, plans, applies);
    const { mode, ruleManaged, maxRemovals, allowEmpty = false, stopOn } = this.#options;
    const { order, concurrency, totalTimeout } = this.#options;
    const { count = Infinity, ratio } = maxRemovals === false ? { ratio: 1 } : own(maxRemovals);
    const { Members } = core();
    this.#members = new Members(
      placeOf(mode, 'exact', 'add', 'remove'),
      placeOf(ruleManaged, 'skip', 'include', 'fail'),
      maxRemovals === undefined ? undefined : count,
      ratio,
      allowEmpty,
      placeOf(order, 'add-first', 'remove-first', 'interleave'),
      concurrency,
      stopOn === undefined,
      totalTimeout,
      now(),
    );
    this.#of = instance();
    this.#signal = this.#options.signal ?? undefined;
    if (run) this.#link(run.control);
  }

  /** Has the caller's signal abort the run. */
  #link(control) {
    const outer = this.#signal;
    this.#signal = control.signal;
    this.#unlink = onAbort(outer, () => control.abort(outer.reason));
  }

  end() {
    this.#unlink();
    if (this.#of === instance()) this.#members.free();
  }

  /** Asks the core. What it was told is gone after a trap. */
  #ask(question, ...facts) {
    core();
    if (this.#of !== instance()) throw oktaError('internal', "the client's core failed during the run");
    return this.#members[question](...facts);
  }

  /** The same, with an answer for after a trap: what was done is reported all the same. */
  #askOr(answer, question, ...facts) {
    try {
      return this.#ask(question, ...facts);
    } catch {
      return answer;
    }
  }

  async plan(groupId, desired) {
    const { mode, keep, ruleManaged } = this.#options;
    this.#ask('group', textArgument('groupId', groupId), '');
    const keeps = typeof keep === 'function' ? answering(keep) : await keeping(keep);
    const wanted = await idsOf('desired', desired);
    // Before the members are read: who comes or goes meanwhile makes the plan stale.
    const basedOn = await this.#state(groupId);
    const byRules = mode !== 'add' && ruleManaged !== 'include';
    const line = (user) => {
      const rules = user._embedded?.['group-rules'];
      return (keeps(user) ? 1 : 0) + (Array.isArray(rules) ? (rules.length ? 2 : 0) : 4) + user.id;
    };
    const lines = await this.#read(groupId, byRules && { expand: 'group-rules' }, line).catch((failed) => {
      // An org that does not know the parameter: who is there by a rule is not known then.
      const isRefused = isOktaError(failed, 'bad-request') && failed.code && failed.cursor === undefined;
      if (byRules && ruleManaged !== 'fail' && isRefused) return this.#read(groupId, undefined, line);
      throw failed;
    });
    this.#tell('planning');
    const [ids, members] = [joined('desired', wanted), joined('members', lines)];
    const found = this.#ask('plan', ids, wanted.length, members, lines.length);
    return { v: 1, groupId, basedOn, ...found };
  }

  /** What a plan is based on. */
  async #state(groupId) {
    const at = new Date().toISOString();
    const group = await this.#call(this.#groups.get(groupId, { signal: this.#signal }));
    this.#ask('group', groupId, String(group.type));
    return { lastMembershipUpdated: group.lastMembershipUpdated, at };
  }

  /** All members; one page less, and it throws. */
  async #read(groupId, options, take) {
    const taken = [];
    const list = this.#groups.listUsers(groupId, { ...options, signal: this.#signal });
    for await (const { data, response } of list.pages().withResponse()) {
      this.#count(response);
      for (const user of data.items) {
        if (typeof user?.id !== 'string') {
          throw misshapen('a member without an id', '/api/v1/groups/{groupId}/users', response);
        }
        taken.push(take(user));
      }
      this.#tell('reading', { done: taken.length });
    }
    return taken;
  }

  /** A stored plan, as far as it is not done yet. */
  async current(plan) {
    const given = own(plan);
    const { v, groupId, basedOn } = given;
    // As they are now: what is waited for below may change them.
    for (const list of ['add', 'remove']) if (Array.isArray(given[list])) given[list] = [...given[list]];
    for (const list of ['add', 'remove']) {
      if (v !== 1 || !Array.isArray(given[list]) || typeof basedOn !== 'object' || !basedOn) {
        throw oktaError('argument', 'plan must be what planMembers() gives, of version 1', {
          argument: 'plan',
        });
      }
      given[list] = await idsOf('plan', given[list]);
    }
    plan = { ...given };
    this.#ask('group', textArgument('groupId', groupId), '');
    const ids = plan.add.concat(plan.remove);
    this.#ask('check', joined('plan', ids), ids.length);
    this.#begin(plan);
    const { ifStale } = this.#options;
    if (ifStale === 'ignore') return { plan, alreadyOk: [] };
    try {
      const now = await this.#state(groupId);
      if (now.lastMembershipUpdated === basedOn.lastMembershipUpdated) return { plan, alreadyOk: [] };
      if (ifStale === 'throw') {
        throw oktaError('argument', "plan is stale: the group's members have changed since it was made", {
          argument: 'plan',
        });
      }
      const members = new Set(await this.#read(groupId, undefined, ({ id }) => id));
      const [add, added] = split(plan.add, (id) => !members.has(id));
      const [remove, removed] = split(plan.remove, (id) => members.has(id));
      const alreadyOk = added.concat(removed);
      const unchanged = (plan.unchanged ?? 0) + alreadyOk.length;
      return { plan: { ...plan, basedOn: now, add, remove, unchanged }, alreadyOk };
    } catch (error) {
      // Nothing is begun then: the report says so.
      if (!this.#signal.aborted) throw error;
      return { plan, alreadyOk: [] };
    }
  }

  #begin({ add, remove }) {
    this.#ask('begin', add.length, remove.length, now());
  }

  async apply({ plan, alreadyOk }) {
    const { dryRun = false, verify } = this.#options;
    const { groupId } = plan;
    const writes = new Writes(plan);
    this.#run.planned(plan, writes);
    let stopped;
    if (dryRun) writes.status.fill(NOOP);
    else {
      this.#begin(plan);
      await this.#write(groupId, writes);
      stopped = this.#askOr('stopOn', 'stopped');
    }
    const [added, removed] = ['add', 'remove'].map((op) =>
      writes.of(DONE, (write) => write.op === op && write.userId).filter(Boolean),
    );
    const failed = writes.of(FAILED, (write, place) => ({ ...write, error: writes.errors.get(place) }));
    const notAttempted = writes.of(LEFT, (write) => write);
    const unverified =
      verify && (added.length || removed.length)
        ? await this.#verify(groupId, added, removed, verify.timeoutMs)
        : undefined;
    const left = notAttempted.concat(failed);
    const rest = left.length
      ? { ...plan, basedOn: await this.#left(plan), ...this.#lists(left), skipped: [], warnings: [] }
      : undefined;
    return {
      ok: !left.length && !unverified?.length,
      groupId,
      dryRun,
      plan,
      added,
      removed,
      alreadyOk: dryRun ? [] : alreadyOk.concat(writes.of(NOOP)),
      failed,
      notAttempted,
      ...(stopped && rest && { stopped }),
      ...(unverified && { unverified }),
      ...this.#sent,
      durationMs: now() - this.#began,
      ...(rest && { rest }),
    };
  }

  #lists(writes) {
    const of = (wanted) => writes.filter(({ op }) => op === wanted).map(({ userId }) => userId);
    return { add: of('add'), remove: of('remove') };
  }

  /** What the rest is based on: the run itself has changed the group. */
  async #left({ groupId, basedOn }) {
    const at = new Date().toISOString();
    const asked = this.#call(this.#groups.get(groupId, { totalTimeout: LOOK_MS }));
    return asked.then(
      ({ lastMembershipUpdated }) => ({ lastMembershipUpdated, at }),
      () => basedOn,
    );
  }

  /** Starts what the core says, until nothing is under way. */
  #write(groupId, writes) {
    const adds = writes.add.length;
    const signal = this.#signal;
    const { totalTimeout } = this.#options;
    return new Promise((resolve) => {
      const cut = new AbortController();
      const timers = [];
      let inFlight = 0;
      let cutting = false;
      let unlisten = () => {};
      const pump = (time = now()) => {
        let place;
        while ((place = this.#askOr(inFlight ? -1 : -2, 'next', adds, time)) >= 0) {
          inFlight++;
          this.#one(groupId, writes, place, cut.signal).then(() => {
            inFlight--;
            pump();
          });
        }
        const over = place === -2;
        if (!cutting && this.#askOr('stopOn', 'stopped')) {
          cutting = true;
          timers.push(after(GRACE_MS, () => cut.abort()));
        }
        this.#tell('applying', {}, over);
        if (!over) return;
        timers.forEach(clearTimeout);
        unlisten();
        resolve(undefined);
      };
      // When the time is up, the core is to notice: also by a timer that fires early, as they may by a millisecond.
      if (totalTimeout) {
        const until = now() + totalTimeout;
        timers.push(after(totalTimeout, () => pump(Math.max(until, now()))));
      }
      unlisten = onAbort(signal, () => {
        this.#askOr(undefined, 'stop', true);
        pump();
      });
      if (!signal.aborted) pump();
    });
  }

  async #one(groupId, writes, place, signal) {
    const { userId, op } = writes.write(place);
    const remove = op === 'remove';
    let status;
    try {
      const operation = remove ? 'unassignUser' : 'assignUser';
      await this.#call(this.#bulk.write(operation, groupId, userId, { signal, totalTimeout: WRITE_MS }));
      status = this.#askOr(DONE, 'settled', remove, '', '');
    } catch (/** @type {any} */ error) {
      status = this.#askOr(FAILED, 'settled', remove, String(error?.kind), String(error?.code));
      if (status === LOOK) {
        status = await this.#call(this.#groups.get(groupId, { signal, totalTimeout: WRITE_MS })).then(
          () => this.#askOr(FAILED, 'looked', remove, true),
          (failed) =>
            isOktaError(failed, 'aborted')
              ? this.#askOr(LEFT, 'settled', remove, failed.kind, '')
              : this.#askOr(FAILED, 'looked', remove, failed?.code === 'E0000007' ? false : undefined),
        );
      }
      if (status === FAILED) {
        writes.errors.set(place, error);
        this.#stopOn(error, writes.errors.size);
      }
    }
    writes.status[place] = status;
    if (status !== LEFT) this.#run.settled(place);
  }

  #stopOn(error, failures) {
    const { stopOn } = this.#options;
    let stop = Boolean(stopOn);
    try {
      stop &&= stopOn(error, failures);
    } catch {
      // A rule that fails is no reason to go on.
    }
    if (stop) this.#askOr(undefined, 'stop', false);
  }

  /** Who is not to be seen in the list of members as written, when that is so or the time is up. */
  async #verify(groupId, added, removed, timeoutMs) {
    const until = now() + timeoutMs;
    let unverified = added.concat(removed);
    try {
      for (let pause = 500; ; pause = Math.min(pause * 2, 8000)) {
        const totalTimeout = Math.max(1, Math.round(until - now()));
        const members = new Set(await this.#read(groupId, { totalTimeout }, ({ id }) => id));
        unverified = added.filter((id) => !members.has(id)).concat(removed.filter((id) => members.has(id)));
        this.#tell('verifying', {}, true);
        if (!unverified.length || now() + pause > until) break;
        await this.#sleep(pause);
      }
    } catch {
      // What could not be read is not verified.
    }
    return unverified;
  }

  /** Until then, or until it is aborted: then the next read says so. */
  #sleep(ms) {
    return new Promise((resolve) => {
      const wake = () => {
        clearTimeout(timer);
        this.#signal.removeEventListener('abort', wake);
        resolve(undefined);
      };
      const timer = after(ms, wake);
      this.#signal.addEventListener('abort', wake);
    });
  }

  async #call(promise) {
    try {
      const { data, response } = await promise.withResponse();
      this.#count(response);
      return data;
    } catch (/** @type {any} */ error) {
      const { attempts = error?.mayHaveRun ? 1 : 0, response } = error ?? {};
      this.#count(response ?? { attempts, waitedMs: 0 });
      throw error;
    }
  }

  #count({ attempts, waitedMs }) {
    this.#sent.requests += attempts;
    this.#sent.retries += Math.max(attempts - 1, 0);
    this.#sent.waitedMs += waitedMs;
  }

  #tell(phase, known, last = false) {
    const { onProgress } = this.#options;
    if (!onProgress) return;
    const told = this.#askOr(undefined, 'progress', this.#bulk.client(), now(), last);
    if (!told) return;
    const { resetAt, ...progress } = told;
    try {
      onProgress({
        phase,
        ...progress,
        ...known,
        ...(resetAt && { throttledUntil: new Date(resetAt) }),
      });
    } catch {
      // It watches; what it throws is its own affair.
    }
  }
}

const counted = ({ length }) => `${length} ${length === 1 ? 'write' : 'writes'}`;

function split(ids, test) {
  return [ids.filter(test), ids.filter((id) => !test(id))];
}

async function keeping(ids) {
  const kept = new Set(ids === undefined ? [] : await idsOf('keep', ids));
  return ({ id }) => kept.has(id);
}

/** `keep`, which must not answer by a Promise: each would be taken for a yes. */
function answering(keep) {
  return (user) => {
    const kept = keep(user);
    if (typeof kept?.then !== 'function') return kept;
    throw oktaError('argument', 'keep must answer at once, not by a Promise', { argument: 'keep' });
  };
}

/** As the core takes ids: one text is over many times faster than many. */
function joined(argument, ids) {
  return textArgument(argument, ids.join('\n'));
}

/** Ids, of anything that can be iterated: a text can, too, but hardly is a list of ids. */
async function idsOf(argument, ids) {
  const wrong = (what) => oktaError('argument', `${argument} ${what}`, { argument });
  if (typeof ids === 'string' || !(ids?.[Symbol.asyncIterator] || ids?.[Symbol.iterator])) {
    throw wrong('must be an iterable of ids of users');
  }
  const list = [];
  for await (const id of ids) {
    if (typeof id !== 'string') throw wrong(`item ${list.length} must be a string, not ${typeof id}`);
    list.push(id);
  }
  return list;
}
