// Updates a group rule so that it keeps its status: reads, merges and writes in the steps that the core gives. Which step
// follows from which, and when the old rule is activated again, is decided in Rust (src/client/rule.rs).
import { now } from 'okta-groups-web/clock.js';
import { changedBack } from './changed-back.js';
import { hidden, isOktaError, oktaError } from './error-classes.js';
import { instance } from './trap.js';
import { isLossy } from 'okta-groups-web/body.js';
import { isRecord } from './is-record.js';
import { misshapen } from './shape.js';
import { own } from './own.js';
import { callOptions, jsonArgument, optionsOf, textArgument, wrong } from './options.js';
import { joined } from './records.js';
import { objectText } from './profile.js';

/** The operation of each step, by its lowest three bits. */
const OPERATIONS = ['rules.get', 'rules.deactivate', 'rules.replace', 'rules.activate', 'rules.replace'];
const [READ, , REPLACE, , PUT_BACK, END] = [0, 1, 2, 3, 4, 5];
/** The bit of a step that brings the rule back, and how long that may take: the core's `RESTORE_TIME`. */
const RESTORES = 8;
const RESTORE_MS = 30_000;
/** The ends. */
const [UPDATED, LEFT] = [END, END + 32];
/** What came of a step, as the core numbers it. */
const [DONE, FAILED, OVER, STATUS] = [0, 1, 3, ['ACTIVE', 'INACTIVE']];

/** What Okta says of a rule, and takes from nobody. */
const READ_ONLY = ['id', 'status', 'created', 'lastUpdated', 'allGroupsValid', '_embedded', '_links'];
const PATH = '/api/v1/groups/rules/{ruleId}';

/** The JSON text of a rule, or of a part of one. */
export function ruleArgument(argument, rule) {
  const text = jsonArgument(argument, rule, objectText);
  const { name } = JSON.parse(text);
  if (typeof name === 'string' && [...name].length > 50) {
    throw wrong('argument', argument, 'has a name of more than 50 characters');
  }
  return text;
}

/** Numbers the updates, apart from the calls of the core. */
let updates = 2 ** 31;

/** The answer of the replace, its status that of the rule. `numberOf` gives the number of an operation. */
export async function updateRule(calls, numberOf, ruleId, patch, given) {
  const ids = joined([textArgument('ruleId', ruleId)]);
  const changes = JSON.parse(ruleArgument('patch', patch));
  const fixed = READ_ONLY.find((name) => Object.hasOwn(changes, name));
  if (fixed) throw wrong('argument', 'patch', `must not set ${fixed}`);
  const known = optionsOf('rules', [], false);
  const options = callOptions(given, known);
  const { signal, timeout, headers, totalTimeout = calls.link.totalTimeout ?? 300_000 } = options;
  const update = updates++;
  const client = calls.client();
  const of = instance();
  let until = now() + totalTimeout;
  let [step, order] = [0, READ];
  let bodies;
  let status;
  let reply;
  let failure;

  /** Carries out a step. Gives what came of it. */
  async function carriedOut() {
    const fields = () => ({ __proto__: null, ids, body: bodies?.[order] ?? '', update });
    const operation = { number: numberOf(OPERATIONS[order]), known, fields };
    const left = Math.max(1, Math.ceil(until - now()));
    const ways = step & RESTORES ? { timeout, headers, retry: { maxAttempts: 10 } } : options;
    const answer = await calls.answer(operation, [], { ...ways, totalTimeout: left });
    if (order === REPLACE) reply = answer;
    if (order === PUT_BACK) reply = undefined;
    if (order !== READ) return DONE;
    bodies ??= bodiesOf(answer, changes);
    status = own(answer.data).status;
    return 5 + ((STATUS.indexOf(status) + 3) % 3);
  }

  try {
    while (order !== END) {
      const fact = await carriedOut().catch((error) => {
        const isOver = signal?.aborted || now() >= until;
        // A look that fails says less than what it was to find out about.
        if (!(step & RESTORES) && (order !== READ || !failure)) failure = error;
        // Of an error of the program's own code nothing is known.
        const mayHaveRun = isOktaError(error) ? own(error).mayHaveRun : true;
        return (isOver ? OVER : FAILED) + Number(Boolean(mayHaveRun));
      });
      const next = calls.client().ruleStep(step, fact);
      // Bringing the rule back has a time of its own.
      if (next & RESTORES && !(step & RESTORES)) until = now() + RESTORE_MS;
      if (next === UPDATED && order !== REPLACE) status = 'ACTIVE';
      step = next;
      order = step & 7;
    }
  } finally {
    if (of === instance()) client.endUpdate(update);
  }
  if (step !== UPDATED) throw left(failure, step === LEFT && 'INACTIVE', status, reply);
  // Okta answered the replace while the rule was inactive.
  if (status === 'ACTIVE') reply.data.status = status;
  return reply;
}

/** What to write, by the step: the new rule, and the old one. */
function bodiesOf({ data, response }, changes) {
  if (!isRecord(data)) throw misshapen('no rule', PATH, response);
  const old = { ...data };
  for (const name of READ_ONLY) delete old[name];
  const lost = changedBack(old, isLossy(response.headers));
  if (lost) throw misshapen(`${lost}: it would be written back as another`, PATH, response);
  return { [REPLACE]: JSON.stringify(merged(old, changes)), [PUT_BACK]: JSON.stringify(old) };
}

/** A value with changes: objects are merged, all else takes the place of what was there. */
function merged(before, changes) {
  if (!isRecord(before) || !isRecord(changes)) return changes;
  const all = { __proto__: null, ...before };
  for (const [name, value] of Object.entries(changes)) all[name] = merged(all[name], value);
  return all;
}

/** The error of an update, with the status that the rule is left in, if that is not the one that it should have. */
function left(failure, inactive, status, reply) {
  const ruleStatus = status === 'INVALID' ? status : inactive;
  const fields = { ...(reply && { mayHaveRun: true }), ...(ruleStatus && { ruleStatus }) };
  if (Object.keys(fields).length === 0) return failure;
  const isOurs = isOktaError(failure);
  const message = `${isOurs ? failure.message : String(failure)}${ruleStatus ? `; the rule is left ${ruleStatus}` : ''}`;
  // What the program's own code threw has no kind.
  if (!isOurs) return oktaError('connection', message, { cause: failure, ...fields });
  return oktaError(failure.kind, message, { ...failure, ...hidden(failure), ...fields });
}
