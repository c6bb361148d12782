// Reads the org and the credential from environment variables, in Node only: other builds contain no-env.js instead.
// `src/native/env.rs` decides the same for Rust; the table tests/fixtures/environment.json holds the two equal.
import { bearer, ssws } from './token.js';
import { CONNECT } from './connect.js';
import { Hidden } from './hidden.js';
import { isOktaError, oktaError } from './error-classes.js';
import { own } from './own.js';
import { typeOf } from './options.js';

const [ORG_URL, TOKEN] = ['OKTA_ORG_URL', 'OKTA_TOKEN'];
const [CLIENT_ORGURL, CLIENT_TOKEN] = ['OKTA_CLIENT_ORGURL', 'OKTA_CLIENT_TOKEN'];
const [CLIENT_ID, CLIENT_KEY] = ['OKTA_CLIENT_CLIENTID', 'OKTA_CLIENT_PRIVATEKEY'];
const [CLIENT_SCOPES, CLIENT_MODE] = ['OKTA_CLIENT_SCOPES', 'OKTA_CLIENT_AUTHORIZATIONMODE'];

/** This package's family of variables. */
const OWN = [ORG_URL, TOKEN];
/** The vendor SDK's family, in the order in which an error names them. */
const VENDOR = [CLIENT_TOKEN, CLIENT_KEY, CLIENT_ORGURL, CLIENT_ID, CLIENT_SCOPES, CLIENT_MODE];

/**
 * Has `make` make a client from options and from the org and credential of the environment. `load` loads the entry
 * `okta-groups/auth` when the first call of a client with a private key needs it.
 * @param {any} given
 * @param {(options: any) => any} make
 * @param {() => any} [load]
 */
export function fromEnvironment(given, make, load = () => import('okta-groups/auth')) {
  if (given !== undefined && (typeof given !== 'object' || !given || Array.isArray(given))) {
    throw wrong('options', `must be an object, not ${typeOf(given)}`);
  }
  const options = own(given);
  for (const name of ['orgUrl', 'auth']) {
    if (options[name] !== undefined) {
      throw wrong(name, 'is read from the environment; pass it to new OktaGroups()');
    }
  }
  const { orgUrl, auth } = found(own(globalThis.process?.env), load);
  try {
    return make({ ...options, orgUrl: orgUrl.value, auth });
  } catch (error) {
    // Cut: the rest of the message suggests a URL, which quotes most of the variable's value.
    const cut = (reason) => reason.split('; probably meant')[0];
    throw named(error, { orgUrl: orgUrl.name }, /^orgUrl /, cut);
  }
}

/** Reads the variables: the URL with the name of its variable, and the `auth`. */
function found(env, load) {
  const isSet = (name) => Boolean(env[name]?.trim());
  const needed = (name) => {
    if (!isSet(name)) throw wrong(name, env[name] === undefined ? 'is missing' : 'is empty');
    return env[name];
  };
  const url = (name) => ({ name, value: needed(name).trim() });
  const ofToken = (scheme, name) => {
    const token = needed(name);
    try {
      return scheme(token);
    } catch (error) {
      throw named(error, { auth: name }, /^\w+: the token /);
    }
  };

  const [mine, theirs] = [OWN.find(isSet), VENDOR.find(isSet)];
  if (!mine && !theirs) {
    const other = `${CLIENT_ORGURL} with ${CLIENT_TOKEN} or ${CLIENT_KEY}`;
    throw wrong(ORG_URL, `is missing; set it with ${TOKEN}, or ${other}`);
  }
  if (mine && theirs) {
    throw wrong(mine, `and ${theirs} must not both be set: a token must not go to another org`);
  }
  if (mine) return { orgUrl: url(ORG_URL), auth: ofToken(ssws, TOKEN) };

  const orgUrl = url(CLIENT_ORGURL);
  const hasToken = isSet(CLIENT_TOKEN);
  switch (
    bare(CLIENT_MODE, env[CLIENT_MODE] ?? '')
      .replace(/[_-]/g, '')
      .toLowerCase()
  ) {
    case '':
      if (hasToken && isSet(CLIENT_KEY)) {
        throw wrong(CLIENT_TOKEN, `and ${CLIENT_KEY} are both set; ${CLIENT_MODE} says which one counts`);
      }
      if (!hasToken && !isSet(CLIENT_ID) && !isSet(CLIENT_KEY)) {
        throw wrong(CLIENT_TOKEN, `is missing; set it, or ${CLIENT_ID} and ${CLIENT_KEY}`);
      }
      if (!hasToken) break;
    // falls through
    case 'ssws':
      return { orgUrl, auth: ofToken(ssws, CLIENT_TOKEN) };
    case 'bearer':
      return { orgUrl, auth: ofToken(bearer, CLIENT_TOKEN) };
    case 'privatekey':
      break;
    default:
      throw wrong(CLIENT_MODE, 'must be SSWS, Bearer or PrivateKey');
  }
  const clientId = bare(CLIENT_ID, needed(CLIENT_ID));
  const privateKey = needed(CLIENT_KEY);
  const scopes = isSet(CLIENT_SCOPES) ? scopesOf(env[CLIENT_SCOPES]) : undefined;
  return { orgUrl, auth: new App({ clientId, privateKey, ...(scopes && { scopes }) }, load) };
}

/** Trims a value, and refuses quotes around it, which some readers of env files leave in place. */
function bare(name, value) {
  const text = value.trim();
  if (/^["'`]|["'`]$/.test(text)) throw wrong(name, 'must not be in quotes');
  return text;
}

function scopesOf(text) {
  const scopes = bare(CLIENT_SCOPES, text)
    .split(/[\s,]+/)
    .filter(Boolean);
  if (scopes.length === 0 || !scopes.every((scope) => /^[\w.:/-]+$/.test(scope))) {
    throw wrong(CLIENT_SCOPES, 'must be names of scopes with blanks or commas between them');
  }
  return scopes;
}

function wrong(argument, reason) {
  return oktaError('config', `${argument} ${reason}`, { argument });
}

/** Turns a `config` error about an option in `names` into one about its variable; other errors stay as they are. */
function named(error, names, lead, cut = (reason) => reason) {
  const name = isOktaError(error, 'config') && Object.hasOwn(names, error.argument) && names[error.argument];
  return name ? wrong(name, cut(error.message.replace(lead, ''))) : error;
}

/** The variables of the options of `serviceApp`. */
const OF_APP = { clientId: CLIENT_ID, privateKey: CLIENT_KEY, scopes: CLIENT_SCOPES };

/** One object for each client ID: clients of one app share their rate limits. */
const apps = new Map();

/** A service app that loads `okta-groups/auth` when the first call needs a token. */
class App extends Hidden {
  #options;
  #load;
  #made;

  constructor(options, load) {
    super('serviceApp');
    this.#options = options;
    this.#load = load;
  }

  /** @returns {Promise<any>} */
  #app() {
    this.#made ??= this.#loaded().catch((error) => {
      this.#made = undefined;
      throw error;
    });
    return this.#made;
  }

  async #loaded() {
    let entry;
    try {
      entry = await this.#load();
    } catch (cause) {
      const reason = 'needs the entry okta-groups/auth, which could not be loaded';
      throw oktaError('config', `${CLIENT_KEY} ${reason}`, { argument: CLIENT_KEY, cause });
    }
    if (!entry.serviceApp) throw wrong(CLIENT_KEY, 'needs the entry okta-groups/auth, which only Node loads');
    return this.named(() => entry.serviceApp(this.#options));
  }

  /** Runs `work`; its errors then name variables in place of the app's options. */
  async named(work) {
    try {
      return await work();
    } catch (error) {
      throw named(error, OF_APP, /^serviceApp: \w+ /);
    }
  }

  authorize() {
    throw wrong(CLIENT_KEY, 'gives its token to a client only');
  }

  [CONNECT](given, platform, sameCredential) {
    // A copy: the client replaces `auth` and `fetch` in this object.
    const options = own(given);
    const connected = async () => {
      const app = await this.#app();
      return app[CONNECT](options, platform, sameCredential);
    };
    const { clientId } = this.#options;
    if (!apps.has(clientId)) apps.set(clientId, {});
    const auth = new Connected(this, connected);
    sameCredential(auth, apps.get(clientId));
    return { auth, fetch: (url, init) => auth.fetch(url, init) };
  }
}

/** The `auth` of one client of the app. */
class Connected extends Hidden {
  #app;
  #connect;
  #connected;
  /** The `auth` and `fetch` of the loaded app. */
  #link;

  constructor(app, connect) {
    super('serviceApp');
    this.#app = app;
    this.#connect = connect;
  }

  async authorize(request) {
    if (!this.#link) {
      this.#connected ??= this.#connect();
      try {
        this.#link = await this.#connected;
      } catch (error) {
        this.#connected = undefined;
        throw error;
      }
    }
    return this.#app.named(() => this.#link.auth.authorize(request));
  }

  invalidate(why, refused, began) {
    return this.#link?.auth.invalidate(why, refused, began) ?? false;
  }

  /** A request comes here only after `authorize`, which sets `#link`. */
  fetch(url, init) {
    return this.#link.fetch(url, init);
  }
}
