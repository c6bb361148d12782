// Finds one group by its exact name, without regard to case. `src/client/lookup.rs` decides the same for Rust; tests of both
// hold them equal.
import { now } from 'okta-groups-web/clock.js';
import { isOktaError, oktaError } from './error-classes.js';
import { FIND, callOptions, textArgument } from './options.js';
import { own } from './own.js';

/** A group that this client wrote is remembered this long, since a search may not find it yet. */
const REMEMBERED_MS = 30_000;

/** The groups that this client wrote in the last 30 s: names by id, the latest last. */
export class Written {
  #groups = new Map();

  /** Notes a group that was created or replaced. */
  note(group) {
    const { id, profile } = own(group);
    this.#groups.delete(id);
    this.#groups.set(id, { key: key(own(profile).name), time: now() });
    for (const [old, { time }] of this.#groups) {
      if (now() - time <= REMEMBERED_MS) break;
      this.#groups.delete(old);
    }
  }

  /** The ids of remembered groups that have this name or are in `found`. */
  ids(name, found) {
    return [...this.#groups]
      .filter(([id, { key, time }]) => now() - time <= REMEMBERED_MS && (key === name || found.has(id)))
      .map(([id]) => id);
  }
}

export async function findByName(groups, written, name, options) {
  const { type, ...call } = callOptions(options, FIND);
  if (!textArgument('name', name)) throw oktaError('argument', 'name is empty', { argument: 'name' });
  const wanted = key(name);
  const ofType = type === undefined ? '' : ` and type eq ${JSON.stringify(type)}`;
  const list = groups.list({ ...call, search: `profile.name eq ${JSON.stringify(name)}${ofType}` });
  const found = new Map((await list.toArray({ max: Infinity })).map((group) => [group.id, group]));
  // The search may have an old state of a group that was just written, or not find it: read each again.
  for (const id of written.ids(wanted, found)) {
    try {
      found.set(id, await groups.get(id, call));
    } catch (/** @type {any} */ error) {
      if (!isOktaError(error, 'not-found') || error.code !== 'E0000007') throw error;
      found.delete(id);
    }
  }
  const candidates = [...found.values()].filter(
    (group) => key(own(group.profile).name) === wanted && (type ?? group.type) === group.type,
  );
  if (candidates.length === 1) return candidates[0];
  const reason = candidates.length ? 'ambiguous' : 'none';
  const message = `${candidates.length || 'no'} groups are named ${JSON.stringify(name)}`;
  throw oktaError('lookup', message, { reason, candidates });
}

/** Folds the case of a name as the core does. */
const key = (name) => String(name).toLowerCase().replaceAll('ς', 'σ');
