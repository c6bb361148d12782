// What is shown, in the page's address: it can be reloaded, sent to others, and gone back from.

export function shown() {
  const { searchParams } = new URL(location.href);
  return { search: searchParams.get('search') ?? '', group: searchParams.get('group') ?? '' };
}

/** A search takes the place of the one before: no one wants to go back letter by letter. */
export function keepSearch(text) {
  if (shown().search !== text) history.replaceState(history.state, '', withParam('search', text));
}

/** Keeps which group is open, '' for none. Back closes it. */
export function keepGroup(id) {
  const before = shown().group;
  if (before === id) return;
  const address = withParam('group', id);
  // A group that was closed left its entry above the list's: the next one takes it, or Back would seem to do nothing.
  const isFree = before === '' && history.state?.aboveList;
  if (id === '' || isFree) history.replaceState(history.state, '', address);
  else history.pushState({ aboveList: before === '' }, '', address);
}

function withParam(name, value) {
  const address = new URL(location.href);
  if (value === '') address.searchParams.delete(name);
  else address.searchParams.set(name, value);
  return address;
}
