// The command line as tables: they drive the parser, help, completion and a test of the guide. A command is a row;
// `commands.js` has its function under the same words.

/** The scopes of a service app's token if its configuration names none. */
const READ = ['okta.groups.read'];
const READ_PEOPLE = ['okta.groups.read', 'okta.users.read'];
const MANAGE = ['okta.groups.manage'];
const MANAGE_PEOPLE = ['okta.groups.manage', 'okta.users.read'];

/**
 * @typedef {object} Flag
 * @property {string} help
 * @property {string} [value] the name of the value in help; a flag without one is a switch
 * @property {'text' | 'number' | 'list' | 'file' | 'shard' | 'removals'} [type]
 * @property {readonly string[]} [choices]
 * @property {string} [short]
 * @property {boolean} [optional] the value may be omitted: `--verify` and `--verify=60`
 * @property {number} [min]
 * @property {number} [max]
 */

/** @type {Record<string, Flag>} */
export const FLAGS = {
  help: { short: 'h', help: 'show what a command does' },
  version: { help: 'print the version' },
  verbose: { short: 'v', help: 'print each request, retry and wait' },
  quiet: { help: 'print only errors, warnings and where to continue' },

  org: { value: 'URL', help: 'the org: https://example.okta.com; needs --token-file or --key-file' },
  'token-file': { value: 'FILE', type: 'file', help: 'a file that holds an API token' },
  bearer: { help: 'the file holds an OAuth 2.0 access token' },
  'key-file': {
    value: 'FILE',
    type: 'file',
    help: 'the private key of a service app, PEM or JWK; needs --client-id',
  },
  'client-id': { value: 'ID', help: 'the client ID of the service app' },
  'key-id': { value: 'KID', help: 'the ID of the key, if the app has several' },
  scopes: { value: 'LIST', type: 'list', help: 'the scopes that the service app asks for' },
  config: { value: 'FILE', type: 'file', help: 'org and credential from a file in the form of okta.yaml' },
  profile: { value: 'NAME', help: 'org and credential from ~/.okta/NAME.yaml' },

  output: {
    short: 'o',
    value: 'FORM',
    choices: ['table', 'json', 'ndjson', 'csv', 'ids'],
    help: 'table (on a terminal), ndjson (elsewhere), json, csv or ids',
  },
  fields: { value: 'LIST', type: 'list', help: 'the fields to write, such as id,profile.name' },
  raw: { help: 'CSV: do not escape cells that a spreadsheet would run as formulas' },
  bom: { help: 'CSV: begin with a byte order mark, so that Excel reads UTF-8' },
  max: { value: 'N', type: 'number', min: 1, help: 'stop after so many rows' },
  cursor: { value: 'CURSOR', help: 'go on where an earlier run of the same command stopped' },
  limit: { value: 'N', type: 'number', min: 1, max: 10000, help: 'items in a page' },

  name: { value: 'NAME', help: 'the group of exactly this name, in place of its id' },
  type: { value: 'TYPE', help: 'with --name: only groups of this type, such as OKTA_GROUP' },
  search: { value: 'EXPR', help: 'an expression, such as profile.name sw "West"' },
  filter: { value: 'EXPR', help: 'an expression over id, type, lastUpdated, lastMembershipUpdated' },
  q: { value: 'TEXT', help: 'names that begin with TEXT; one page' },
  'sort-by': { value: 'FIELD', help: 'the field that orders a search' },
  'sort-order': { value: 'ORDER', choices: ['asc', 'desc'], help: 'asc or desc' },
  expand: { value: 'LIST', type: 'list', help: 'what to embed, such as stats, app or group-rules' },

  set: { value: 'FIELD=TEXT', type: 'list', help: 'set an attribute to a text; may be repeated' },
  'set-json': {
    value: 'FIELD=JSON',
    type: 'list',
    help: 'set an attribute to a number, a list, null; may be repeated',
  },
  description: { value: 'TEXT', help: 'the description' },
  'if-exists': {
    value: 'WHAT',
    choices: ['throw', 'return'],
    help: 'return: print the existing group of that name',
  },
  'if-missing': {
    value: 'WHAT',
    choices: ['throw', 'ignore'],
    help: 'ignore: succeed if it is gone already',
  },
  body: { value: 'FILE', type: 'file', help: 'JSON to send; - reads standard input' },

  yes: { short: 'y', help: 'do not ask; needed where there is no terminal' },
  apply: { help: 'change the org; without it the plan is shown and nothing changes' },
  by: {
    value: 'ATTRIBUTE',
    help: 'the attribute that identifies a person: id, login, email or profile.ATTRIBUTE',
  },
  column: { value: 'NAME', help: 'the CSV column that identifies a person' },
  mode: {
    value: 'MODE',
    choices: ['exact', 'add', 'remove'],
    help: 'exact (default), add or remove: only one kind of write',
  },
  'max-removals': {
    value: 'N',
    type: 'removals',
    help: 'refuse to remove more: a number, a share such as 10%, or any [default: 25%]',
  },
  keep: { value: 'LIST', type: 'list', help: 'people who are never removed, by id or login' },
  'rule-managed': {
    value: 'WHAT',
    choices: ['skip', 'include', 'fail'],
    help: 'members by a group rule: skip (default) keeps them, include removes them, fail refuses the plan',
  },
  'allow-empty': { help: 'allow a plan that leaves the group empty' },
  unresolved: {
    value: 'WHAT',
    choices: ['fail', 'skip'],
    help: 'rows that match nobody: fail (default), or skip them and only add',
  },
  'max-failed-adds': {
    value: 'N',
    type: 'removals',
    help: 'withhold removals if more adds fail: a number, or any [default: 5 %]',
  },
  concurrency: { value: 'N', type: 'number', min: 1, max: 1000, help: 'writes at the same time' },
  verify: {
    value: 'SECONDS',
    type: 'number',
    min: 1,
    max: 3600,
    optional: true,
    help: 'wait up to SECONDS until the member list shows the changes [60]',
  },
  rest: {
    value: 'FILE',
    type: 'file',
    help: 'the new file for the rest of a run that is cut short',
  },
  out: { value: 'FILE', type: 'file', help: 'the file to write; an existing file is refused' },
  'max-removals-total': { value: 'N', type: 'removals', help: 'refuse to remove more over all groups' },
  shard: {
    value: 'I/N',
    type: 'shard',
    help: 'only part I of N, from 0/N; groups are split by a hash of their id',
  },

  lanes: { value: 'N', type: 'number', min: 1, max: 8, help: 'listings at the same time' },
  checkpoint: {
    value: 'FILE',
    type: 'file',
    help: 'store the progress here, and continue from it; needs --out',
  },

  'remove-users': { help: 'also remove the people that the rule added' },
  expression: { value: 'EXPR', help: 'the rule\'s condition, such as user.department=="Sales"' },
  groups: { value: 'LIST', type: 'list', help: 'ids of the groups that the rule fills' },
  activate: { help: 'activate the rule after its creation' },
  'owner-type': { value: 'TYPE', choices: ['USER', 'GROUP'], help: 'USER (default) or GROUP' },

  parameter: {
    value: 'WHERE',
    choices: ['search', 'filter'],
    help: 'the parameter that sends it: search (default) or filter',
  },
  strict: { help: 'exit with 1 on a warning' },
  query: { value: 'NAME=VALUE', type: 'list', help: 'a parameter of the query; may be repeated' },
  paginate: { help: 'read every page of an array' },
  'link-optional': { help: '--paginate: a page without a Link header is the last' },
  idempotent: { help: 'retry the write if its answer is lost' },

  port: { value: 'N', type: 'number', min: 0, max: 65535, help: 'the port; 0 takes any free port' },
  users: { value: 'N', type: 'number', min: 0, max: 10_000_000, help: 'users in the org [500]' },
  seed: {
    value: 'N',
    type: 'number',
    min: 0,
    max: Number.MAX_SAFE_INTEGER,
    help: 'the same seed makes the same org [7]',
  },
  faults: {
    value: 'FILE|seed:N[:RATE]',
    help: 'faults to inject: a JSON file, or a random share of the requests',
  },
  'rate-limit': { value: 'N|off', help: 'requests a minute of each bucket, or off' },
  state: { value: 'FILE', type: 'file', help: 'keep the org in this file' },

  'read-only': { help: 'refuse changes to the org' },
  open: { help: 'open the link in a browser' },
};

/** Flags with another meaning in `serve`. */
const OF_SERVE = {
  groups: {
    value: 'N',
    type: /** @type {const} */ ('number'),
    min: 2,
    max: 10_000_000,
    help: 'groups in the org [100]',
  },
};
const NAME_OF_RULE = { name: { value: 'NAME', help: 'the name of the rule' } };

export const GENERAL = ['help', 'version', 'verbose', 'quiet'];
export const SIGN_IN = [
  'org',
  'token-file',
  'bearer',
  'key-file',
  'client-id',
  'key-id',
  'scopes',
  'config',
  'profile',
];
const OUTPUT = ['output', 'fields', 'raw', 'bom'];
const LIST = [...OUTPUT, 'max', 'cursor', 'limit'];
const GROUP = ['name', 'type'];
const REMOVALS = ['max-removals', 'keep', 'rule-managed'];
const RUN = ['max-failed-adds', 'concurrency', 'verify', 'rest'];
const PEOPLE = ['by', 'column'];
const PLAN = [...PEOPLE, 'mode', ...REMOVALS, 'allow-empty', 'unresolved'];

const group = { name: 'GROUP', of: 'group' };
const people = {
  name: 'PERSON',
  of: 'people',
  many: true,
  help: 'ids or logins; - reads a list or CSV from standard input',
};
const members = {
  name: 'MEMBERS',
  of: 'file',
  help: 'a file with ids, logins or CSV; - reads standard input',
};
const rule = { name: 'RULE', of: 'rule' };
const person = { name: 'PERSON', of: 'person', help: 'an id or a login' };

/**
 * @typedef {object} Command
 * @property {string} words
 * @property {string} summary
 * @property {{ name: string, of: string, many?: boolean, optional?: boolean, help?: string, choices?: readonly string[] }[]} [args]
 * @property {string[]} [flags]
 * @property {Record<string, Flag>} [own] flags with another meaning in this command
 * @property {string[]} [scopes]
 * @property {boolean} [offline] the command sends no request to an org
 * @property {'asks' | 'writes'} [effect]
 * @property {string} [more]
 * @property {string[]} [examples]
 */

/** @type {Command[]} */
export const COMMANDS = [
  {
    words: 'list',
    summary: 'list groups',
    flags: ['search', 'filter', 'q', 'sort-by', 'sort-order', 'expand', ...LIST],
    scopes: READ,
    examples: [
      'list --max 20',
      `list --search 'profile.name sw "West"' -o csv > west.csv`,
      'list --expand stats --fields id,profile.name,_embedded.stats.usersCount',
    ],
  },
  {
    words: 'get',
    summary: 'show a group',
    args: [group],
    flags: [...GROUP, 'expand', ...OUTPUT],
    scopes: READ,
    examples: ['get --name "West Coast" --expand stats'],
  },
  {
    words: 'create',
    summary: 'create a group',
    args: [{ name: 'NAME', of: 'text' }],
    flags: ['description', 'set', 'set-json', 'if-exists', ...OUTPUT],
    scopes: MANAGE,
    effect: 'writes',
    examples: ['create "West Coast" --description "All users West" --if-exists return'],
  },
  {
    words: 'update',
    summary: 'change attributes of a group and keep all others',
    args: [group],
    flags: [...GROUP, 'description', 'set', 'set-json', 'yes', ...OUTPUT],
    scopes: MANAGE,
    effect: 'asks',
    examples: ['update 00g1emaKYZTWRYYRRTSK --set name="East Coast" --yes'],
  },
  {
    words: 'delete',
    summary: 'delete a group',
    args: [group],
    flags: [...GROUP, 'if-missing', 'yes'],
    scopes: MANAGE,
    effect: 'asks',
    examples: ['delete --name "West Coast" --type OKTA_GROUP --yes'],
  },
  {
    words: 'members list',
    summary: 'list the members of a group',
    args: [group],
    flags: [...GROUP, 'search', 'expand', ...LIST],
    scopes: READ,
    examples: ['members list --name "West Coast" --fields profile.login'],
  },
  {
    words: 'members add',
    summary: 'add people to a group',
    args: [group, people],
    flags: [...GROUP, ...PEOPLE, ...RUN, 'output'],
    scopes: MANAGE_PEOPLE,
    effect: 'writes',
    examples: [
      'members add --name "West Coast" ada@example.com',
      'members add 00g1emaKYZTWRYYRRTSK - < people.csv',
    ],
  },
  {
    words: 'members remove',
    summary: 'remove people from a group',
    args: [group, people],
    flags: [...GROUP, ...PEOPLE, 'rule-managed', ...RUN, 'yes', 'output'],
    scopes: MANAGE_PEOPLE,
    effect: 'asks',
    examples: ['members remove --name "West Coast" ada@example.com --yes'],
  },
  {
    words: 'apps',
    summary: 'list the apps that a group is assigned to',
    args: [group],
    flags: [...GROUP, ...LIST],
    scopes: READ,
  },
  {
    words: 'owners list',
    summary: 'list the owners of a group',
    args: [group],
    flags: [...GROUP, 'search', ...LIST],
    scopes: READ,
  },
  {
    words: 'owners add',
    summary: 'make a person or a group an owner',
    args: [group, { name: 'OWNER', of: 'person', help: 'the id or login of a person, or the id of a group' }],
    flags: [...GROUP, 'owner-type', ...OUTPUT],
    scopes: MANAGE_PEOPLE,
    effect: 'writes',
  },
  {
    words: 'owners remove',
    summary: 'remove an owner',
    args: [group, { name: 'OWNER', of: 'person', help: 'the id or login of a person, or the id of a group' }],
    flags: [...GROUP, 'owner-type', 'if-missing', 'yes'],
    scopes: MANAGE_PEOPLE,
    effect: 'asks',
  },
  {
    words: 'rules list',
    summary: 'list group rules',
    flags: ['search', 'expand', ...LIST],
    scopes: READ,
    more: '--search is a keyword here, not an expression.',
  },
  { words: 'rules get', summary: 'show a rule', args: [rule], flags: ['expand', ...OUTPUT], scopes: READ },
  {
    words: 'rules create',
    summary: 'create a rule, which is inactive at first',
    flags: ['name', 'expression', 'groups', 'body', 'activate', ...OUTPUT],
    own: NAME_OF_RULE,
    scopes: MANAGE,
    effect: 'writes',
    examples: [
      `rules create --name Sales --expression 'user.department=="Sales"' --groups 00g1emaKYZTWRYYRRTSK --activate`,
    ],
  },
  {
    words: 'rules update',
    summary: 'change a rule and keep its status',
    args: [rule],
    flags: ['name', 'expression', 'groups', 'body', 'yes', ...OUTPUT],
    own: NAME_OF_RULE,
    scopes: MANAGE,
    effect: 'asks',
    more: 'The client deactivates the rule, replaces it and activates it again. If the new rule is refused, it activates the old one.',
  },
  {
    words: 'rules delete',
    summary: 'delete a rule',
    args: [rule],
    flags: ['remove-users', 'if-missing', 'yes'],
    scopes: MANAGE,
    effect: 'asks',
  },
  {
    words: 'rules activate',
    summary: 'activate a rule',
    args: [rule],
    flags: ['yes'],
    scopes: MANAGE,
    effect: 'asks',
  },
  {
    words: 'rules deactivate',
    summary: 'deactivate a rule',
    args: [rule],
    flags: ['yes'],
    scopes: MANAGE,
    effect: 'asks',
  },
  {
    words: 'users get',
    summary: 'show a person',
    args: [person],
    flags: OUTPUT,
    scopes: READ_PEOPLE,
    examples: ['users get ada@example.com'],
  },
  {
    words: 'users list',
    summary: 'list people',
    flags: ['search', 'filter', 'q', 'sort-by', 'sort-order', ...LIST],
    scopes: READ_PEOPLE,
    examples: [`users list --search 'profile.department eq "Sales"' --fields id,profile.login`],
  },
  {
    words: 'users groups',
    summary: 'list the groups of a person',
    args: [person],
    flags: LIST,
    scopes: READ_PEOPLE,
    examples: ['users groups ada@example.com -o ids'],
  },
  {
    words: 'plan',
    summary: "plan a group's members and write the plan to a file",
    args: [group, members],
    flags: [...GROUP, ...PLAN, 'out', 'output'],
    scopes: MANAGE_PEOPLE,
    examples: ['plan --name "West Coast" people.csv --out west.plan.json', 'apply west.plan.json'],
  },
  {
    words: 'apply',
    summary: 'carry out a plan, or the rest of a run',
    args: [{ name: 'FILE', of: 'file', many: true, help: 'files that plan, sync or sync-many wrote' }],
    flags: [...RUN, ...REMOVALS, 'yes', 'output'],
    scopes: MANAGE,
    effect: 'asks',
  },
  {
    words: 'sync',
    summary: 'make a group have exactly these members',
    args: [group, members],
    flags: [...GROUP, ...PLAN, ...RUN, 'apply', 'yes', 'output'],
    scopes: MANAGE_PEOPLE,
    effect: 'asks',
    more: 'It shows the plan and changes nothing without --apply. With --apply it asks before it removes anyone.',
    examples: ['sync --name "West Coast" people.csv', 'sync --name "West Coast" people.csv --apply --yes'],
  },
  {
    words: 'sync-many',
    summary: 'make many groups have exactly these members',
    args: [
      {
        name: 'FILE',
        of: 'file',
        help: 'CSV with a row for each member, or JSON of group to members; - reads standard input',
      },
    ],
    flags: [...PLAN, 'max-removals-total', ...RUN, 'shard', 'apply', 'yes', 'output'],
    scopes: MANAGE_PEOPLE,
    effect: 'asks',
    more: 'The CSV names a group by a column groupId or groupName, and a person by id (or userId), login or email.',
  },
  {
    words: 'export',
    summary: 'read all groups, their members or their apps',
    args: [
      {
        name: 'WHAT',
        of: 'choice',
        choices: ['groups', 'members', 'apps'],
        optional: true,
        help: 'groups (default), members or apps',
      },
    ],
    flags: ['search', 'expand', 'lanes', 'shard', 'out', 'checkpoint', 'max', ...OUTPUT],
    scopes: READ,
    examples: [
      'export members --search \'type eq "OKTA_GROUP"\' -o csv --out members.csv --checkpoint members.state',
    ],
  },
  {
    words: 'check',
    summary: 'validate an expression, and report what Okta does not document',
    args: [{ name: 'EXPR', of: 'text' }],
    flags: ['parameter', 'strict', 'output'],
    offline: true,
    examples: [`check 'profile.name ew "West"'`],
  },
  {
    words: 'request',
    summary: 'send any request below /api/v1',
    args: [
      { name: 'METHOD', of: 'choice', choices: ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] },
      { name: 'PATH', of: 'text', many: true, help: '/groups/rules, or segment by segment: groups rules' },
    ],
    flags: ['query', 'body', 'paginate', 'link-optional', 'idempotent', 'yes', ...OUTPUT, 'max', 'cursor'],
    scopes: READ,
    effect: 'asks',
    examples: ['request GET /meta/schemas/group/default', 'request GET logs --paginate --max 100'],
  },
  {
    words: 'whoami',
    summary: 'show the org, and the user or app of the credential',
    flags: ['output'],
    scopes: READ,
  },
  {
    words: 'console',
    summary: 'show and change groups in a browser; the token stays in this process',
    flags: ['read-only', 'port', 'open'],
    scopes: MANAGE_PEOPLE,
    more: 'It prints a link, which opens the console once, and runs until Ctrl-C. --org alone needs no credential: the page asks for a token and the command keeps it in memory.',
    examples: ['console --org https://example.okta.com', 'console --read-only --open'],
  },
  {
    words: 'serve',
    summary: 'run a local org to try commands against',
    flags: ['groups', 'users', 'seed', 'faults', 'rate-limit', 'state', 'port'],
    own: OF_SERVE,
    offline: true,
    examples: ['serve --port 8080 --groups 1000'],
  },
  {
    words: 'completion',
    summary: 'print the completion script of a shell',
    args: [{ name: 'SHELL', of: 'choice', choices: ['bash', 'zsh', 'fish', 'powershell'] }],
    offline: true,
    examples: ['completion bash > ~/.local/share/bash-completion/completions/okta-groups'],
  },
];

/** The flags of a command, by name. */
export function flagsOf(command) {
  const names = [...(command.flags ?? []), ...(command.offline ? [] : SIGN_IN), ...GENERAL];
  return new Map(names.map((name) => [name, command.own?.[name] ?? FLAGS[name]]));
}

/** The command that the first words name, and the number of these words. */
export function commandOf(words) {
  for (const count of [2, 1]) {
    const wanted = words.slice(0, count).join(' ');
    const command = words.length >= count && COMMANDS.find((each) => each.words === wanted);
    if (command) return { command, count };
  }
  return undefined;
}

/** The commands that begin with a word: `members` has three. */
export const family = (word) => COMMANDS.filter(({ words }) => words.startsWith(`${word} `));
