// One combobox for people and groups: type, and choose from what the org finds, or give an id.
import { useSignal } from '@preact/signals';
import { and, co, isOktaError, or, sw } from 'okta-groups/external';
import type { Group, OktaGroups, User } from 'okta-groups/external';
import type { ComponentChildren, JSX } from 'preact';
import { useEffect, useId, useMemo, useRef } from 'preact/hooks';

import { nameText } from '../model/names.ts';
import { isGroupId, isUserId, personOf, statusWords } from '../model/person.ts';
import { client } from '../org/session.ts';
import { wordsOf } from './error.tsx';
import { Name } from './name.tsx';

/** A person or a group that can be chosen. */
export interface Choice<T> {
  id: string;
  name: string;
  /** A second line: login and status, type. */
  detail: string;
  /** The user or group as the org answered it; absent if only the id is known, since the org refused to read it. */
  of?: T;
}

/** How a picker searches and reads people or groups. */
export interface Source<T> {
  /** "person" */
  one: string;
  /** "people" */
  many: string;
  /** What the search compares: "whose name or email begins with". */
  compares: string;
  /** What else may be typed: "id or login". */
  key: string;
  /** Finds by the text; `more`: the org may know others. */
  find(
    client: OktaGroups,
    text: string,
    signal: AbortSignal,
  ): Promise<{ found: readonly Choice<T>[]; more: boolean }>;
  /** Reads the one that has this id (or login). */
  get(client: OktaGroups, key: string, signal: AbortSignal): Promise<Choice<T>>;
  /** Whether a text has the form of an id, so that it can be used without reading. */
  isId(text: string): boolean;
  /** Whether a text is the id, or another whole key, of what was found. */
  isOf(choice: Choice<T>, text: string): boolean;
}

/** The list shows at most so many. */
const SHOWN = 10;
const DEBOUNCE_MS = 250;

/** A person as a choice. */
export function choiceOfUser(user: User): Choice<User> {
  const { id, name, login, email, status } = personOf(user);
  const known = [login, email === login ? '' : email, status === 'ACTIVE' ? '' : statusWords(status)];
  return { id, name, detail: known.filter(Boolean).join(' · '), of: user };
}

/** A group as a choice. */
export function choiceOfGroup(group: Group): Choice<Group> {
  const { description, name } = group.profile;
  const type = group.type === 'OKTA_GROUP' ? '' : group.type;
  return { id: group.id, name, detail: [type, description].filter(Boolean).join(' · '), of: group };
}

export const PEOPLE: Source<User> = {
  one: 'person',
  many: 'people',
  compares: 'whose name or email begins with',
  key: 'id or login',
  async find(client, text, signal) {
    // `q` compares the given name, the family name and the email, each alone. A full name is a search.
    const words = text.split(/\s+/);
    const page = await (words.length === 1
      ? client.users.list({ q: text, limit: SHOWN + 1, signal })
      : client.users.list({
          search: or(
            ...words
              .slice(1)
              .map((_, at) =>
                and(
                  sw('profile.firstName', words.slice(0, at + 1).join(' ')),
                  sw('profile.lastName', words.slice(at + 1).join(' ')),
                ),
              ),
          ),
          limit: SHOWN + 1,
          signal,
        }));
    return { found: page.items.slice(0, SHOWN).map(choiceOfUser), more: page.items.length > SHOWN };
  },
  get: async (client, key, signal) => choiceOfUser(await client.users.get(key, { signal })),
  isId: isUserId,
  isOf: ({ id, of }, text) => id === text || of?.profile.login?.toLowerCase() === text.toLowerCase(),
};

export const GROUPS: Source<Group> = {
  one: 'group',
  many: 'groups',
  compares: 'whose name contains',
  key: 'id',
  async find(client, text, signal) {
    const page = await client.groups.list({
      search: co('profile.name', text),
      sortBy: 'profile.name',
      limit: SHOWN + 1,
      signal,
    });
    return { found: page.items.slice(0, SHOWN).map(choiceOfGroup), more: page.items.length > SHOWN };
  },
  get: async (client, key, signal) => choiceOfGroup(await client.groups.get(key, { signal })),
  isId: isGroupId,
  isOf: ({ id }, text) => id === text,
};

type Found<T> =
  | { state: 'none' | 'searching' | 'reading' }
  | { state: 'ready'; text: string; choices: readonly Choice<T>[]; more: boolean }
  | { state: 'failed'; text: string; error: unknown };

/**
 * A labelled text field with a list of what the org finds: arrow keys move through the list, Enter chooses, Escape closes
 * it and keeps the text. Typing aborts the search before. An id (of a person also the login) can be typed in any case. Where
 * the org refuses to search, the field says so, and an id still works.
 *
 * `pick` gets what was chosen; the field is empty then and keeps the focus, unless `pick` moves it.
 */
export function Picker<T>({
  source,
  label,
  hint,
  pick,
  refuse,
  unread = false,
  autofocus = false,
}: {
  source: Source<T>;
  label: string;
  hint?: ComponentChildren;
  pick: (choice: Choice<T>) => void;
  /** The reason why a choice is refused: "a member already". */
  refuse?: (choice: Choice<T>) => string | undefined;
  /** An id can be chosen even if the org refuses to read it. */
  unread?: boolean;
  autofocus?: boolean;
}): JSX.Element {
  const id = useId();
  const input = useRef<HTMLInputElement>(null);
  const list = useRef<HTMLUListElement>(null);
  const text = useSignal('');
  const found = useSignal<Found<T>>({ state: 'none' });
  const open = useSignal(false);
  const active = useSignal(-1);
  const error = useSignal('');
  const work = useMemo(
    () => ({ turn: new AbortController(), timer: undefined as ReturnType<typeof setTimeout> | undefined }),
    [],
  );
  const stop = (): AbortSignal => {
    clearTimeout(work.timer);
    work.turn.abort();
    work.turn = new AbortController();
    return work.turn.signal;
  };
  useEffect(() => {
    if (autofocus) input.current?.focus();
    return () => void stop();
  }, []);

  const search = async () => {
    const sought = text.value.trim();
    const signal = stop();
    error.value = '';
    active.value = -1;
    if (sought === '') {
      found.value = { state: 'none' };
      open.value = false;
      return;
    }
    found.value = { state: 'searching' };
    try {
      const { found: choices, more } = await source.find(await client(), sought, signal);
      if (signal.aborted) return;
      found.value = { state: 'ready', text: sought, choices, more };
    } catch (why) {
      if (signal.aborted) return;
      found.value = { state: 'failed', text: sought, error: why };
    }
    // The list stays closed while the focus is elsewhere; the field opens it when the focus comes back.
    open.value = document.activeElement === input.current;
  };
  const typed = (value: string) => {
    text.value = value;
    const signal = stop();
    error.value = '';
    active.value = -1;
    open.value = false;
    found.value = { state: 'none' };
    if (value.trim() !== '') work.timer = setTimeout(() => void (signal.aborted || search()), DEBOUNCE_MS);
  };
  const take = (choice: Choice<T>) => {
    const why = refuse?.(choice);
    if (why !== undefined) {
      error.value = `${nameText(choice.name)}: ${why}`;
      return;
    }
    stop();
    text.value = '';
    found.value = { state: 'none' };
    open.value = false;
    active.value = -1;
    error.value = '';
    pick(choice);
  };
  const takeById = async (key: string) => {
    const signal = stop();
    const before = found.value;
    found.value = { state: 'reading' };
    open.value = false;
    active.value = -1;
    try {
      const choice = await source.get(await client(), key, signal);
      if (!signal.aborted) take(choice);
    } catch (why) {
      if (signal.aborted) return;
      found.value = before;
      if (isOktaError(why, 'forbidden') && unread && source.isId(key)) {
        take({ id: key, name: key, detail: '' });
      } else if (isOktaError(why, 'not-found')) {
        error.value = `No ${source.one} has the ${source.key} ${key}.`;
      } else {
        error.value = `${key} could not be read: ${wordsOf(why)}`;
      }
    }
  };

  const state = found.value;
  const choices = state.state === 'ready' ? state.choices : [];
  const key = state.state === 'ready' || state.state === 'failed' ? state.text : '';
  // A text with a blank is neither an id nor a login.
  const byId = key !== '' && !/\s/.test(key) && !choices.some((choice) => source.isOf(choice, key));
  const count = choices.length + (byId ? 1 : 0);
  const shown = open.value && count > 0;
  const choose = (index: number) => {
    const choice = choices[index];
    if (choice) take(choice);
    else if (byId) void takeById(key);
  };
  useEffect(() => {
    list.current?.children[active.value]?.scrollIntoView({ block: 'nearest' });
  }, [active.value]);

  const keyDown = (event: KeyboardEvent) => {
    if (event.isComposing) return;
    const { key: pressed } = event;
    if (pressed === 'ArrowDown' || pressed === 'ArrowUp') {
      event.preventDefault();
      if (!shown) {
        if (count > 0) open.value = true;
        else if (text.value.trim() !== '' && state.state === 'none') void search();
      }
      if (count === 0 || event.altKey) return;
      const step = pressed === 'ArrowDown' ? 1 : -1;
      // The field itself stands before the first and after the last.
      active.value = ((active.value + 1 + step + count + 1) % (count + 1)) - 1;
    } else if (pressed === 'Enter') {
      if (text.value === '') return;
      event.preventDefault();
      if (event.repeat) return;
      if (shown && active.value >= 0) choose(active.value);
      else if (shown && key === text.value.trim()) active.value = 0;
      else if (state.state !== 'searching' && state.state !== 'reading') void search();
    } else if (pressed === 'Escape' && (shown || state.state === 'searching' || state.state === 'reading')) {
      // It closes the list alone: the text stays, and so does the dialog around it.
      event.preventDefault();
      event.stopPropagation();
      stop();
      if (!shown) found.value = { state: 'none' };
      open.value = false;
      active.value = -1;
    }
  };

  const words = (): string => {
    switch (state.state) {
      case 'none':
        return '';
      case 'searching':
        return 'Searching…';
      case 'reading':
        return 'Reading…';
      case 'failed':
        return isOktaError(state.error, 'forbidden')
          ? `The org does not let the console search for ${source.many}. Type the whole ${source.key}.`
          : `The search failed: ${wordsOf(state.error)} Press Enter to search again.`;
      case 'ready': {
        if (choices.length === 0) return `The org finds no ${source.one} ${source.compares} “${key}”.`;
        const many = `${choices.length} ${choices.length === 1 ? source.one : source.many}`;
        return state.more ? `The first ${many}; more match: type on.` : `${many} found.`;
      }
    }
  };
  const failed = state.state === 'failed' && !isOktaError(state.error, 'forbidden');
  const described = [hint && `${id}-hint`, `${id}-words`, error.value && `${id}-error`].filter(Boolean);
  return (
    <div
      class="field picker"
      onFocusOut={(event: FocusEvent) => {
        if (!(event.currentTarget as Element).contains(event.relatedTarget as Node | null))
          open.value = false;
      }}
    >
      <label for={id}>{label}</label>
      <input
        ref={input}
        id={id}
        type="text"
        role="combobox"
        autocomplete="off"
        autocapitalize="none"
        spellcheck={false}
        aria-autocomplete="list"
        aria-expanded={shown}
        aria-controls={`${id}-list`}
        aria-activedescendant={shown && active.value >= 0 ? `${id}-${active.value}` : undefined}
        aria-describedby={described.join(' ')}
        aria-invalid={error.value || failed ? 'true' : undefined}
        value={text.value}
        onInput={(event) => typed(event.currentTarget.value)}
        onKeyDown={keyDown}
        onFocus={() => {
          if (count > 0) open.value = true;
        }}
      />
      <ul ref={list} id={`${id}-list`} role="listbox" aria-label={label} hidden={!shown}>
        {Array.from({ length: count }, (_, index) => {
          const choice = choices[index];
          const why = choice && refuse?.(choice);
          return (
            <li
              key={choice?.id ?? 'by id'}
              id={`${id}-${index}`}
              role="option"
              aria-selected={index === active.value}
              aria-disabled={why === undefined ? undefined : 'true'}
              onMouseDown={(event) => event.preventDefault()}
              onClick={() => choose(index)}
            >
              {choice ? (
                <>
                  <Name text={choice.name} />{' '}
                  <span class="muted">
                    {choice.detail && <Name text={choice.detail} />}
                    {why !== undefined && (
                      <>
                        {choice.detail && ' · '}
                        {why}
                      </>
                    )}
                  </span>
                </>
              ) : (
                <>
                  Look up the {source.key} <bdi>{key}</bdi>
                </>
              )}
            </li>
          );
        })}
      </ul>
      {hint && (
        <p class="hint" id={`${id}-hint`}>
          {hint}
        </p>
      )}
      <p class={failed ? 'field-error' : 'hint'} id={`${id}-words`} role="status">
        {words()}
      </p>
      {error.value && (
        <p class="field-error" id={`${id}-error`} role="alert">
          {error.value}
        </p>
      )}
    </div>
  );
}
