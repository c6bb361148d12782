// The options of expressions, bulk runs and exports, which okta-groups/slim lacks.
import {
  CALL,
  OWN,
  any,
  callOptions,
  callback,
  flag,
  millis,
  offOr,
  oneOf,
  share,
  signal,
  someText,
  whole,
  wrong,
} from './options.js';

export const MATCH = { parameter: oneOf('search', 'filter') };
/**
 * The options of a bulk run's calls: `bulk` gives other calls priority, an abort of `halt` ends a call that waits for the
 * rate limit or for a retry.
 */
export const BULK = { bulk: flag, halt: signal, ...CALL };
const fromZero = (value) => (value >= 0 && typeof value === 'number' ? '' : 'must be a number from 0');
const STAYS = {
  keep: any,
  ruleManaged: oneOf('skip', 'include', 'fail'),
  maxRemovals: offOr({ count: fromZero, ratio: share }),
};
export const PLAN = {
  by: someText,
  unresolved: oneOf('block', 'skip'),
  mode: oneOf('exact', 'add', 'remove'),
  ...STAYS,
  allowEmpty: flag,
};
export const APPLY = {
  ...STAYS,
  maxFailedAdds: (value) => (value === false ? '' : fromZero(value)),
  concurrency: whole(1, 1000),
  order: oneOf('add-first', 'remove-first', 'interleave'),
  stopOn: callback,
  ifStale: oneOf('replan', 'throw', 'ignore'),
  verify: (value, key, kind) => {
    offOr({ timeoutMs: millis })(value, key, kind);
    if (value && value.timeoutMs === undefined) throw wrong(kind, 'timeoutMs', 'is missing');
    return '';
  },
  totalTimeout: millis,
  onProgress: callback,
};

const SHARD = { index: whole(0, 2 ** 32 - 2), of: whole(1, 2 ** 32 - 1) };
const EXPORT = {
  lanes: whole(1, 8),
  shard: (value, key, kind) => {
    offOr(SHARD)(value, key, kind);
    const isPart = value && value.index < value.of;
    return isPart ? '' : 'must be { index, of } with an index from 0 to of - 1';
  },
  limit: whole(1, 10_000),
  checkpoint: callback,
  resume: any,
  onProgress: callback,
  ...CALL,
};
/** The options of plans and runs of many groups, in addition to those of one group. */
export const MEMBERSHIPS = {
  lanes: EXPORT.lanes,
  shard: EXPORT.shard,
  maxRemovalsOverall: PLAN.maxRemovals,
  onProgress: callback,
  signal,
};
export const EXPORT_GROUPS = { ...EXPORT, search: OWN.search, expand: OWN.expand };
export const EXPORT_OF_GROUPS = EXPORT;

/** A group by its name. */
export const NAMED = { name: any, type: any };
export const DRY_RUN = { dryRun: flag };

/** The options of `planMembers`, `applyPlan`, or both together. */
export function memberOptions(given, plans, applies) {
  const known = {
    ...(plans && PLAN),
    ...(applies && APPLY),
    ...(plans && applies && DRY_RUN),
    signal,
  };
  return callOptions(given, known);
}
