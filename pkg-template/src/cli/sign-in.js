// Finds the org and the credential in flags, profiles, environment variables and files. Both come from one source, so that no
// token is sent to another org.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { OktaGroups, bearer, ssws } from 'okta-groups';
import { parse } from 'yaml';
import { CliError, noSignIn, usage } from './exit.js';
import { readText } from './files.js';
import { printable } from './printable.js';
import { fetchFor } from './proxy.js';

/**
 * The content of a source. `says` and `lacks` use the names of flags, variables or settings.
 * @typedef {object} Source
 * @property {string} name
 * @property {string | undefined} [org]
 * @property {Credential | undefined} [credential]
 * @property {string[]} says the names of the settings that it has
 * @property {string[]} lacks the names of the settings that are missing
 * @property {boolean} [environment]
 */
/** @typedef {{ kind: 'ssws' | 'bearer', token: string } | { kind: 'key', clientId: string, key: string, keyId?: string | undefined, scopes?: string[] | undefined }} Credential */

/**
 * Chooses the source. With `orgAlone` it may name an org without a credential: the credential then comes from a later
 * source for the same org. If a later source has a credential for another org or none, `unused` names its settings.
 * @param {any} flags
 * @param {{ env: any, home: string | undefined }} host
 * @param {{ orgAlone?: boolean }} [options]
 * @returns {Source & { unused?: string }}
 */
export function sourceOf(flags, { env, home }, { orgAlone = false } = {}) {
  const sources = [
    () => fromFlags(flags, home),
    () => fromProfile(flags, home),
    () => fromEnvironment(env),
    () => fromVendorFile(home),
  ];
  for (const [at, read] of sources.entries()) {
    const source = read();
    if (!source || source.says.length === 0) continue;
    const rest = sources.slice(at + 1);
    if (source.lacks.length === 0) return source;
    if (orgAlone && lacksTokenOnly(source)) return completed(source, rest);
    throw incomplete(source, rest);
  }
  if (orgAlone) {
    throw noSignIn(
      'there is no org',
      'okta-groups console --org https://example.okta.com, or set OKTA_ORG_URL; see okta-groups help sign-in',
      'to try it without an org: okta-groups serve',
    );
  }
  throw noSignIn(
    'there is no sign-in: no org and no credential',
    'set OKTA_ORG_URL and OKTA_TOKEN, or see okta-groups help sign-in',
    'to try it without an org: okta-groups serve',
  );
}

/** @param {Source} source */
const lacksTokenOnly = ({ org, says, lacks }) => org !== undefined && says.length === 1 && lacks.length === 1;

/** The first complete source for the same org, or else the org without a credential. */
function completed(source, rest) {
  const others = readable(rest);
  const whole = others.find(({ org, lacks }) => lacks.length === 0 && isSameOrg(org, source.org));
  if (whole) return whole;
  const other = others.find(({ credential }) => credential !== undefined);
  return { ...source, ...(other && { unused: `${other.says.join(' and ')} from ${other.name}` }) };
}

const isSameOrg = (a, b) => URL.canParse(a) && URL.canParse(b) && new URL(a).href === new URL(b).href;

/** The sources that can be read and have a setting. */
function readable(sources) {
  return sources.flatMap((read) => {
    try {
      const source = read();
      return source && source.says.length > 0 ? [source] : [];
    } catch {
      return [];
    }
  });
}

function incomplete(source, rest) {
  for (const other of readable(rest)) {
    const fills = (!source.org && other.org) || (!source.credential && other.credential);
    if (!fills) continue;
    return noSignIn(
      `org and credential come from two sources: ${source.says.join(' and ')} from ${source.name}, ${other.says.join(' and ')} from ${other.name}`,
      `${source.name} lacks ${source.lacks.join(' and ')}; both must come from one source, so that no token is sent to another org`,
    );
  }
  return noSignIn(
    `${source.name} ${source.name.startsWith('the flags') ? 'lack' : 'lacks'} ${source.lacks.join(' and ')}`,
    `it has ${source.says.join(' and ')}`,
  );
}

/** @returns {Source | undefined} */
function fromFlags(flags, home) {
  const {
    org,
    'token-file': tokenFile,
    'key-file': keyFile,
    'client-id': clientId,
    config,
    bearer: isBearer,
  } = flags;
  const set = ['org', 'token-file', 'key-file', 'client-id', 'config', 'profile'].filter(
    (name) => flags[name] !== undefined,
  );
  const says = set.filter((name) => name !== 'profile').map((name) => `--${name}`);
  if (says.length === 0) return undefined;
  if (set.length > 1 && (set.includes('config') || set.includes('profile'))) {
    throw noSignIn(
      `org and credential come from two sources: ${set.map((name) => `--${name}`).join(' and ')}`,
      'give one of them',
    );
  }
  if (config !== undefined) return fromYaml(config, `the file ${printable(config)} (--config)`, true, home);
  if (tokenFile !== undefined && keyFile !== undefined)
    throw usage('--token-file and --key-file are two credentials: give one');
  const lacks = [];
  if (org === undefined) lacks.push('--org');
  /** @type {Credential | undefined} */
  let credential;
  if (tokenFile !== undefined) {
    const token = readText(tokenFile, 'the token file').trim();
    if (token === '') throw noSignIn(`the token file ${printable(tokenFile)} is empty`);
    credential = { kind: isBearer ? 'bearer' : 'ssws', token };
  } else if (keyFile !== undefined && clientId !== undefined) {
    credential = { kind: 'key', clientId, key: readText(keyFile, 'the key file'), keyId: flags['key-id'] };
  } else if (keyFile !== undefined) {
    lacks.push('--client-id');
  } else {
    lacks.push(clientId === undefined ? '--token-file (or --key-file with --client-id)' : '--key-file');
  }
  return { name: 'the flags', org, credential, says, lacks };
}

function fromProfile({ profile }, home) {
  if (profile === undefined) return undefined;
  // Only a name: a path could lead to another file.
  if (!/^[\w-][\w.-]*$/.test(profile)) throw usage('--profile is a name of letters, digits, - and _');
  if (home === undefined)
    throw noSignIn(
      '--profile needs a home folder, and there is none',
      'set HOME, or name the file with --config',
    );
  const path = join(home, '.okta', `${profile}.yaml`);
  return fromYaml(path, `the profile ${profile} (~/.okta/${profile}.yaml)`, true, home);
}

/**
 * Reads the two families of variables. `OktaGroups.fromEnv` makes the client from them and decides finally.
 * @returns {Source}
 */
function fromEnvironment(env) {
  const [theirs, own] = [fromVendorVariables(env), fromOwnVariables(env)];
  if (theirs.says.length > 0 && own.says.length > 0) {
    throw noSignIn(
      `org and credential come from two families of variables: ${own.says.join(' and ')}, and ${theirs.says.join(' and ')}`,
      'unset one family, so that no token is sent to another org',
    );
  }
  return { ...(theirs.says.length > 0 ? theirs : own), environment: true };
}

function fromVendorVariables(env) {
  const named = (name) => env[`OKTA_CLIENT_${name}`]?.trim() || undefined;
  const settings = {
    orgUrl: named('ORGURL'),
    token: named('TOKEN'),
    authorizationMode: named('AUTHORIZATIONMODE'),
    clientId: named('CLIENTID'),
    privateKey: named('PRIVATEKEY'),
    keyId: named('PRIVATEKEYID') ?? named('KEYID') ?? named('KID'),
    scopes: named('SCOPES'),
  };
  return fromSettings(settings, 'the environment', (name) => `OKTA_CLIENT_${name.toUpperCase()}`, undefined);
}

/** @returns {Source} */
function fromOwnVariables(env) {
  const org = env.OKTA_ORG_URL?.trim() || undefined;
  const token = env.OKTA_TOKEN?.trim() || undefined;
  return {
    name: 'the environment',
    org,
    credential: token ? { kind: 'ssws', token } : undefined,
    says: [...(org ? ['OKTA_ORG_URL'] : []), ...(token ? ['OKTA_TOKEN'] : [])],
    lacks: [...(org ? [] : ['OKTA_ORG_URL']), ...(token ? [] : ['OKTA_TOKEN'])],
  };
}

const fromVendorFile = (home) =>
  home === undefined
    ? undefined
    : fromYaml(join(home, '.okta', 'okta.yaml'), 'the file ~/.okta/okta.yaml', false, home);

/** Reads `okta.client.…` of a YAML file, as the vendor's tools write it. */
function fromYaml(path, name, mustExist, home) {
  if (!existsSync(path)) {
    if (mustExist) throw noSignIn(`${name} does not exist`);
    return undefined;
  }
  let read;
  try {
    read = parse(readFileSync(path, 'utf8'));
  } catch {
    // The parser's message is dropped: it quotes the line, which may contain the token.
    throw noSignIn(`${name} is not YAML, or cannot be read`);
  }
  const client = read?.okta?.client;
  const text = (value) => (typeof value === 'string' && value.trim() ? value.trim() : undefined);
  const { scopes } = client ?? {};
  const settings = {
    orgUrl: text(client?.orgUrl),
    token: text(client?.token),
    authorizationMode: text(client?.authorizationMode),
    clientId: text(client?.clientId),
    privateKey: keyText(client?.privateKey),
    keyId: text(client?.privateKeyId) ?? text(client?.keyId) ?? text(client?.kid),
    scopes: Array.isArray(scopes)
      ? scopes.filter((each) => typeof each === 'string').join(' ')
      : text(scopes),
  };
  return fromSettings(settings, name, (setting) => `okta.client.${setting}`, home);
}

/** The text of a key, also of a JWK that is written as YAML. */
const keyText = (value) =>
  typeof value === 'object' && value !== null
    ? JSON.stringify(value)
    : typeof value === 'string' && value.trim()
      ? value
      : undefined;

/** @returns {Source} */
function fromSettings(
  { orgUrl, token, authorizationMode, clientId, privateKey, keyId, scopes },
  name,
  label,
  home,
) {
  const mode = authorizationMode?.replaceAll(/[_-]/g, '').toLowerCase();
  const key = mode === 'privatekey' || (mode === undefined && !token && Boolean(privateKey));
  if (mode !== undefined && !['privatekey', 'ssws', 'bearer'].includes(mode)) {
    throw noSignIn(`${label('authorizationMode')} of ${name} must be SSWS, Bearer or PrivateKey`);
  }
  const given = { orgUrl, ...(key ? { clientId, privateKey } : { token }) };
  const says = Object.entries(given).flatMap(([setting, value]) => (value ? [label(setting)] : []));
  const lacks = Object.entries(given).flatMap(([setting, value]) => (value ? [] : [label(setting)]));
  /** @type {Credential | undefined} */
  let credential;
  if (key && clientId && privateKey) {
    credential = {
      kind: 'key',
      clientId,
      key: keyOf(privateKey, home),
      keyId,
      scopes: scopes?.split(/[\s,]+/).filter(Boolean),
    };
  } else if (!key && token) {
    credential = { kind: mode === 'bearer' ? 'bearer' : 'ssws', token };
  }
  return { name, org: orgUrl, credential, says, lacks };
}

/** Reads a key from its text or from the file that it names, as the vendor's tools do. */
function keyOf(text, home) {
  if (/BEGIN|^\s*\{|[\r\n]/.test(text) || text.length > 1024) return text;
  const path = home === undefined ? text : text.replace(/^~(?=\/)/, () => home);
  return existsSync(path) ? readText(path, 'the key file') : text;
}

/**
 * Makes the client, with a description of its sign-in.
 * @param {any} context
 */
export async function connected(context) {
  const { flags, host, command, source = sourceOf(flags, host) } = context;
  const { org, credential } = /** @type {{ org: string, credential: Credential }} */ (source);
  const scopes = scopesFor(credential, flags, command);
  return said(source, async () => {
    const { fetch, fetchOptions, proxy } = await fetchFor(org, host.env);
    const options = {
      userAgent: `okta-groups-cli/${host.version}`,
      onEvent: (event) => context.onEvent(event),
      // Long limits: a command should wait for a rate limit rather than fail.
      totalTimeout: 900_000,
      retry: { maxRateLimitWait: 600_000 },
      ...(fetch && { fetch, fetchOptions }),
    };
    // `fromEnv` reads the scopes of a service app from this variable.
    if (source.environment && scopes) host.env.OKTA_CLIENT_SCOPES = scopes.join(' ');
    const client = source.environment
      ? OktaGroups.fromEnv(options)
      : new OktaGroups({ ...options, orgUrl: org, auth: await authOf(credential, scopes) });
    return {
      client,
      source,
      org: new URL(org).origin,
      credential: {
        kind: credential.kind,
        clientId: credential.kind === 'key' ? credential.clientId : undefined,
        scopes,
      },
      proxy,
    };
  });
}

/** Checks the org of a source without a credential, by the client's own check. */
export async function checkedOrg(source) {
  await said(source, async () => new OktaGroups({ orgUrl: source.org, auth: ssws(() => '') }));
}

/** Runs `work`; its configuration errors then name the source. */
async function said(source, work) {
  try {
    return await work();
  } catch (error) {
    const { kind, message } = /** @type {any} */ (error);
    if (error instanceof CliError || kind !== 'config') throw error;
    throw new CliError(4, `${printable(message)} (from ${source.name})`, { cause: error });
  }
}

export function scopesFor(credential, flags, command) {
  if (credential.kind !== 'key') return undefined;
  const asked = flags.scopes ?? credential.scopes ?? command.scopes;
  // Without scopes in the flags, the configuration and the command's row, the token gets the right to read.
  return asked.length > 0 ? asked : ['okta.groups.read'];
}

export async function authOf(credential, scopes) {
  switch (credential.kind) {
    case 'ssws':
      return ssws(credential.token);
    case 'bearer':
      return bearer(credential.token);
    default: {
      const { serviceApp } = await import('okta-groups/auth');
      const { clientId, key, keyId } = credential;
      return serviceApp({ clientId, privateKey: key, ...(keyId && { keyId }), scopes });
    }
  }
}
