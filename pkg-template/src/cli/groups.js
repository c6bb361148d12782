// Finds the group that a command names, by its id or its exact name; defines the columns of lists.
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

/** The columns of a list: fewer in a table than in CSV. */
export const columnsFor = ({ flags, host }, table, csv) =>
  (flags.output ?? (host.stdout.isTTY ? 'table' : 'ndjson')) === 'table' ? table : csv;

/** Checks an id that becomes part of a path. The client would refuse it, too, but without the name of the argument. */
export function idArgument(name, id) {
  if (!/^[\w.-]+$/.test(id) || id === '.' || id === '..')
    throw usage(
      `${name} is not an id`,
      ...(name === 'GROUP' ? ['a group by its name goes as --name NAME'] : []),
    );
  return id;
}

/** The id of the command's group. */
export async function groupIdOf({ flags, args, stop }, client) {
  if (flags.name === undefined) return idArgument('GROUP', args.group);
  return (await groupByName(client, flags.name, flags.type, stop.signal)).id;
}

/** Finds the group of a name. The error for none or several has the candidates. */
export function groupByName(client, name, type, signal) {
  return client.groups.findByName(name, { ...(type && { type }), signal });
}
