// Shared by the tests of other clients: a local org over HTTPS, which real clients require.
import https from 'node:https';

import { serveOrg } from 'okta-groups/emulator';
import { certificates } from '../runtimes/certificate.mjs';

const { ca, key, cert } = certificates();

/** The certificate of the authority that signed the org's own. */
export const authority = ca;

// Clients that bring an HTTP stack of their own take the agent of Node, which trusts the certificate from here on.
https.globalAgent.options.ca = [ca];

/** An org over HTTPS that ends with the test. */
export async function secureOrg(t, options = {}) {
  const org = await serveOrg({ rateLimit: 'off', tls: { key, cert }, ...options });
  t.after(() => org.close());
  return org;
}

/** What `org` has of this id. */
export const groupOf = (org, id) => org.snapshot().groups.find((group) => group.id === id);

export const byId = (a, b) => (a.id < b.id ? -1 : 1);
