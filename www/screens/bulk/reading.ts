// Reads lists of people: loaded when the first one is brought, since CSV takes a library.
export { decoded, membersOf, membershipsOf, readTable } from '../../model/members-file.ts';
