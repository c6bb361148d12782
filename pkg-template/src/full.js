// The client of the full entries: the operations of client.js, expressions, members in bulk, and exports.
import { Client, Groups, Rules, Users, callsOf, named } from './client.js';
import { exportApps, exportGroups, exportMembers } from './export.js';
import { listed } from './expr.js';
import { applyPlan, planMembers, syncMembers } from './members.js';
import { applyPlans, isMany, planMemberships, syncMemberships } from './memberships.js';
import { BULK } from './more-options.js';
import { traced } from './promise.js';

/** A client of one org's groups. */
export class OktaGroups extends Client {
  constructor(options) {
    super(options, AllGroups, listed);
  }
}

class AllGroups extends Groups {
  planMembers(groupId, desired, options) {
    return traced(planMembers(this, bulk(this), groupId, desired, options));
  }

  applyPlan(plan, options) {
    const apply = isMany(plan) ? applyPlans : applyPlan;
    return apply(this, bulk(this), plan, options);
  }

  syncMembers(groupId, desired, options) {
    return syncMembers(this, bulk(this), groupId, desired, options);
  }

  planMemberships(desired, options) {
    return traced(planMemberships(this, bulk(this), desired, options));
  }

  syncMemberships(desired, options) {
    return syncMemberships(this, bulk(this), desired, options);
  }

  exportGroups(options) {
    return exportGroups(this, callsOf(this), options);
  }

  exportMembers(groups, options) {
    return exportMembers(this, callsOf(this), groups, options);
  }

  exportApps(groups, options) {
    return exportApps(this, callsOf(this), groups, options);
  }
}

/** The operations of a bulk run's writes, and of the read after a write. */
const BULK_CALLS = /* @__PURE__ */ Object.fromEntries(
  ['assignUser', 'unassignUser', 'get'].map((name) => [name, { ...named(`groups.${name}`), known: BULK }]),
);

/** The other calls that a bulk run needs. */
function bulk(groups) {
  const calls = callsOf(groups);
  return {
    client: () => calls.client(),
    list: (resource, options) => new (resource === 'users' ? Users : Rules)(calls).list(options),
    user: (idOrLogin, options) => new Users(calls).get(idOrLogin, options),
    /** The org that a plan belongs to. */
    org: () => calls.client().org,
    call: (name, ids, options) => calls.call(BULK_CALLS[name], ids, options),
  };
}
