// Carries plans out: progress, what came of it, and the rest in a file that `apply` takes.
import { ClosedPipe, EXIT } from './exit.js';
import { exitCode, explained } from './errors.js';
import { json, counted, duration, grouped, printable } from './printable.js';
import { kept } from './files.js';
import { Output } from './output.js';

const VERIFY_S = 60;
const SHOWN = 20;

/** What the flags say about runs. */
function runOptions({ concurrency, 'max-failed-adds': maxFailedAdds, verify }) {
  return {
    ...(concurrency !== undefined && { concurrency }),
    ...(maxFailedAdds !== undefined && { maxFailedAdds }),
    ...(verify !== undefined && { verify: { timeoutMs: (verify === true ? VERIFY_S : verify) * 1000 } }),
  };
}

/**
 * @param {any} context
 * @param {any} client
 * @param {any[]} plans
 * @param {object} options those of `applyPlan`
 * @returns {Promise<number>} the exit code
 */
export async function runPlans(context, client, plans, options) {
  const { flags, words, stop } = context;
  const told = new Told(context);
  const writes = plans.reduce((sum, plan) => sum + plan.add.length + plan.remove.length, 0);
  let done = 0;
  /** @type {any} */
  let progress;
  words.progress(() => progressLine(progress, done, writes));
  const reports = [];
  for (const plan of plans) {
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
      for await (const event of run) await told.event(plan.groupId, event);
      reports.push(await run.report());
    } catch (error) {
      // There was no plan to run: nothing was written to this group.
      reports.push({ groupId: plan.groupId, refused: error, plan });
    } finally {
      stop.signal.removeEventListener('abort', abort);
    }
    done += plan.add.length + plan.remove.length;
  }
  words.end();
  return told.end(reports);
}

function progressLine(progress, before, all) {
  if (!progress) return 'reading';
  const { phase, done, total, failed: wrong, etaMs, throttledUntil } = progress;
  if (phase === 'reading' || phase === 'planning') return `reading members: ${grouped(done)}`;
  const parts = [`${grouped(before + done)} of ${counted(all, 'write')}`];
  if (phase === 'verifying') parts.push('waiting until the member list shows them');
  if (wrong) parts.push(`${grouped(wrong)} failed`);
  // The first few writes say little of the pace.
  if (etaMs !== undefined && phase === 'applying' && done * 20 >= total)
    parts.push(`about ${duration(etaMs)} left`);
  if (throttledUntil) parts.push(`the rate limit holds until ${clock(throttledUntil)}`);
  return parts.join(', ');
}

const clock = (date) => date.toTimeString().slice(0, 8);

/** What a run tells: each write as data, the sum in words. */
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
    // On a terminal the words say it; the rows are for who asks for them.
    this.#form = flags.output ?? (host.stdout.isTTY ? 'none' : 'ndjson');
  }

  /** A write that settled. Nobody may be reading, or the disk be full: the run goes on. */
  async event(groupId, { op, userId, status, error }) {
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
  async end(reports) {
    const { words } = this.#context;
    const { shard } = this.#context.flags;
    if (this.#form === 'json') {
      await this.#write(async () => {
        if (reports.length === 1) return this.#output.one(plain(reports[0], shard));
        await this.#output.rows(reports.map((report) => plain(report, shard)));
        return this.#output.end();
      });
    } else if (this.#form !== 'none') {
      await this.#write(() => this.#output.end());
    }
    sum(words, reports);
    const code = codeOf(reports);
    this.#keepRest(reports, code);
    if (this.#failure && !(this.#failure instanceof ClosedPipe)) {
      words.tell(`okta-groups: ${this.#failure.message}`);
      return code === EXIT.DONE ? EXIT.FAILED : code;
    }
    return code;
  }

  #keepRest(reports, code) {
    const { flags, words } = this.#context;
    const rests = reports.flatMap(({ rest, refused, plan }) => (rest ? [rest] : refused ? [plan] : []));
    const something = reports.some((report) => doneIn(report) > 0);
    if (rests.length === 0 || (code !== EXIT.CANCELLED && !something)) return;
    const { shard } = flags;
    const whole = shard ? { shard, plans: rests } : rests.length === 1 ? rests[0] : rests;
    const text = `${json(whole, 2)}\n`;
    const writes = rests.reduce((total, { add, remove }) => total + add.length + remove.length, 0);
    const path = kept(flags.rest, nameOf(rests, shard), text);
    if (path) {
      words.tell(
        `the rest, ${counted(writes, 'write')}, is in ${path}`,
        `go on with: okta-groups apply ${path}`,
      );
    } else {
      // Nothing is lost: what no file takes stands here.
      words.tell('the rest cannot be written to a file; it is this plan:', text.trimEnd());
    }
  }
}

const nameOf = (rests, shard) => {
  const stamp = new Date().toISOString().replaceAll(/[-:]|\.\d+Z/g, '');
  return `okta-groups-rest-${rests.length === 1 ? rests[0].groupId : `${rests.length}-groups`}-${stamp}${shard ? `-shard-${shard.index}-of-${shard.of}` : ''}.json`;
};

const doneIn = ({ added = [], removed = [], alreadyOk = [] }) =>
  added.length + removed.length + alreadyOk.length;

/** A report as JSON: its errors by their fields. */
function plain({ refused, ...report }, shard) {
  const of = shard ? { shard } : {};
  return refused
    ? { groupId: report.groupId, ok: false, refused: explained(refused)[0], ...of }
    : { ...JSON.parse(JSON.stringify(report)), ...of };
}

function sum(words, reports) {
  const total = (name) => reports.reduce((all, report) => all + (report[name]?.length ?? 0), 0);
  const parts = [`added ${grouped(total('added'))}`, `removed ${grouped(total('removed'))}`];
  const optional = [
    ['alreadyOk', 'were so already'],
    ['failed', 'failed'],
    ['notAttempted', 'not attempted'],
    ['withheld', 'removals withheld, since too many adds failed'],
    ['unverified', 'not to be seen yet in the member list'],
  ];
  for (const [name, text] of optional) if (total(name)) parts.push(`${grouped(total(name))} ${text}`);
  const unknown = reports.reduce(
    (all, { plan }) => all + (plan?.skipped ?? []).filter(({ reason }) => reason === 'rule-unknown').length,
    0,
  );
  if (unknown)
    parts.push(`${grouped(unknown)} stay, since the org did not say whether a rule put them there`);
  words.say(parts.join(', '));
  const failures = reports.flatMap(({ failed: list = [] }) => list);
  for (const { op, userId, error } of failures.slice(0, SHOWN))
    words.tell(`  ${op} ${userId}: ${printable(error.message)}`);
  if (failures.length > SHOWN) words.tell(`  and ${failures.length - SHOWN} more`);
  for (const { groupId, refused } of reports)
    if (refused) words.tell(`  ${groupId}: ${explained(refused).join('; ')}`);
}

/** @returns {number} */
function codeOf(reports) {
  if (reports.some(({ stopped, refused }) => stopped === 'aborted' || refused?.kind === 'aborted'))
    return EXIT.CANCELLED;
  if (reports.every(({ ok }) => ok)) return EXIT.DONE;
  const something = reports.some(
    (report) => report.ok || doneIn(report) > 0 || !(report.failed?.length || report.refused),
  );
  if (something) return EXIT.PARTLY;
  const codes = new Set(
    reports.flatMap(({ failed: list = [], refused }) => [
      ...list.map(({ error }) => exitCode(error)),
      ...(refused ? [exitCode(refused)] : []),
    ]),
  );
  return codes.size === 1 ? [...codes][0] : EXIT.FAILED;
}
