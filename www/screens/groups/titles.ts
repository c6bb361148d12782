import type { OwnKey } from '../../model/rows.ts';

/** Heads of the columns. */
export const TITLES: Record<OwnKey, string> = {
  name: 'Name',
  description: 'Description',
  type: 'Type',
  source: 'Source',
  users: 'Members',
  apps: 'Apps',
  created: 'Created',
  lastUpdated: 'Profile changed',
  lastMembershipUpdated: 'Members changed',
  id: 'Id',
};
