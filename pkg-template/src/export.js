// Whole-org exports: sends the lists that the core orders, several at once, and yields their items as they arrive. Rust
// (src/export) decides which ranges are read, which items of a page belong to a range, and the content of a checkpoint.
import { Export, shardOf as shardOfCore } from 'okta-groups-core';
import { and, gt, lt, parse } from './expr.js';
import { EXPORT_GROUPS, EXPORT_OF_GROUPS } from './more-options.js';
import { unlessAborted } from './drive.js';
import { callOptions, textArgument } from './options.js';
import { now } from 'okta-groups-web/clock.js';
import { instance } from './trap.js';
import { isOktaError, oktaError } from './error-classes.js';
import { isIterable } from './is-iterable.js';
import { isRecord } from './is-record.js';
import { misshapen } from './shape.js';
import { onAbort } from './signal.js';
import { own } from './own.js';
import { ready } from './wasm.js';
import { tell } from './tell.js';

/** The shard, of `of` shards of the org, that a group belongs to. */
export function shardOf(groupId, of) {
  const id = textArgument('groupId', groupId);
  if (!Number.isInteger(of) || of < 1 || of > 2 ** 32 - 1) {
    throw oktaError('argument', 'of must be a whole number above 0', { argument: 'of' });
  }
  ready();
  return shardOfCore(id, of);
}

const LANES = 4;
/** The page size that Okta recommends, and that the client sends if a list has no `limit`. */
const LIMIT = 200;

/**
 * Exports the groups of an org.
 * @param {any} groups @param {any} calls @param {any} options
 */
export function exportGroups(groups, calls, options) {
  return new GroupExport(groups, calls, options);
}

/** Exports the members of groups, as rows. */
export function exportMembers(groups, calls, source, options) {
  const row = (groupId, user) => {
    const rules = own(user?._embedded)['group-rules'];
    return { groupId, user, ...(Array.isArray(rules) && { rules: rules.map((rule) => rule?.id) }) };
  };
  const list = (id, given) => groups.listUsers(id, { expand: 'group-rules', ...given });
  return new ExportOfGroups('members', list, row, calls, source, options);
}

/** Exports the applications of groups, as rows. */
export function exportApps(groups, calls, source, options) {
  const list = (id, given) => groups.listApps(id, given);
  return new ExportOfGroups('apps', list, (groupId, app) => ({ groupId, app }), calls, source, options);
}

/** The iterable that a program gets. Each iteration starts at the beginning, or at the checkpoint `resume`. */
class Items {
  #begin;

  constructor(begin) {
    this.#begin = begin;
  }

  async *[Symbol.asyncIterator]() {
    const run = this.#begin();
    const { checkpoint, onProgress } = run.options;
    try {
      for await (const chunk of run.chunks()) {
        yield* chunk.items;
        chunk.consumed();
        if (onProgress) tell(onProgress, run.progress());
        if (checkpoint) await checkpoint(run.state());
      }
    } finally {
      run.end();
    }
  }
}

/** One iteration of an export, with its options and the checkpoint that it resumes. */
class Run {
  /** The cursors of the checkpoint. */
  saved = new Set();
  began = now();
  #control = new AbortController();
  #unlisten;

  constructor(kind, calls, given, known) {
    this.kind = kind;
    this.calls = calls;
    const options = callOptions(given, known);
    const { checkpoint, resume, onProgress, lanes = LANES, signal, shard, ...list } = options;
    this.shard = shard && { index: shard.index, of: shard.of };
    this.options = { checkpoint, onProgress };
    this.lanes = lanes;
    this.list = { ...list, prefetch: 0, signal: this.#control.signal };
    this.org = calls.client().org;
    this.signal = signal;
    this.#unlisten = onAbort(signal, () => this.#control.abort(signal.reason));
    if (resume !== undefined) this.resumed = this.#checked(resume);
  }

  #checked(state) {
    const { v, kind, org, shard } = own(state);
    let wrong;
    if (!isRecord(state) || v !== 1 || kind !== this.kind)
      wrong = `is not a checkpoint of an export of ${this.kind}`;
    else if (org !== this.org) wrong = `is a checkpoint of another org, ${org}`;
    else if (partOf(shard) !== partOf(this.shard)) wrong = 'is a checkpoint of another shard';
    if (wrong) throw oktaError('argument', `resume ${wrong}`, { argument: 'resume' });
    return own(state);
  }

  /**
   * The options of a page. A page after another of this export keeps the page size of its cursor, which the client shrinks for
   * a slow org; `limit` would raise it again for each page. (Without `limit` a page has 200 items at most.)
   */
  paged(cursor) {
    const { limit, ...list } = this.list;
    const isKept = cursor !== undefined && !this.saved.has(cursor) && limit <= LIMIT;
    return { ...(isKept ? list : this.list), cursor };
  }

  /** Whether a group belongs to this shard. */
  isOurs(id) {
    return !this.shard || shardOf(id, this.shard.of) === this.shard.index;
  }

  /** Aborts all requests of the export. */
  end() {
    this.#unlisten?.();
    this.#control.abort();
  }

  state() {
    return { v: 1, kind: this.kind, org: this.org, shard: this.shard };
  }
}

/** A shard as text, to compare: a JSON store may change the order of its fields. */
const partOf = (shard) => (isRecord(shard) ? `${own(shard).index}/${own(shard).of}` : '');

const TIMES = ['from', 'to', 'asked'];
/** The fields of a range, in the order in which the core takes them. */
const RANGE = [...TIMES, 'cursor'];
/** Whether a field of a checkpoint is a time or empty. */
const isTime = (time) => (time ?? '') === '' || /^\d{4}-\d\d-\d\dT[\d:.]+Z$/.test(String(time));

class GroupRun extends Run {
  #groups;
  #machine;
  #of;
  #search;
  #expand;
  /** Whether one list without ranges reads everything: with one lane, or because the org refuses the search by ranges. */
  #isPlain;
  #items = 0;
  #here = 0;

  constructor(groups, calls, given) {
    super('groups', calls, given, EXPORT_GROUPS);
    this.#groups = groups;
    const { search, expand, ...list } = this.list;
    const { limit = LIMIT } = (this.list = list);
    this.#search = typeof search === 'string' ? parse(search) : search;
    this.#expand = expand;
    const saved = this.resumed;
    if (saved) this.#sameList(saved);
    this.#isPlain = saved ? saved.isPlain === true : this.lanes === 1;
    this.#items = saved?.items ?? 0;
    ready();
    this.#of = instance();
    const ranges = saved?.ranges.map((/** @type {any} */ range) => {
      this.saved.add(own(range).cursor);
      return RANGE.map((name) => own(range)[name] ?? '').join('\n');
    });
    this.#machine = new Export(this.#isPlain ? 1 : this.lanes, limit, ranges?.join('\x02'), !this.#isPlain);
  }

  #sameList(saved) {
    const isRange = (range) =>
      isRecord(range) &&
      RANGE.every((name) => !/[\n\x02]/.test(String(own(range)[name] ?? ''))) &&
      TIMES.every((name) => isTime(own(range)[name]));
    const isWhole =
      Array.isArray(saved.ranges) && saved.ranges.every(isRange) && Number.isInteger(saved.items);
    const is = (value) => (value === undefined ? undefined : String(value));
    const isSame = is(saved.search) === is(this.#search) && is(saved.expand) === is(this.#expand);
    if (isWhole && isSame) return;
    const what = isWhole ? 'belongs to an export with another search or expand' : 'is not a checkpoint';
    throw oktaError('argument', `resume ${what}`, { argument: 'resume' });
  }

  state() {
    const ranges = this.#core().saved();
    return {
      ...super.state(),
      search: this.#search && String(this.#search),
      expand: this.#expand && String(this.#expand),
      isPlain: this.#isPlain || undefined,
      items: this.#items,
      ranges: (ranges === '' ? [] : ranges.split('\x02')).map((range) => {
        const [from, to, asked, cursor] = range.split('\n').map((part) => part || undefined);
        return { from, to, asked, cursor };
      }),
    };
  }

  progress() {
    const left = this.#isPlain ? undefined : this.#core().left();
    const elapsed = now() - this.began;
    const etaMs =
      left !== undefined && this.#here > 0 ? Math.round((elapsed * left) / this.#here) : undefined;
    return { items: this.#items, ...(left !== undefined && { left }), ...(etaMs !== undefined && { etaMs }) };
  }

  #core() {
    // The ranges are lost with the wasm instance; the last checkpoint has them.
    if (this.#of !== instance()) throw oktaError('internal', 'the wasm instance of this export failed', {});
    return this.#machine;
  }

  /** The pages of all ranges, in the order in which they arrive. */
  chunks() {
    return together(() => this.#next(), 2 * this.lanes);
  }

  #next() {
    const order = this.#core().order();
    if (order === undefined) return undefined;
    const [newest, range, after, before, cursor] = order.split('\n');
    return this.#read(newest === '1', Number(range), after, before, cursor || undefined);
  }

  async #read(isNewest, range, after, before, cursor) {
    const isPlain = this.#isPlain;
    const conditions = [
      this.#search,
      !isPlain && after && gt('created', after),
      !isPlain && before && lt('created', before),
    ];
    // Okta sorts only results of a search: without a condition, the list has one that every group meets.
    const search = isPlain ? this.#search : (and.optional(...conditions) ?? gt('created', EPOCH));
    const sorted = isPlain ? {} : { sortBy: 'created', sortOrder: isNewest ? 'desc' : 'asc' };
    const kind = isNewest ? { limit: 1 } : { expand: this.#expand };
    let answer;
    try {
      answer = await this.#groups.list({ ...this.paged(cursor), ...kind, ...sorted, search }).withResponse();
    } catch (error) {
      if (this.#isPlain && !isPlain) return undefined;
      if (isPlain || !isOktaError(error, 'bad-request') || !this.#core().refused()) throw error;
      this.#isPlain = true;
      const message =
        'the org refuses to search and sort by created: the export reads one list, without lanes';
      const warning = {
        type: 'warning',
        parameter: 'search',
        attr: 'created',
        op: 'gt',
        reason: 'operator',
        message,
      };
      if (this.calls.link.onEvent) tell(this.calls.link.onEvent, warning);
      return undefined;
    }
    // The single list reads the items of this answer again, which was requested before the org refused a search.
    if (this.#isPlain && !isPlain) return undefined;
    const { data, response } = answer;
    const core = this.#core();
    if (isNewest) {
      core.newest(range, data.items[0]?.created);
      return undefined;
    }
    const kept = core.page(range, data.items.map(({ created }) => String(created)).join('\n'), data.cursor);
    if (kept === undefined) throw misshapen('groups out of the order of created', '/api/v1/groups', response);
    const items = data.items.slice(0, kept).filter(({ id }) => this.isOurs(id));
    const consumed = () => {
      this.#items += items.length;
      this.#here += items.length;
      this.#core().consumed(range);
    };
    return { items, consumed };
  }

  end() {
    super.end();
    if (this.#of === instance()) this.#machine.free();
    this.#of = undefined;
  }
}

/** A time before any group's `created`. */
const EPOCH = '1970-01-01T00:00:00.000Z';

/** An export of groups. Its options are checked when the iteration starts. */
class GroupExport extends Items {
  /** @type {() => GroupRun} */
  begin;

  constructor(groups, calls, options) {
    const given = isRecord(options) ? { ...options } : options;
    const begin = () => new GroupRun(groups, calls, given);
    super(begin);
    this.begin = begin;
  }
}

/** An export of the members or apps of groups. Several groups are read at once. */
class ExportOfGroups extends Items {
  constructor(kind, list, row, calls, source, options) {
    const given = isRecord(options) ? { ...options } : options;
    super(() => new RunOfGroups(kind, list, row, calls, source, given));
  }
}

class RunOfGroups extends Run {
  #listOf;
  #row;
  #source;
  #parts;
  /** Parts of the source that have unfinished groups, oldest first. */
  #open = [];
  /** Groups whose next page may be requested. */
  #idle = [];
  #isOver = false;
  #active = 0;
  #turn = Promise.resolve();
  /** Cursors of groups that are read in part, and the finished groups of parts that are unfinished. */
  #cursors;
  #done;
  #rows;
  #groups;
  #missing;

  constructor(kind, list, row, calls, groups, given) {
    super(kind, calls, given, EXPORT_OF_GROUPS);
    this.#listOf = list;
    this.#row = row;
    const {
      cursors = {},
      done = [],
      rows = 0,
      groups: count = 0,
      missing = [],
      source = 0,
    } = own(this.resumed);
    const isWhole =
      isRecord(cursors) &&
      Array.isArray(done) &&
      Array.isArray(missing) &&
      [rows, count].every(Number.isInteger);
    if (!isWhole) throw oktaError('argument', 'resume is not a checkpoint', { argument: 'resume' });
    this.#cursors = new Map(Object.entries(cursors));
    this.saved = new Set(this.#cursors.values());
    this.#done = new Set(done);
    this.#rows = rows;
    this.#groups = count;
    this.#missing = [...missing];
    this.#source = sourceOf(groups, source);
    this.#parts = this.#source.parts();
  }

  state() {
    return {
      ...super.state(),
      source: this.#source.state(),
      done: [...this.#done],
      cursors: Object.fromEntries(this.#cursors),
      rows: this.#rows,
      groups: this.#groups,
      missing: [...this.#missing],
    };
  }

  progress() {
    return { rows: this.#rows, groups: this.#groups, missing: this.#missing.length };
  }

  chunks() {
    return together(() => this.#next(), 2 * this.lanes);
  }

  #next() {
    if (this.#active >= this.lanes || (this.#isOver && this.#idle.length === 0)) return undefined;
    this.#active++;
    return this.#page().finally(() => this.#active--);
  }

  /** Reads the next page of a group, or the first page of another group. */
  async #page() {
    while (this.#idle.length === 0 && !this.#isOver) {
      // In turns: the source gets one request for a part at a time.
      this.#turn = this.#turn.then(() => this.#take());
      await this.#turn;
    }
    const group = this.#idle.shift();
    if (!group) return undefined;
    const { id } = group;
    let page = { items: [], cursor: undefined };
    let isMissing = false;
    try {
      page = await this.#listOf(id, this.paged(group.cursor));
    } catch (error) {
      // The group was deleted meanwhile, which does not stop the export of the others.
      if (!isOktaError(error, 'not-found')) throw error;
      isMissing = true;
    }
    group.cursor = page.cursor;
    if (page.cursor) this.#idle.push(group);
    const items = page.items.map((item) => ({
      ...this.#row(id, item),
      ...(group.of && { group: group.of }),
    }));
    const consumed = () => {
      this.#rows += items.length;
      if (page.cursor) this.#cursors.set(id, page.cursor);
      else this.#end(group, isMissing);
    };
    return { items, consumed };
  }

  async #take() {
    if (this.#idle.length > 0 || this.#isOver) return;
    const { value, done } = await unlessAborted(this.signal, this.#parts.next());
    if (done) {
      this.#isOver = true;
      return;
    }
    const { items, consumed } = value;
    const given = new Map();
    for (const group of items) {
      const id = textArgument('groups', idOf(group));
      if (this.isOurs(id)) given.set(id, typeof group === 'string' ? undefined : group);
    }
    const ids = [...given.keys()];
    const left = ids.filter((id) => !this.#done.has(id));
    const part = { ids, left: left.length, consumed };
    this.#open.push(part);
    for (const id of left) this.#idle.push({ id, of: given.get(id), part, cursor: this.#cursors.get(id) });
    this.#settle();
  }

  #end({ id, part }, isMissing) {
    this.#groups++;
    if (isMissing) this.#missing.push(id);
    this.#cursors.delete(id);
    this.#done.add(id);
    part.left--;
    this.#settle();
  }

  /** Drops leading parts whose groups are all done: a checkpoint resumes the source after them. */
  #settle() {
    while (this.#open[0]?.left === 0) {
      const { ids, consumed } = this.#open.shift();
      for (const id of ids) this.#done.delete(id);
      consumed();
    }
  }

  end() {
    super.end();
    this.#parts.return(undefined).catch(() => {});
    this.#source.end();
  }
}

const idOf = (group) => (typeof group === 'object' ? own(group).id : group);

/** The source of an export's groups: an export of groups, or any iterable. `state()` is its place in a checkpoint. */
function sourceOf(groups, from) {
  if (groups instanceof GroupExport) {
    const run = groups.begin();
    if (from !== 0 && !run.resumed) {
      const message = 'resume: give exportGroups() the checkpoint `state.source`, too';
      throw oktaError('argument', message, { argument: 'resume' });
    }
    return { parts: () => run.chunks(), state: () => run.state(), end: () => run.end() };
  }
  const isList = isIterable(groups);
  if (!isList || !Number.isInteger(from)) {
    const argument = isList ? 'resume' : 'groups';
    const message = isList
      ? 'resume is a checkpoint of another source'
      : 'groups must be an array, an iterable or exportGroups()';
    throw oktaError('argument', message, { argument });
  }
  let at = from;
  async function* parts() {
    let skip = from;
    const seen = new Set();
    for await (const group of groups) {
      const id = idOf(group);
      // A group that occurs again was already read, in this run or before the checkpoint.
      const items = seen.has(id) ? [] : [group];
      seen.add(id);
      if (skip > 0) skip--;
      else yield { items, consumed: () => at++ };
    }
  }
  return { parts, state: () => at, end() {} };
}

/**
 * Yields the chunks that `start` reads, in the order in which they arrive. At most `most` are being read or wait. An error
 * is thrown after all chunks that arrived before it.
 * @param {() => Promise<any> | undefined} start begins another read, or returns `undefined` if none may start now
 */
async function* together(start, most) {
  const read = [];
  let running = 0;
  /** @type {{ error: any } | undefined} */
  let failure;
  let wake = () => {};
  const more = () => {
    while (!failure && running + read.length < most) {
      let reading;
      try {
        reading = start();
      } catch (error) {
        failure = { error };
      }
      if (!reading) return;
      running++;
      reading
        .then(
          (chunk) => chunk && read.push(chunk),
          (error) => (failure ??= { error }),
        )
        .finally(() => {
          running--;
          more();
          wake();
        });
    }
  };
  for (;;) {
    more();
    const chunk = read.shift();
    if (chunk) yield chunk;
    else if (failure) throw failure.error;
    else if (!running) return;
    else await new Promise((resolve) => (wake = () => resolve(undefined)));
  }
}
