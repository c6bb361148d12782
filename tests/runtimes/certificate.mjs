// A certificate for 127.0.0.1 by an authority of its own, made anew: Node makes keys, not certificates.
import { generateKeyPairSync, sign } from 'node:crypto';

const der = (tag, ...parts) => {
  const body = Buffer.concat(parts);
  // As few bytes as hold it: Bun and Deno refuse more.
  const form = body.length < 128 ? [] : body.length < 256 ? [0x81] : [0x82, body.length >> 8];
  return Buffer.concat([Buffer.from([tag, ...form, body.length & 255]), body]);
};
const sequence = (...parts) => der(0x30, ...parts);
const octets = (body) => der(0x04, body);
const bits = (body) => der(0x03, Buffer.of(0), body);
const oid = (...bytes) => der(0x06, Buffer.from(bytes));
const time = (text) => der(0x17, Buffer.from(text));
const ECDSA_WITH_SHA256 = sequence(oid(0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x02));

const named = (name) => sequence(der(0x31, sequence(oid(0x55, 0x04, 0x03), der(0x0c, Buffer.from(name)))));
const extension = (last, value) => sequence(oid(0x55, 0x1d, last), octets(value));

function certificate(serial, subject, issuer, extensions, until = '491231235959Z') {
  const body = sequence(
    der(0xa0, der(0x02, Buffer.of(2))),
    der(0x02, Buffer.of(serial)),
    ECDSA_WITH_SHA256,
    named(issuer.name),
    sequence(time('200101000000Z'), time(until)),
    named(subject.name),
    subject.keys.publicKey.export({ type: 'spki', format: 'der' }),
    der(0xa3, sequence(...extensions)),
  );
  const signature = sign('sha256', body, issuer.keys.privateKey);
  const text = sequence(body, ECDSA_WITH_SHA256, bits(signature))
    .toString('base64')
    .replace(/.{64}/g, '$&\n');
  return `-----BEGIN CERTIFICATE-----\n${text.trimEnd()}\n-----END CERTIFICATE-----\n`;
}

/**
 * PEMs: the authority's certificate, key and certificate of its server, and what clients refuse: a certificate that has
 * `expired`, and one that the server signed itself, `selfSigned`.
 */
export function certificates() {
  const pair = (name) => ({ name, keys: generateKeyPairSync('ec', { namedCurve: 'P-256' }) });
  const authority = pair('okta-groups tests');
  const server = pair('127.0.0.1');
  const isAuthority = extension(0x13, sequence(der(0x01, Buffer.of(0xff))));
  const addresses = extension(0x11, sequence(der(0x87, Buffer.of(127, 0, 0, 1))));
  return {
    ca: certificate(1, authority, authority, [isAuthority]),
    key: server.keys.privateKey.export({ type: 'pkcs8', format: 'pem' }),
    cert: certificate(2, server, authority, [addresses]),
    expired: certificate(3, server, authority, [addresses], '210101000000Z'),
    selfSigned: certificate(4, server, server, [addresses]),
  };
}
