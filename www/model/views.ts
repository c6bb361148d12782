// Views of the list by name. A view is an address: nothing is stored, a bookmark or a message holds it.
import { writeAddress, type Address } from './address.ts';
import { daysAgo } from './days.ts';

/** The parts of an address that make a view: what is listed and how, not what is open beside it. */
export function viewOf(address: Address): Address {
  const { group: _group, tab: _tab, user: _user, rule: _rule, request: _request, ...view } = address;
  return view;
}

/** The address of a view under a name; without a name, the view as it is. */
export function named(address: Address, name: string | undefined): Address {
  const { view: _view, ...rest } = viewOf(address);
  const trimmed = name?.trim();
  return trimmed ? { ...rest, view: trimmed } : rest;
}

/** Whether two addresses list the same groups in the same way, whatever the names of their views and what is open. */
export function sameView(a: Address, b: Address): boolean {
  return writeAddress(named(a, undefined)) === writeAddress(named(b, undefined));
}

/** A view of the console's own. */
export interface ReadyView {
  readonly name: string;
  readonly address: Address;
}

/**
 * The views that the console offers.
 *
 * @param now - Epoch milliseconds. A view of stale groups keeps the day, so that its address finds the same groups later.
 */
export function readyViews(now: number): ReadyView[] {
  const list = (name: string, rest: Omit<Address, 'screen' | 'view'>): ReadyView => ({
    name,
    address: { screen: 'groups', view: name, ...rest },
  });
  return [
    { name: 'All groups', address: { screen: 'groups' } },
    list('Okta groups', { conditions: { types: ['OKTA_GROUP'] } }),
    list('Groups of apps', { conditions: { types: ['APP_GROUP'] } }),
    list('Empty groups', { conditions: { types: ['OKTA_GROUP'], empty: true } }),
    list('Largest groups', { sort: 'users', order: 'desc' }),
    list('Not changed for a year', {
      conditions: { stale: daysAgo(365, now) },
      sort: 'lastMembershipUpdated',
    }),
    list('Newest groups', { sort: 'created', order: 'desc' }),
  ];
}
