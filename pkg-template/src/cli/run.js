// Runs plans: prints progress and results, and saves the rest in a file for `apply`.
import { ClosedPipe, EXIT } from './exit.js';
import { exitCode, explained } from './errors.js';
import { json, counted, duration, grouped, printable, quoted } from './printable.js';
import { kept } from './files.js';
import { Output } from './output.js';

const VERIFY_S = 60;
const SHOWN = 20;

/** The options of a run, from the flags. */
function runOptions({ concurrency, 'max-failed-adds': maxFailedAdds, verify }) {
  return {
    ...(concurrency !== undefined && { concurrency }),
    ...(maxFailedAdds !== undefined && { maxFailedAdds }),
    ...(verify !== undefined && { verify: { timeoutMs: (verify === true ? VERIFY_S : verify) * 1000 } }),
  };
}

/**
 * Runs a plan of one group or of many.
 * @param {any} context
 * @param {any} client
 * @param {any} plan
 * @param {object} options the options of `applyPlan`
 * @returns {Promise<number>} the exit code
 */
export async function runPlan(context, client, plan, options) {
  const { flags, words, stop } = context;
  const told = new Told(context);
  /** @type {any} */
  let progress;
  words.progress(() => progressLine(progress));
  const run = client.groups.applyPlan(plan, {
    ...runOptions(flags),
    ...options,
    onProgress: (now) => {
      progress = now;
      words.moved();
    },
  });
  const abort = () => run.abort(stop.signal.reason);
  stop.signal.addEventListener('abort', abort);
  if (stop.asked) abort();
  try {
    for await (const event of run) await told.event({ groupId: plan.groupId, ...event });
    const report = await run.report();
    words.end();
    return await told.end(report);
  } finally {
    stop.signal.removeEventListener('abort', abort);
  }
}

function progressLine(progress) {
  if (!progress) return 'reading';
  const { phase, done, total, failed: wrong, etaMs, throttledUntil } = progress;
  if (phase === 'reading' || phase === 'planning') return `reading members: ${grouped(done)}`;
  const parts = [`${grouped(done)} of ${counted(total, 'write')}`];
  if (phase === 'verifying') parts.push('waiting until the member list shows them');
  if (wrong) parts.push(`${grouped(wrong)} failed`);
  // The first 5 % of the writes are too few to estimate the time.
  if (etaMs !== undefined && phase === 'applying' && done * 20 >= total)
    parts.push(`about ${duration(etaMs)} left`);
  if (throttledUntil) parts.push(`the rate limit holds until ${clock(throttledUntil)}`);
  return parts.join(', ');
}

const clock = (date) => date.toTimeString().slice(0, 8);

/** Prints a run: each write as data, and a summary. */
class Told {
  #context;
  #output;
  #failure;
  #form;

  constructor(context) {
    this.#context = context;
    const { flags, host } = context;
    this.#output = new Output(host.stdout, {
      form: flags.output,
      columns: ['groupId', 'op', 'userId', 'status', 'error'],
    });
    // On a terminal only the summary is printed, unless `--output` asks for rows.
    this.#form = flags.output ?? (host.stdout.isTTY ? 'none' : 'ndjson');
  }

  /** Prints a settled write. The run continues if the pipe is closed or the disk is full. */
  async event({ groupId, op, userId, status, error }) {
    if (this.#form === 'none' || this.#form === 'json') return;
    if (this.#form === 'ids' && status === 'failed') return;
    await this.#write(() =>
      this.#output.rows([{ groupId, op, userId, status, ...(error && { error: printable(error.message) }) }]),
    );
  }

  async #write(write) {
    if (this.#failure) return;
    try {
      await write();
    } catch (error) {
      this.#failure = error;
    }
  }

  /** @returns {Promise<number>} the exit code */
  async end(report) {
    const { words, flags } = this.#context;
    const { shard } = flags;
    if (this.#form === 'json') {
      // Errors as their fields; a report and a rest name their shard.
      await this.#write(() =>
        this.#output.one({ ...JSON.parse(JSON.stringify(report)), ...(shard && { shard }) }),
      );
    } else if (this.#form !== 'none') {
      await this.#write(() => this.#output.end());
    }
    sum(words, report);
    const code = codeOf(report);
    this.#keepRest(report, code);
    if (this.#failure && !(this.#failure instanceof ClosedPipe)) {
      words.tell(`okta-groups: ${this.#failure.message}`);
      return code === EXIT.DONE ? EXIT.FAILED : code;
    }
    return code;
  }

  #keepRest(report, code) {
    const { flags, words } = this.#context;
    const { rest = emptyRest(flags, report.plan?.org) } = report;
    if (!rest || (rest === report.rest && code !== EXIT.CANCELLED && doneIn(report) === 0)) return;
    const text = `${json(rest, 2)}\n`;
    const plans = rest.plans ?? [rest];
    const writes = plans.reduce((total, { add, remove }) => total + add.length + remove.length, 0);
    const path = kept(flags.rest, nameOf(plans, flags.shard ?? rest.shard), text);
    if (path && plans.length === 0) {
      words.say(`nothing is left of this part, as ${path} says`);
    } else if (path) {
      words.tell(
        `the rest, ${counted(writes, 'write')}, is in ${path}`,
        `go on with: okta-groups apply ${quoted(path)}`,
      );
    } else {
      // If no file can be written, the rest is printed, so that nothing is lost.
      words.tell('the rest cannot be written to a file; it is this plan:', text.trimEnd());
    }
  }
}

/** Makes the empty rest of a finished shard, so that `apply` can check that no shard is missing. Only for `--rest`. */
export function emptyRest({ shard, rest }, org) {
  return shard && rest !== undefined
    ? { v: 1, kind: 'memberships', org, shard, plans: [], skipped: [] }
    : undefined;
}

function nameOf(plans, shard) {
  const what = plans.length === 1 ? plans[0].groupId : `${plans.length}-groups`;
  const stamp = new Date().toISOString().replaceAll(/[-:]|\.\d+Z/g, '');
  const part = shard ? `-shard-${shard.index}-of-${shard.of}` : '';
  return `okta-groups-rest-${what}-${stamp}${part}.json`;
}

const doneIn = ({ added, removed, alreadyOk }) => added.length + removed.length + alreadyOk.length;

/** The report of each group of a run. */
const groupsOf = (report) => report.groups ?? [report];

function sum(words, report) {
  const {
    added,
    removed,
    alreadyOk,
    failed,
    notAttempted,
    withheld = [],
    refused = [],
    skipped = [],
  } = report;
  const groups = groupsOf(report);
  const unverified = groups.reduce((all, group) => all + (group.unverified?.length ?? 0), 0);
  const unknown = groups.reduce(
    (all, { plan }) => all + plan.skipped.filter(({ reason }) => reason === 'rule-unknown').length,
    0,
  );
  const parts = [`added ${grouped(added.length)}`, `removed ${grouped(removed.length)}`];
  for (const [number, text] of [
    [alreadyOk.length, 'needed no change'],
    [failed.length, 'failed'],
    [notAttempted.length, 'not attempted'],
    [withheld.length, 'removals withheld, since too many adds failed'],
    [unverified, 'not visible yet in the member list'],
    [unknown, 'stay, since the org did not say whether a rule put them there'],
  ]) {
    if (Number(number) > 0) parts.push(`${grouped(number)} ${text}`);
  }
  words.say(parts.join(', '));
  for (const { groupId, op, userId, error } of failed.slice(0, SHOWN)) {
    words.tell(`  ${groupId ? `${groupId}: ` : ''}${op} ${userId}: ${printable(error.message)}`);
  }
  if (failed.length > SHOWN) words.tell(`  and ${failed.length - SHOWN} more`);
  for (const { groupId, error } of refused) words.tell(`  ${groupId}: ${explained(error).join('; ')}`);
  for (const { group, message } of skipped)
    words.tell(`  ${printable(nameOfGroup(group))} is left out: ${printable(message)}`);
}

/** The name of a group in the input. */
export const nameOfGroup = (group) => (typeof group === 'string' ? group : group.name);

/** @returns {number} */
function codeOf(report) {
  const { ok, stopped, failed, refused = [] } = report;
  if (stopped === 'aborted') return EXIT.CANCELLED;
  if (ok) return EXIT.DONE;
  if (doneIn(report) > 0 || failed.length + refused.length === 0) return EXIT.PARTLY;
  const codes = new Set([...failed, ...refused].map(({ error }) => exitCode(error)));
  return codes.size === 1 ? [...codes][0] : EXIT.FAILED;
}
