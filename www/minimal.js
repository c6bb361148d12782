// Groups and their members in a plain page, without a build: the example to copy. The API answers at the page's own origin, as
// a local org or a proxy that adds the token.
import { OktaGroups, bearer, co, init, isOktaError } from '../pkg/dist/external.js';

const [text, said, groups, more, name, members, moreMembers] = [
  'text',
  'said',
  'groups',
  'more',
  'name',
  'members',
  'more-members',
].map((id) => document.getElementById(id));

await init();
const client = new OktaGroups({ orgUrl: location.origin, auth: bearer('added-by-the-proxy') });

/** A list of the page: shows what `list` gives, a page at a time. What is shown anew aborts what was under way. */
function feed(element, button, draw) {
  let turn = new AbortController();
  return async (list) => {
    turn.abort();
    const { signal } = (turn = new AbortController());
    element.replaceChildren();
    button.hidden = true;
    const next = async (cursor) => {
      said.textContent = 'Loading…';
      try {
        const page = await list({ cursor, signal });
        if (signal.aborted) return;
        element.append(...page.items.map(draw));
        said.textContent = `${element.children.length} shown${page.hasNext ? ', more exist' : ''}`;
        button.hidden = !page.hasNext;
        button.onclick = () => next(page.cursor);
      } catch (error) {
        if (signal.aborted) return;
        if (!isOktaError(error)) throw error;
        // The cursor leads to the page that failed.
        said.textContent = `Not all could be read: ${error.message}`;
        button.hidden = false;
        button.onclick = () => next(error.cursor ?? cursor);
      }
    };
    await next();
  };
}

/** Names come from people: they are text, never markup, and may run from right to left. */
function item(words, action) {
  const line = document.createElement('li');
  const part = action ? line.appendChild(document.createElement('button')) : line;
  part.appendChild(document.createElement('bdi')).textContent = words;
  if (action) part.onclick = action;
  return line;
}

const showGroups = feed(groups, more, ({ id, profile }) => item(profile.name, () => open(id, profile.name)));
const showMembers = feed(members, moreMembers, ({ profile }) => item(profile.login));

function search() {
  const search = text.value === '' ? undefined : co('profile.name', text.value);
  return showGroups((page) => client.groups.list({ search, limit: 50, ...page }));
}

function open(id, title) {
  name.textContent = `Members of ${title}`;
  name.hidden = false;
  name.focus();
  return showMembers((page) => client.groups.listUsers(id, { limit: 50, ...page }));
}

let timer;
text.addEventListener('input', () => {
  clearTimeout(timer);
  timer = setTimeout(search, 300);
});
await search();
