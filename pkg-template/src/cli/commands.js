// The function of each command, by its words in `usage.js`. Each returns an exit code, or nothing for 0.
import * as groups from './commands/groups.js';
import * as jobs from './commands/jobs.js';
import * as members from './commands/members.js';
import * as owners from './commands/owners.js';
import * as rules from './commands/rules.js';
import * as tools from './commands/tools.js';
import * as users from './commands/users.js';
import { exported } from './commands/export.js';
import { openConsole } from './commands/console.js';
import { serve } from './commands/serve.js';

/** @type {Record<string, (context: any) => Promise<number | void>>} */
export const PROGRAMS = {
  list: groups.list,
  get: groups.get,
  create: groups.create,
  update: groups.update,
  delete: groups.remove,
  apps: groups.apps,
  'members list': members.list,
  'members add': members.add,
  'members remove': members.remove,
  'owners list': owners.list,
  'owners add': owners.add,
  'owners remove': owners.remove,
  'rules list': rules.list,
  'rules get': rules.get,
  'rules create': rules.create,
  'rules update': rules.update,
  'rules delete': rules.remove,
  'rules activate': rules.activate,
  'rules deactivate': rules.deactivate,
  'users get': users.get,
  'users list': users.list,
  'users groups': users.groups,
  plan: jobs.plan,
  apply: jobs.apply,
  sync: jobs.sync,
  'sync-many': jobs.syncMany,
  export: exported,
  check: tools.check,
  request: tools.request,
  whoami: tools.whoami,
  completion: tools.completion,
  serve,
  console: openConsole,
};
