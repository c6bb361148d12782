// The package as a CommonJS program in TypeScript sees it.
import okta = require('okta-groups');
import auth = require('okta-groups/auth');
import emulator = require('okta-groups/emulator');

const org = emulator.createOrg();
const client = new okta.OktaGroups({ orgUrl: org.orgUrl, auth: okta.bearer('token'), fetch: org.fetch });
export const group: Promise<okta.Group> = client.groups.get('00g1');
export const app: okta.Auth = auth.serviceApp({ clientId: '0oa1', privateKey: { kty: 'RSA' } });
