// Updates a group rule and keeps its status: sends the steps that the core orders (read, deactivate, replace, activate) and
// merges the change. Rust (src/client/rule.rs) decides the next step, and when the old rule is activated again.
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
/** The bit of a step that restores the rule, and the time limit of restoring: `RESTORE_TIME` of the core. */
const RESTORES = 8;
const RESTORE_MS = 30_000;
/** The last orders: the rule is updated, or it is left in another status. */
const [UPDATED, LEFT] = [END, END + 32];
/** The results of a step, as the core numbers them. */
const [DONE, FAILED, OVER, STATUS] = [0, 1, 3, ['ACTIVE', 'INACTIVE']];

/** The read-only members of a rule, which are not written back. */
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

/** The number of the last update. The range does not overlap with the numbers of the core's calls. */
let updates = 2 ** 31;

/** Updates a rule. Returns the answer of the replace with the rule's final status. `numberOf` numbers an operation. */
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

  /** Carries out a step. Returns its result. */
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
        // A failed read after a failed write does not replace the error of the write.
        if (!(step & RESTORES) && (order !== READ || !failure)) failure = error;
        // An error of the program's own code does not show whether the write ran.
        const mayHaveRun = isOktaError(error) ? own(error).mayHaveRun : true;
        return (isOver ? OVER : FAILED) + Number(Boolean(mayHaveRun));
      });
      const next = calls.client().ruleStep(step, fact);
      // Restoring the rule has its own time limit.
      if (next & RESTORES && !(step & RESTORES)) until = now() + RESTORE_MS;
      if (next === UPDATED && order !== REPLACE) status = 'ACTIVE';
      step = next;
      order = step & 7;
    }
  } finally {
    if (of === instance()) client.endUpdate(update);
  }
  if (step !== UPDATED) throw left(failure, step === LEFT && 'INACTIVE', status, reply);
  // The answer of the replace says INACTIVE: the rule was activated after it.
  if (status === 'ACTIVE') reply.data.status = status;
  return reply;
}

/** The bodies of the writes, by step: the new rule, and the old one. */
function bodiesOf({ data, response }, changes) {
  if (!isRecord(data)) throw misshapen('no rule', PATH, response);
  const old = { ...data };
  for (const name of READ_ONLY) delete old[name];
  const lost = changedBack(old, isLossy(response.headers));
  if (lost) throw misshapen(`${lost}: an update would change it`, PATH, response);
  return { [REPLACE]: JSON.stringify(merged(old, changes)), [PUT_BACK]: JSON.stringify(old) };
}

/** Merges changes into a value: objects are merged, any other value replaces the old one. */
function merged(before, changes) {
  if (!isRecord(before) || !isRecord(changes)) return changes;
  const all = { __proto__: null, ...before };
  for (const [name, value] of Object.entries(changes)) all[name] = merged(all[name], value);
  return all;
}

/** Adds to the error of an update the status that the rule is left in, if that differs from its earlier status. */
function left(failure, inactive, status, reply) {
  const ruleStatus = status === 'INVALID' ? status : inactive;
  const fields = { ...(reply && { mayHaveRun: true }), ...(ruleStatus && { ruleStatus }) };
  if (Object.keys(fields).length === 0) return failure;
  const isOurs = isOktaError(failure);
  const message = `${isOurs ? failure.message : String(failure)}${ruleStatus ? `; the rule is left ${ruleStatus}` : ''}`;
  // An error of the program's own code has no kind.
  if (!isOurs) return oktaError('connection', message, { cause: failure, ...fields });
  return oktaError(failure.kind, message, { ...failure, ...hidden(failure), ...fields });
}
