// An export of groups to a file: written page by page, paused and gone on with, and never short without saying so.
import { signal } from '@preact/signals';
import { isOktaError } from 'okta-groups/external';
import type { Group, GroupsCheckpoint } from 'okta-groups/external';

import { FileWriter, GROUP_COLUMNS, fileName } from '../../model/csv.ts';
import type { FileForm } from '../../model/csv.ts';
import { dayOf } from '../../model/days.ts';
import { toRecord } from '../../model/row.ts';
import type { GroupRow } from '../../model/row.ts';
import { spare } from '../../org/groups.ts';
import { after, whenQuiet } from '../../org/person.ts';
import { client, orgName } from '../../org/session.ts';

/** What is exported. */
export type ExportSource =
  /** Rows that were read, with the fields that the list keeps. */
  | { readonly kind: 'rows'; readonly rows: readonly GroupRow[] }
  /** All groups that a `search` finds, whole; without it, all of the org. */
  | { readonly kind: 'search'; readonly search: string | undefined };

export interface ExportState {
  readonly state: 'running' | 'paused' | 'failed' | 'done' | 'stopped';
  /** Groups in the file. */
  readonly rows: number;
  readonly bytes: number;
  /** Groups that are left, about, and how long they take. */
  readonly left?: number | undefined;
  readonly etaMs?: number | undefined;
  readonly error?: unknown;
  /** Name of the file that was written. */
  readonly file?: string;
  /** The file could not be given the name of a partial one: its last line alone says it. */
  readonly isNameWhole?: boolean;
  /** Until when it waits for the rate limit; by `Date.now()`. */
  readonly waitsUntil?: number | undefined;
}

/** Where the text goes. */
interface Sink {
  write(text: string): Promise<void>;
  /** Ends the file; gives its name. */
  close(name: string): Promise<string>;
}

/** Rows that are written at once. */
const STEP = 1_000;
/** Listings at once; a person's request waits for one of them at most. */
const LANES = 3;

export class ExportJob {
  readonly state = signal<ExportState>({ state: 'running', rows: 0, bytes: 0 });
  readonly #source: ExportSource;
  readonly #form: FileForm;
  readonly #writer: FileWriter;
  readonly #sink: Sink;
  #turn = new AbortController();
  #checkpoint: GroupsCheckpoint | undefined;
  /** Ids in the file: a page that comes again after a pause adds none twice. */
  #ids = new Set<string>();
  #at = 0;

  /** Asks for a file where the browser can write one, and begins. Gives nothing if the person chose none. */
  static async begin(
    source: ExportSource,
    form: FileForm,
    { bom = false } = {},
  ): Promise<ExportJob | undefined> {
    const sink = await openSink(nameOf(source, form));
    if (!sink) return undefined;
    const job = new ExportJob(source, form, bom, sink);
    void job.run();
    return job;
  }

  constructor(source: ExportSource, form: FileForm, bom: boolean, sink: Sink) {
    this.#source = source;
    this.#form = form;
    this.#sink = sink;
    const columns =
      source.kind === 'rows' ? [...GROUP_COLUMNS, 'members', 'apps', 'source.id'] : GROUP_COLUMNS;
    this.#writer = new FileWriter({ form, columns, bom: bom && form === 'csv' });
  }

  #put(change: Partial<ExportState>): void {
    this.state.value = { ...this.state.peek(), ...change };
  }

  async #write(items: readonly unknown[]): Promise<void> {
    await this.#text(this.#writer.rows(items));
    this.#put({ rows: this.#writer.count });
  }

  async #text(text: string): Promise<void> {
    if (text === '') return;
    await this.#sink.write(text);
    this.#put({ bytes: this.state.peek().bytes + text.length });
  }

  /** Goes on: from the beginning, or after a pause or a failure. */
  async run(): Promise<void> {
    const turn = (this.#turn = new AbortController());
    this.#put({ state: 'running', error: undefined });
    try {
      if (this.#source.kind === 'rows') await this.#rows(this.#source.rows, turn.signal);
      else await this.#search(this.#source.search, turn.signal);
      await this.#text(this.#writer.end());
      this.#put({ state: 'done', left: 0, file: await this.#sink.close(nameOf(this.#source, this.#form)) });
    } catch (error) {
      if (this.state.peek().state === 'stopped') return;
      const isPaused = turn.signal.aborted || isOktaError(error, 'aborted');
      this.#put(isPaused ? { state: 'paused' } : { state: 'failed', error });
    } finally {
      this.#put({ waitsUntil: undefined });
    }
  }

  async #rows(rows: readonly GroupRow[], signal: AbortSignal): Promise<void> {
    while (this.#at < rows.length) {
      signal.throwIfAborted();
      const some = rows.slice(this.#at, this.#at + STEP);
      await this.#write(some.map(recordOf));
      this.#at += some.length;
      this.#put({ left: rows.length - this.#at });
      await new Promise((resolve) => setTimeout(resolve));
    }
  }

  async #search(search: string | undefined, signal: AbortSignal): Promise<void> {
    const org = await client();
    let taken: Group[] = [];
    const flush = async (): Promise<void> => {
      const some = taken;
      taken = [];
      await this.#write(some);
      for (const { id } of some) this.#ids.add(id);
    };
    const groups = org.groups.exportGroups({
      search,
      lanes: LANES,
      signal,
      ...(this.#checkpoint && { resume: this.#checkpoint }),
      // The file holds what the checkpoint covers, and nothing else: what was taken since comes again after a failure.
      checkpoint: async (state) => {
        await flush();
        this.#checkpoint = state;
        await whenQuiet(signal);
        await this.#reserve(signal);
      },
      onProgress: ({ left, etaMs }) => this.#put({ left, etaMs }),
    });
    for await (const group of groups) {
      if (!this.#ids.has(group.id)) taken.push(group);
    }
    await flush();
  }

  /** Leaves a tenth of the rate limit to people and other programs. */
  async #reserve(signal: AbortSignal): Promise<void> {
    const bucket = (await client()).rateLimits().get('groups');
    if (!bucket || spare(bucket) > 0 || bucket.resetsInMs <= 0) return;
    this.#put({ waitsUntil: Date.now() + bucket.resetsInMs });
    await after(bucket.resetsInMs + 100, signal);
    this.#put({ waitsUntil: undefined });
  }

  /** Stops for now; `run` goes on. */
  pause(): void {
    this.#turn.abort();
  }

  /** Ends it with what there is: the name of the file and its last line say that it is partial. */
  async stop(): Promise<void> {
    const { state, error } = this.state.peek();
    if (state === 'done' || state === 'stopped') return;
    this.#put({ state: 'stopped', error: undefined });
    this.#turn.abort();
    try {
      const why = state === 'failed' && error instanceof Error ? `failed (${error.message})` : 'stopped';
      await this.#text(this.#writer.end(why));
      const wanted = nameOf(this.#source, this.#form, true);
      const file = await this.#sink.close(wanted);
      this.#put({ file, isNameWhole: !file.includes('.partial.') });
    } catch (failure) {
      this.#put({ state: 'failed', error: failure });
    }
  }
}

function nameOf({ kind }: ExportSource, form: FileForm, isPartial = false): string {
  const what = kind === 'rows' ? 'some groups' : 'groups';
  return fileName([what, orgName.peek(), dayOf(Date.now())], form, isPartial);
}

function recordOf(row: GroupRow): Record<string, unknown> {
  return { ...toRecord(row), members: row.users, apps: row.apps };
}

interface SaveHandle {
  name: string;
  createWritable(): Promise<{ write(text: string): Promise<void>; close(): Promise<void> }>;
  move?(name: string): Promise<void>;
}

/** A file that the person chooses, where the browser can write one; else parts that are downloaded at the end. */
async function openSink(name: string): Promise<Sink | undefined> {
  const { showSaveFilePicker } = window as {
    showSaveFilePicker?: (options: { suggestedName: string }) => Promise<SaveHandle>;
  };
  if (!showSaveFilePicker) return partsSink();
  let handle: SaveHandle;
  try {
    handle = await showSaveFilePicker({ suggestedName: name });
  } catch (error) {
    if ((error as DOMException).name === 'AbortError') return undefined;
    // The picker is forbidden here (a frame, a policy).
    return partsSink();
  }
  const file = await handle.createWritable();
  return {
    write: (text) => file.write(text),
    async close(wanted) {
      await file.close();
      if (!wanted.includes('.partial.') || !handle.move) return handle.name;
      const dot = handle.name.lastIndexOf('.');
      const partial =
        dot < 0 ? `${handle.name}.partial` : `${handle.name.slice(0, dot)}.partial${handle.name.slice(dot)}`;
      try {
        await handle.move(partial);
        return partial;
      } catch {
        return handle.name;
      }
    },
  };
}

function partsSink(): Sink {
  const parts: Blob[] = [];
  let texts: string[] = [];
  let length = 0;
  const pack = (): void => {
    parts.push(new Blob(texts));
    texts = [];
    length = 0;
  };
  return {
    async write(text) {
      texts.push(text);
      length += text.length;
      // Blobs leave the memory of the page.
      if (length > 1_000_000) pack();
    },
    async close(name) {
      pack();
      const type = name.endsWith('.csv') ? 'text/csv' : 'application/x-ndjson';
      const url = URL.createObjectURL(new Blob(parts, { type }));
      const link = document.createElement('a');
      link.href = url;
      link.download = name;
      link.click();
      setTimeout(() => URL.revokeObjectURL(url), 60_000);
      return name;
    },
  };
}
