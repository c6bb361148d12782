// Membership in bulk: carries out the core's orders (a read, a write, a wait) and assembles the report. Rust decides which
// members are added and removed, in which order, when a run stops, and when a plan is stale.
import { after, now } from 'okta-groups-web/clock.js';
import { aborted } from './drive.js';
import { Members } from 'okta-groups-core';
import { ready } from './wasm.js';
import { headerOf } from 'okta-groups-web/body.js';
import { instance } from './trap.js';
import { isIterable } from './is-iterable.js';
import { misshapen } from './shape.js';
import { onAbort } from './signal.js';
import { memberOptions } from './more-options.js';
import { textArgument, typeOf } from './options.js';
import { own } from './own.js';
import * as records from './records.js';
import { Awaitable, tracer } from './promise.js';
import { isOktaError, oktaError } from './error-classes.js';

/** The status of a write that settled, by number; `LEFT` is a write that was not sent. */
const STATUS = ['done', 'noop', 'failed'];
const [DONE, NOOP, FAILED] = [0, 1, 2];
const LEFT = 3;
/** The time limit of one write, or of the read after a 404: `WRITE_TIME` of the core. */
const WRITE_MS = 300_000;

/** Makes a plan; sends reads only. */
export async function planMembers(groups, bulk, groupId, desired, options) {
  const work = new Work(groups, bulk, options, true, false);
  try {
    await work.planFor(groupId, desired);
    return work.plan;
  } finally {
    work.end();
  }
}

/** Starts the run of a plan. */
export function applyPlan(groups, bulk, plan, options) {
  return new BulkRun(async (run) => {
    const work = new Work(groups, bulk, options, false, true, run);
    try {
      return await work.apply(plan);
    } finally {
      work.end();
    }
  });
}

/** Makes a plan, then runs it. */
export function syncMembers(groups, bulk, groupId, desired, options) {
  return new BulkRun(async (run) => {
    const work = new Work(groups, bulk, options, true, true, run);
    try {
      return await work.planFor(groupId, desired);
    } finally {
      work.end();
    }
  });
}

/** A bulk run that has started. A program awaits it, iterates its writes, reads its report, or aborts it. */
export class BulkRun extends Awaitable {
  #report;
  #whole;
  #planned;
  #given;
  #control = new AbortController();
  #writes;
  /** The places of the settled writes, in the order in which they settled. */
  #settled = [];
  #over = false;
  #waiting = [];

  constructor(start) {
    super(() => this.#whole);
    const trace = tracer(BulkRun);
    this.#given = new Promise((resolve) => {
      this.#report = trace(this.#run(start, resolve));
    });
    const whole = this.#report.then((report) => {
      if (!report.ok) throw incomplete(report, this.#control.signal.reason);
      return report;
    });
    this.#whole = trace(whole);
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

  /** The report's Promise. A program that uses it need not handle the rejection of the run. */
  #asked() {
    this.#whole.catch(() => {});
    return this.#report;
  }

  // Made by the getter: a program that does not read `plan` need not handle its rejection.
  get plan() {
    return (this.#planned ??= Promise.race([this.#given, this.#asked().then(() => this.#given)]));
  }

  /** The report, also of a run that failed in part. */
  report() {
    return this.#asked();
  }

  abort(reason) {
    this.#control.abort(reason);
  }

  async *[Symbol.asyncIterator]() {
    const report = this.#asked();
    report.catch(() => {});
    for (let at = 0; ;) {
      if (at < this.#settled.length) yield this.#writes.event(this.#settled[at++]);
      else if (this.#over) break;
      else await new Promise((resolve) => this.#waiting.push(resolve));
    }
    await report;
  }
}

/** The error of an incomplete run. */
function incomplete(report, reason) {
  const {
    failed,
    notAttempted,
    unverified = [],
    withheld,
    stopped,
    plan,
    refused = [],
    skipped = [],
  } = own(report);
  const errors = failed.map(({ error }) => error);
  const why = withheld ? 'withheld: too many adds failed' : stopped;
  const parts = [
    failed.length && `${counted(failed)} failed`,
    notAttempted.length && `${counted(notAttempted)} not attempted${why ? ` (${why})` : ''}`,
    unverified.length && `${counted(unverified)} not visible yet`,
    refused.length && `${groupsIn(refused)} refused: ${refused[0].error.message}`,
    skipped.length && `${groupsIn(skipped)} not planned: ${skipped[0].message}`,
    ...(unknown(plan).length ? plan.warnings : []),
    errors[0]?.message,
  ];
  const cause = stopped === 'aborted' ? reason : errors[0];
  const error = oktaError('bulk', parts.filter(Boolean).join(', '), { cause });
  // Not enumerable: both may be as long as the group, too long for logs.
  for (const [name, value] of Object.entries({ report, errors })) {
    Object.defineProperty(error, name, own({ value }));
  }
  return error;
}

/** The number of groups in a list, as text. */
const groupsIn = ({ length }) => `${length} ${length === 1 ? 'group' : 'groups'}`;

/** The writes of a plan by their places: first the adds, then the removals. */
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
   * The writes of a status, each converted by `change`.
   * @param {number} status
   * @param {(write: any, place: number) => any} [change]
   */
  of(status, change = (write) => write) {
    const found = [];
    this.status.forEach((is, place) => {
      if (is === status) found.push(change(this.write(place), place));
    });
    return found;
  }
}

/** Makes one plan, runs it, or both. */
class Work {
  plan;
  #groups;
  #options;
  #run;
  #bulk;
  #members;
  #of;
  #groupId;
  #given;
  #keeps = (_) => false;
  #unlink = () => {};
  #began = now();
  #sent = { requests: 0, retries: 0, waitedMs: 0 };
  #writes;
  #alreadyOk;
  #adds;
  #phase = 'reading';
  #read = 0;
  #failures = 0;
  #pages;
  /** The core's input for pages of the current list: `page`, `users` or `rules`. */
  #lists;
  /** The results of orders that the core does not know yet. */
  #events = [];
  #wake = () => {};
  #reason;
  #abort = false;
  #underWay = new Set();
  /** Ends all requests. */
  #cut = new AbortController();
  /** Ends the writes that wait for the rate limit or for a retry. */
  #halt = new AbortController();

  /** @param {any} [run] */
  constructor(groups, bulk, options, plans, applies, run) {
    this.#groups = groups;
    this.#bulk = bulk;
    this.#run = run;
    this.#options = memberOptions(options, plans, applies);
    const { signal } = this.#options;
    const control = run?.control ?? new AbortController();
    const unlink = onAbort(signal, () => control.abort(signal.reason));
    const unlisten = onAbort(control.signal, () => {
      this.#abort = true;
      this.#reason = control.signal.reason;
      this.#wake();
    });
    this.#unlink = () => {
      unlink();
      unlisten();
    };
  }

  end() {
    this.#unlink();
    // Aborts the requests that run beside a failed one.
    this.#cut.abort();
    if (this.#members && this.#of === instance()) this.#members.free();
  }

  async planFor(groupId, desired) {
    this.#groupId = textArgument('groupId', groupId);
    const keep = await this.#keep();
    const ids = (await idsOf('desired', desired)).join('\n');
    return this.#begin(
      { plans: true, desired: textArgument('desired', ids), runs: Boolean(this.#run) },
      keep,
    );
  }

  /** Runs a stored plan. */
  async apply(plan) {
    const { given, adds, basedOn, keep, unresolved } = planned(plan);
    const { org, groupId, maxRemovals, ruleManaged } = given;
    this.#groupId = textArgument('groupId', groupId);
    // Copies: the program may change its lists during the awaits below.
    const lists = [given.add, given.remove, keep, unknown(given)].map((list) => [...list]);
    const texts = [];
    for (const list of lists) texts.push(textArgument('plan', (await idsOf('plan', list)).join('\n')));
    const [add, remove, kept, skipped] = texts;
    this.#given = given;
    const record = {
      org,
      updated: text(basedOn.lastMembershipUpdated),
      at: text(basedOn.at),
      add,
      remove,
      unchanged: whole(given.unchanged),
      unknown: skipped,
      kept,
      planRuleManaged: ruleManaged,
      planRemovals: limited(maxRemovals),
      planCount: whole(own(maxRemovals).count),
      planned: whole(adds.planned),
      done: whole(adds.done),
      unresolved: String(unresolved.length),
      unresolvedValue: own(unresolved[0]).value,
      unresolvedReason: own(unresolved[0]).reason,
      planSkips: given.skipsUnresolved === true,
    };
    return this.#begin(record, await this.#keep(), own(maxRemovals).ratio);
  }

  /** The ids of members to keep; empty if `keep` is a function, which is called for each member. */
  async #keep() {
    const { keep } = this.#options;
    if (typeof keep === 'function') this.#keeps = answering(keep);
    else if (keep !== undefined) return textArgument('keep', (await idsOf('keep', keep)).join('\n'));
    return '';
  }

  /** @param {number} [ratio] */
  #begin(record, keep, ratio) {
    const { maxRemovals, maxFailedAdds, verify, stopOn, unresolved, ...options } = this.#options;
    const { count, ratio: share } = own(maxRemovals);
    const fields = own({
      ...options,
      ...record,
      group: this.#groupId,
      removals: limited(maxRemovals),
      count: whole(count),
      keep,
      skipsUnresolved: unresolved === 'skip',
      stopsOn: Boolean(stopOn),
      maxFailedAdds: maxFailedAdds === false ? 'any' : whole(maxFailedAdds),
      verify: own(verify).timeoutMs,
    });
    ready();
    this.#of = instance();
    const text = records.written(records.MEMBERS, fields);
    this.#members = new Members(this.#bulk.client(), text, share, ratio, now());
    return this.#carryOut();
  }

  /** The core's machine of the run. Its state is lost after a trap. */
  #core() {
    ready();
    if (this.#of !== instance()) throw oktaError('internal', "the client's core failed during the run");
    return this.#members;
  }

  /**
   * Passes a result to the core. Returns the next order.
   * @param {any} [facts]
   * @param {string[]} [members]
   */
  #step(input, facts = {}, members = []) {
    const text = records.written(records.STEP, own(facts), members);
    return records.readOrder(this.#core().step(records.MEMBER_INPUTS.indexOf(input), text, now()));
  }

  /** Carries out one order after another, until the last one. */
  async #carryOut() {
    let event = NEXT;
    for (;;) {
      // An abort takes effect before the next order starts anything.
      if (this.#abort && event === NEXT) {
        event = { input: 'abort' };
        this.#abort = false;
      }
      let order;
      try {
        order = this.#step(event.input, event.facts, event.members);
      } catch (error) {
        if (!this.#writes || !isOktaError(error, 'internal')) throw error;
        return await this.#lost(event);
      }
      const failure = event.error;
      event = NEXT;
      const doing = order.order;
      const place = Number(order.place);
      if (this.#phase === 'applying' && !['write', 'look', 'settled', 'plan', 'halt'].includes(doing)) {
        const over = doing !== 'wait';
        this.#tell('applying', {}, over);
        if (over) this.#phase = 'verifying';
      }
      switch (doing) {
        case 'group':
          this.#start((signal) => this.#group(signal, Number(order.ms) || undefined));
          break;
        case 'list':
          this.#list('page', order.rules && { expand: 'group-rules' });
          this.#start(() => this.#page());
          break;
        case 'users':
          this.#list('users', { search: order.search });
          this.#start(() => this.#page());
          break;
        case 'user': {
          const { name } = order;
          this.#start((signal) => this.#user(name, signal), 'user');
          break;
        }
        case 'rules':
          this.#list('rules');
          this.#start(() => this.#page());
          break;
        case 'page':
          this.#start(() => this.#page());
          break;
        case 'plan':
          this.#planned(order);
          break;
        case 'write':
          this.#start((signal) => this.#write(place, signal), 'wrote', String(place));
          break;
        case 'look':
          this.#writes.errors.set(place, failure);
          this.#start((signal) => this.#look(signal), 'looked', String(place));
          break;
        case 'settled':
          this.#settled(place, order.status, failure);
          break;
        case 'halt':
          this.#halt.abort();
          break;
        case 'give-up':
          await this.#giveUp();
          break;
        case 'wait':
          event = await this.#next(order.ms);
          break;
        case 'failed':
          throw failure;
        case 'aborted':
          throw aborted(this.#reason);
        case 'report':
          return this.#report(order);
        default:
          return undefined;
      }
    }
  }

  /**
   * Starts a read or write. Its result, facts and members, becomes an event, unless the run cut it off meanwhile.
   * @param {(signal: AbortSignal) => Promise<any>} work
   * @param {string} [place]
   */
  #start(work, input = 'unread', place) {
    const cut = this.#cut;
    const told = work(cut.signal).then(
      (came) => ({ input, facts: { place }, ...came }),
      (error) => ({
        input,
        facts: { place, kind: String(error?.kind), code: text(error?.code), status: error?.status },
        error,
      }),
    );
    this.#underWay.add(told);
    told.then((event) => {
      this.#underWay.delete(told);
      if (cut !== this.#cut) return;
      this.#events.push(event);
      this.#wake();
    });
  }

  async #giveUp() {
    const cut = this.#cut;
    this.#cut = new AbortController();
    cut.abort();
    // Awaited, so that the report counts their requests. The abort ends them at once.
    await Promise.all(this.#underWay);
    this.#events = [];
  }

  /** Waits for the next event, at most `ms` milliseconds; `NEXT` after that time or after an abort. */
  async #next(ms) {
    if (!this.#events.length && !this.#abort) {
      await new Promise((resolve) => {
        const timer = ms === '' ? undefined : after(Number(ms), () => resolve(undefined));
        this.#wake = () => {
          clearTimeout(timer);
          resolve(undefined);
        };
      });
      this.#wake = () => {};
    }
    return (!this.#abort && this.#events.shift()) || NEXT;
  }

  async #group(signal, totalTimeout) {
    const { data, response } = await this.#call(this.#groups.get(this.#groupId, { signal, totalTimeout }));
    const facts = {
      type: text(data.type),
      updated: text(data.lastMembershipUpdated),
      at: dateText(headerOf(response.headers, 'date')),
    };
    return { input: 'group', facts };
  }

  /**
   * Starts a list of members (`page`), of users or of rules.
   * @param {any} [query]
   */
  #list(of, query) {
    const options = { ...query, signal: this.#cut.signal };
    const list =
      of === 'page' ? this.#groups.listUsers(this.#groupId, options) : this.#bulk.list(of, options);
    this.#pages = list.pages().withResponse();
    this.#lists = of;
    this.#read = 0;
  }

  async #page() {
    const { value } = await this.#pages.next().catch((error) => {
      this.#count(error);
      throw error;
    });
    const { data, response } = value ?? { data: { items: [], hasNext: false } };
    if (response) this.#count(response);
    const { items, hasNext } = data;
    const input = this.#lists;
    const members = items.flatMap((item) => {
      if (input === 'rules') return ruleRow(item);
      const { id } = own(item);
      if (typeof id !== 'string') {
        const [what, path] = input === 'users' ? ['user', 'users'] : ['member', 'groups/{groupId}/users'];
        throw misshapen(`a ${what} without an id`, `/api/v1/${path}`, response);
      }
      return this.#rows(item, input, !this.plan && input === 'page' && this.#keeps(item));
    });
    if (input === 'page') {
      this.#read += items.length;
      if (!this.plan) this.#tell('reading', { done: this.#read });
      else if (!hasNext) this.#tell('verifying', {}, true);
    }
    return { input, facts: { isLast: !hasNext }, members };
  }

  /** The core's rows of a user: one for each value of the attribute `by`, with the rules of a member. */
  #rows(user, input, isKept = false) {
    const { id, status, profile, _embedded } = own(user);
    const rules = own(_embedded)['group-rules'];
    const isDeactivated = status === 'DEPROVISIONED';
    const said = (isKept ? 1 : 0) + (Array.isArray(rules) ? 0 : 2) + (isDeactivated ? 4 : 0);
    const ids = (Array.isArray(rules) ? rules : []).map((rule) => ruleId(own(rule).id)).join(' ');
    const { by = 'id' } = this.#options;
    const values = [own(profile)[by.replace('profile.', '')]].flat();
    // A page of members has one row for each member.
    if (input === 'page') values.length = 1;
    return values.flatMap((value) => [id, said, ids, value ?? '']);
  }

  /** Reads one user by login. */
  async #user(name, signal) {
    const { data } = await this.#call(this.#bulk.user(name, { signal }));
    return { input: 'user', members: this.#rows(data, 'user') };
  }

  #planned(order) {
    const { org, count, ruleManaged } = order;
    const { ratio } = this.#core();
    const warnings = split(order.warnings);
    const given = this.#given;
    const skipped = split(order.skipped)
      .slice(given ? unknown(given).length : 0)
      .map((line) => {
        const [reason, userId, ...rules] = line.split(' ');
        return { userId, reason, ...(rules[0] && { rules }) };
      });
    const unresolved = [];
    for (let at = 0; at < order.rest.length; at += 3) {
      const [value, reason, candidates] = order.rest.slice(at);
      unresolved.push({ value, reason, candidates: candidates ? candidates.split(' ') : [] });
    }
    const { by = 'id', unresolved: ifUnresolved } = this.#options;
    this.#adds = addsOf(order);
    this.plan = {
      ...(given ?? { v: 1 }),
      org,
      groupId: this.#groupId,
      basedOn: basedOn(order),
      add: split(order.adds),
      remove: split(order.removes),
      unchanged: Number(order.unchanged),
      skipped: given ? [...(given.skipped ?? []), ...skipped] : skipped,
      warnings: given ? [...(given.warnings ?? []), ...warnings] : warnings,
      maxRemovals: order.removals ? { ...(count && { count: Number(count) }), ratio } : false,
      ruleManaged,
      keep: split(order.keep),
      ...(!given && by !== 'id' && { unresolved }),
      ...(!given && ifUnresolved === 'skip' && { skipsUnresolved: true }),
    };
    this.#alreadyOk = split(order.alreadyOk);
    this.#tell('planning');
    if (!this.#run) return;
    this.#writes = new Writes(this.plan);
    this.#run.planned(this.plan, this.#writes);
    this.#phase = this.#options.dryRun ? 'planning' : 'applying';
  }

  async #write(place, signal) {
    const { userId, op } = this.#writes.write(place);
    const options = { ...this.#haltable(signal), bulk: true };
    await this.#call(
      this.#bulk.call(op === 'remove' ? 'unassignUser' : 'assignUser', [this.#groupId, userId], options),
    );
  }

  async #look(signal) {
    await this.#call(this.#bulk.call('get', [this.#groupId], this.#haltable(signal)));
  }

  /** The options of a write, or of the read after a 404. */
  #haltable(signal) {
    return { signal, halt: this.#halt.signal, totalTimeout: WRITE_MS };
  }

  #settled(place, status, failure) {
    const { status: all, errors } = this.#writes;
    // If a read of the group followed a failed write, the error of the write counts.
    const error = errors.get(place) ?? failure;
    errors.delete(place);
    if (status === 'left') return;
    all[place] = STATUS.indexOf(status);
    if (all[place] === FAILED) {
      errors.set(place, error);
      this.#stopOn(error, ++this.#failures);
    }
    this.#run.settled(place);
  }

  #stopOn(error, failures) {
    const { stopOn } = this.#options;
    let stop = Boolean(stopOn);
    try {
      stop &&= stopOn(error, failures);
    } catch {
      // A `stopOn` that throws stops the run.
    }
    try {
      if (stop) this.#step('stop');
    } catch {
      // The wasm instance trapped, which ends the run.
    }
  }

  /** Makes the report of a run whose core trapped, from the writes that settled. */
  async #lost(event) {
    await Promise.all(this.#underWay);
    const { status, errors } = this.#writes;
    for (const { input, facts, error } of [event, ...this.#events]) {
      const place = Number(facts?.place);
      if (input !== 'wrote' && input !== 'looked') continue;
      const failed = errors.get(place) ?? error;
      status[place] = failed ? FAILED : DONE;
      if (failed) errors.set(place, failed);
      this.#run.settled(place);
    }
    const done = this.#writes.of(DONE, (write, place) => place);
    const adds = done.filter((place) => place < this.plan.add.length).length;
    return this.#report({
      stopped: 'stopOn',
      verifies: this.#options.verify,
      unverified: done.join('\n'),
      updated: this.plan.basedOn.lastMembershipUpdated,
      at: this.plan.basedOn.at,
      planned: this.#adds.planned,
      done: this.#adds.done + adds,
    });
  }

  #report(order) {
    const { stopped } = order;
    const { dryRun = false } = this.#options;
    const { plan } = this;
    const writes = this.#writes;
    if (dryRun) writes.status.fill(NOOP);
    const id = ({ userId }) => userId;
    const written = writes.of(DONE);
    const failed = writes.of(FAILED, (write, place) => ({ ...write, error: writes.errors.get(place) }));
    const notAttempted = writes.of(LEFT);
    const ids = (wanted, among) => among.filter(({ op }) => op === wanted).map(id);
    const left = notAttempted.concat(failed);
    const rest = left.length && {
      ...plan,
      basedOn: basedOn(order),
      add: ids('add', left),
      remove: ids('remove', left),
      adds: addsOf(order),
      skipped: plan.skipped.filter(isUnknown),
      warnings: [],
    };
    return {
      ok: Boolean(order.ok),
      groupId: plan.groupId,
      dryRun,
      plan,
      added: ids('add', written),
      removed: ids('remove', written),
      alreadyOk: dryRun ? [] : this.#alreadyOk.concat(writes.of(NOOP, id)),
      failed,
      notAttempted,
      ...(order.withheld && { withheld: ids('remove', notAttempted) }),
      ...(stopped && { stopped }),
      ...(order.verifies && {
        unverified: split(order.unverified).map((place) => id(writes.write(Number(place)))),
      }),
      ...this.#sent,
      durationMs: now() - this.#began,
      ...(rest && { rest }),
    };
  }

  async #call(promise) {
    try {
      const reply = await promise.withResponse();
      this.#count(reply.response);
      return reply;
    } catch (/** @type {any} */ error) {
      this.#count(error);
      throw error;
    }
  }

  /** Adds the requests, retries and waits of an answer or error to the report. */
  #count(from) {
    const { attempts = from?.mayHaveRun ? 1 : 0, waitedMs = 0 } = from?.response ?? from ?? {};
    this.#sent.requests += attempts;
    this.#sent.retries += Math.max(attempts - 1, 0);
    this.#sent.waitedMs += waitedMs;
  }

  #tell(phase, known = {}, last = false) {
    const { onProgress } = this.#options;
    if (!onProgress) return;
    let told;
    try {
      told = this.#core().progress(this.#bulk.client(), now(), last);
    } catch {
      // The wasm instance trapped, which ends the run.
    }
    if (!told) return;
    const { total, done, failed, inFlight, etaMs, resetAt } = records.readProgress(told);
    try {
      onProgress({
        phase,
        total: Number(total),
        done: Number(done),
        failed: Number(failed),
        inFlight: Number(inFlight),
        ...(etaMs && { etaMs: Number(etaMs) }),
        ...known,
        ...(resetAt && { throttledUntil: new Date(Number(resetAt)) }),
      });
    } catch {
      // The listener observes the run: its errors are ignored.
    }
  }
}

/** The core's row of a rule. */
function ruleRow(rule) {
  const { status, actions } = own(rule);
  const { groupIds } = own(own(actions).assignUserToGroups);
  const ids = (Array.isArray(groupIds) ? groupIds : []).filter((id) => typeof id === 'string');
  return ['', status === 'ACTIVE' ? 0 : 4, ids.join(' '), ''];
}

/** The id of a rule that added a member; `?` for a value that is not an id. */
const ruleId = (id) => (typeof id === 'string' && /^\S+$/.test(id) ? id : '?');

/**
 * The event without a result: only time passed.
 * @type {any}
 */
const NEXT = { input: 'next' };

const counted = ({ length }) => `${length} ${length === 1 ? 'write' : 'writes'}`;
const text = (value) => (typeof value === 'string' ? value : undefined);
const split = (ids) => (ids ? ids.split('\n') : []);
const isUnknown = (skipped) => skipped?.reason === 'rule-unknown';
const noPlan = () =>
  oktaError('argument', 'plan must come from planMembers(), version 1', { argument: 'plan' });

/** Checks a stored plan and returns its parts. */
export function planned(plan) {
  const given = own(plan);
  const { v, org, maxRemovals, ruleManaged } = given;
  const adds = own(given.adds);
  const keep = given.keep ?? [];
  if (v !== 1 || typeof given.basedOn !== 'object' || !given.basedOn || typeof org !== 'string') {
    throw noPlan();
  }
  const unresolved = given.unresolved ?? [];
  for (const list of [given.add, given.remove, keep, unresolved, given.warnings ?? [], given.skipped ?? []]) {
    if (!Array.isArray(list)) throw noPlan();
  }
  if (given.adds !== undefined && !(adds.planned >= 0 && adds.done >= 0)) throw noPlan();
  try {
    memberOptions({ maxRemovals, ruleManaged }, true, false);
  } catch {
    throw noPlan();
  }
  return { given, adds, basedOn: own(given.basedOn), keep, unresolved };
}

/** The ids of members that a plan does not remove because the org did not report which rules added them. */
const unknown = ({ skipped }) =>
  (Array.isArray(skipped) ? skipped : []).filter(isUnknown).map(({ userId }) => userId);

function basedOn({ updated, at }) {
  return { lastMembershipUpdated: updated || undefined, ...(at && { at }) };
}

const addsOf = ({ planned, done }) => ({ planned: Number(planned), done: Number(done) });

/** The kind of a limit on removals, as the core reads it; its numbers cross separately. */
const limited = (maxRemovals) => maxRemovals !== undefined && (maxRemovals ? 'some' : 'any');

/** A number as the core reads it: an integer of at most 32 bits. */
const whole = (value) => value >= 0 && String(Math.floor(Math.min(value, 2 ** 32 - 1)));

/** The time of a `Date` header in ISO 8601, as Rust writes it; empty for an invalid one. */
function dateText(header) {
  const time = Date.parse(header ?? '');
  return time >= 0 ? new Date(time).toISOString() : '';
}

/** Wraps `keep` and refuses a Promise, which would count as true for every member. */
function answering(keep) {
  return (user) => {
    const kept = keep(user);
    if (typeof kept?.then !== 'function') return kept;
    throw oktaError('argument', 'keep must not return a Promise', { argument: 'keep' });
  };
}

/** Reads ids from any iterable but a text, whose items are characters. */
async function idsOf(argument, ids) {
  const wrong = (what) => oktaError('argument', `${argument} ${what}`, { argument });
  const isText = typeof ids === 'string' || ids instanceof String;
  if (isText || !isIterable(ids)) {
    throw wrong(`must be an iterable of ids of users${isText ? ', not a string' : ''}`);
  }
  const list = [];
  for await (const id of ids) {
    if (typeof id !== 'string') throw wrong(`item ${list.length} must be a string, not ${typeOf(id)}`);
    // Ids cross to the core as lines.
    if (!id || id.includes('\n'))
      throw wrong(`item ${list.length} is ${id ? 'more than one line' : 'empty'}`);
    list.push(id);
  }
  return list;
}
