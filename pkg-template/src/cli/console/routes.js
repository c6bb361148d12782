// The requests that the console's proxy forwards: the operations of this package and the two schemas. The command has no
// copy of the core's table; a test in tests/cli/console.test.mjs holds this table equal to the client's requests.

export const ROUTES = [
  'GET /api/v1/groups',
  'POST /api/v1/groups',
  'GET /api/v1/groups/{groupId}',
  'PUT /api/v1/groups/{groupId}',
  'DELETE /api/v1/groups/{groupId}',
  'GET /api/v1/groups/{groupId}/apps',
  'GET /api/v1/groups/{groupId}/users',
  'PUT /api/v1/groups/{groupId}/users/{userId}',
  'DELETE /api/v1/groups/{groupId}/users/{userId}',
  'GET /api/v1/groups/{groupId}/owners',
  'POST /api/v1/groups/{groupId}/owners',
  'DELETE /api/v1/groups/{groupId}/owners/{ownerId}',
  'GET /api/v1/groups/rules',
  'POST /api/v1/groups/rules',
  'GET /api/v1/groups/rules/{ruleId}',
  'PUT /api/v1/groups/rules/{ruleId}',
  'DELETE /api/v1/groups/rules/{ruleId}',
  'POST /api/v1/groups/rules/{ruleId}/lifecycle/activate',
  'POST /api/v1/groups/rules/{ruleId}/lifecycle/deactivate',
  'GET /api/v1/users',
  'GET /api/v1/users/{idOrLogin}',
  'GET /api/v1/users/{idOrLogin}/groups',
  'GET /api/v1/meta/schemas/group/default',
  'GET /api/v1/meta/schemas/user/default',
];

const PATTERNS = ROUTES.map((route) => {
  const [method, path] = route.split(' ');
  return { route, method, segments: path.split('/') };
});

/** The route of a request, by its raw path; `undefined` for a request that the console never sends. */
export function routeOf(method, path) {
  const segments = path.split('/');
  const fits = ({ method: own, segments: pattern }) =>
    own === method &&
    pattern.length === segments.length &&
    pattern.every((part, at) => (part.startsWith('{') ? isId(part, segments[at]) : part === segments[at]));
  return PATTERNS.find(fits)?.route;
}

/** Whether a segment is an id as the client encodes it, which no server or URL parser reads as another path. */
function isId(name, segment) {
  // `rules` in place of a group's id is the path of the rules.
  if (name === '{groupId}' && segment === 'rules') return false;
  if (!/^(?:[\w.!~*'()-]|%[\dA-Fa-f]{2})+$/.test(segment)) return false;
  let id;
  try {
    id = decodeURIComponent(segment);
  } catch {
    return false;
  }
  // A login may contain a slash. No part may be `.` or `..`, so a server that decodes too early stays in the same folder.
  if (name === '{idOrLogin}') return id.split(/[/\\]/).every((part) => !['', '.', '..'].includes(part));
  return !['.', '..'].includes(id) && !/[/\\?#%\p{Cc}]/u.test(id);
}
