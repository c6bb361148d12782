import { OktaGroups, bearer } from './okta-groups.js';
import { watch } from './waits.js';

/** A client of the org that the address asks for: this server's, or with `?org=page` one in the page itself. */
export async function connect(address) {
  const auth = bearer('demo');
  const onEvent = watch;
  if (!isInPage(address)) {
    return { client: new OktaGroups({ orgUrl: address.origin, auth, onEvent }), name: address.host };
  }
  // Half a megabyte that only this choice needs.
  const { createOrg } = await import('./pkg/dist/emulator.js');
  const { orgUrl, fetch } = createOrg({ groups: 1000, users: 5000, seed: 7 });
  return {
    client: new OktaGroups({ orgUrl, auth, fetch, onEvent }),
    name: 'in this page, forgotten on reload',
  };
}

export function isInPage(address) {
  return address.searchParams.get('org') === 'page';
}

/** The address of the same page with the other org, which has other groups. */
export function switched(address) {
  const other = new URL(address);
  other.searchParams.delete('group');
  if (isInPage(address)) other.searchParams.delete('org');
  else other.searchParams.set('org', 'page');
  return other;
}
