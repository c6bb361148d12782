// Writes the help texts from the tables of `usage.js`.
import { COMMANDS, FLAGS, GENERAL, SIGN_IN, family, flagsOf } from './usage.js';
import { EXIT_CODES } from './exit.js';
import { synopsis } from './args.js';

const WIDTH = 100;

export function overview() {
  const titles = [
    [
      'Groups',
      COMMANDS.filter(({ words }) => ['list', 'get', 'create', 'update', 'delete', 'apps'].includes(words)),
    ],
    [
      'Members, owners, rules, people',
      COMMANDS.filter(({ words }) => /^(members|owners|rules|users) /.test(words)),
    ],
    [
      'Jobs',
      COMMANDS.filter(({ words }) => ['plan', 'apply', 'sync', 'sync-many', 'export'].includes(words)),
    ],
    [
      'Tools',
      COMMANDS.filter(({ words }) =>
        ['check', 'request', 'whoami', 'console', 'serve', 'completion'].includes(words),
      ),
    ],
  ];
  const parts = titles.map(
    ([title, commands]) =>
      `${title}\n${rows(/** @type {any[]} */ (commands).map(({ words, summary }) => [words, summary]))}`,
  );
  return [
    "okta-groups: Okta's groups, members and rules from the command line",
    'usage: okta-groups COMMAND [arguments] [flags]',
    ...parts,
    `Every command\n${flagRows(flagsOfNames(GENERAL))}`,
    [
      'okta-groups help COMMAND     what a command does, and its flags',
      'okta-groups help sign-in     where the org and the credential come from',
      'okta-groups help exit-codes  what a script may decide on',
    ].join('\n'),
  ].join('\n\n');
}

export function helpFor(command) {
  const flags = flagsOf(command);
  const own = [...flags].filter(([name]) => !GENERAL.includes(name) && !SIGN_IN.includes(name));
  const args = (command.args ?? []).filter(({ help, of }) => help || of === 'group' || of === 'rule');
  const parts = [`${command.summary}`, synopsis(command)];
  if (command.more) parts.push(wrapped(command.more, ''));
  if (args.length > 0)
    parts.push(`Arguments\n${rows(args.map((arg) => [arg.name, arg.help ?? meaning(arg)]))}`);
  if (own.length > 0) parts.push(`Flags\n${flagRows(own)}`);
  if (command.effect === 'asks')
    parts.push('It asks before it removes or overwrites; where there is no terminal it needs --yes.');
  if (!command.offline) parts.push('Sign-in flags: okta-groups help sign-in');
  if (command.examples)
    parts.push(`Examples\n${command.examples.map((line) => `  okta-groups ${line}`).join('\n')}`);
  return parts.join('\n\n');
}

const meaning = ({ of }) =>
  of === 'group' ? 'the id of a group; --name NAME in its place finds it by its name' : 'the id of a rule';

export function helpForFamily(word) {
  return [
    `usage: okta-groups ${word} COMMAND`,
    rows(family(word).map(({ words, summary }) => [words, summary])),
    'okta-groups help COMMAND tells more.',
  ].join('\n\n');
}

export function helpSignIn() {
  return [
    'Org and credential come from the first of these that is set:',
    [
      '  1. flags that name files: --org with --token-file, or with --key-file and --client-id; or --config FILE',
      '  2. --profile NAME: the file ~/.okta/NAME.yaml',
      '  3. the environment: OKTA_CLIENT_ORGURL with OKTA_CLIENT_TOKEN, or with OKTA_CLIENT_AUTHORIZATIONMODE=PrivateKey,',
      '     OKTA_CLIENT_CLIENTID and OKTA_CLIENT_PRIVATEKEY; or OKTA_ORG_URL with OKTA_TOKEN',
      "  4. ~/.okta/okta.yaml, as Okta's own tools write it",
    ].join('\n'),
    'Both come from one of them. Org from one and credential from another is refused (exit code 4), so that no\ntoken is sent to another org. A secret is never an argument.',
    `Flags\n${flagRows(flagsOfNames(SIGN_IN))}`,
    'HTTPS_PROXY, NO_PROXY and NODE_EXTRA_CA_CERTS are kept.',
  ].join('\n\n');
}

export function helpExitCodes() {
  return `Exit codes\n${rows(EXIT_CODES.map(([code, meaning]) => [String(code), String(meaning)]))}`;
}

const flagsOfNames = (names) => names.map((name) => [name, FLAGS[name]]);

function flagRows(flags) {
  return rows(
    flags.map(([name, { value, short, optional, help }]) => {
      const takes = value ? (optional ? `[=${value}]` : ` ${value}`) : '';
      return [`${short ? `-${short}, ` : '    '}--${name}${takes}`, help];
    }),
  );
}

function rows(pairs) {
  const left = Math.min(34, Math.max(...pairs.map(([name]) => name.length))) + 2;
  return pairs
    .map(([name, text]) => {
      const head = `  ${name.padEnd(left)}`;
      return head + wrapped(text, ' '.repeat(left + 2), head.length).trimStart();
    })
    .join('\n');
}

function wrapped(text, indent, at = indent.length) {
  let line = '';
  let room = WIDTH - at;
  const lines = [];
  for (const word of text.split(' ')) {
    if (line && line.length + 1 + word.length > room) {
      lines.push(line);
      line = word;
      room = WIDTH - indent.length;
    } else {
      line = line ? `${line} ${word}` : word;
    }
  }
  lines.push(line);
  return lines.join(`\n${indent}`);
}
