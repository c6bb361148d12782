// Which group is meant: by its id, or by its exact name.
import { usage } from './exit.js';

/** The columns of groups in tables and CSV. */
export const GROUP_COLUMNS = ['id', 'type', 'profile.name', 'profile.description'];
export const GROUP_CSV = [...GROUP_COLUMNS, 'created', 'lastUpdated', 'lastMembershipUpdated'];
export const PERSON_COLUMNS = ['id', 'status', 'profile.login', 'profile.firstName', 'profile.lastName'];
export const PERSON_CSV = [
  'id',
  'status',
  'profile.login',
  'profile.email',
  'profile.firstName',
  'profile.lastName',
  'created',
];

/** The columns of a list: a table shows fewer. */
export const columnsFor = ({ flags, host }, table, csv) =>
  (flags.output ?? (host.stdout.isTTY ? 'table' : 'ndjson')) === 'table' ? table : csv;

/** An id as it may stand in a path; the client would refuse it, too, without saying which argument it is. */
export function idArgument(name, id) {
  if (!/^[\w.-]+$/.test(id) || id === '.' || id === '..')
    throw usage(`${name} is no id`, ...(name === 'GROUP' ? ['a group by its name goes as --name NAME'] : []));
  return id;
}

/** The id of the group that the command is about. */
export async function groupIdOf({ flags, args, stop }, client) {
  if (flags.name === undefined) return idArgument('GROUP', args.group);
  return (await groupByName(client, flags.name, flags.type, stop.signal)).id;
}

/** The one group of a name; the error of none or several has the candidates. */
export function groupByName(client, name, type, signal) {
  return client.groups.findByName(name, { ...(type && { type }), signal });
}
