// The error classes stand in error-classes.js, in the types and in the documents: one list, told apart by `kind`.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import * as main from 'okta-groups';

const text = (path) => readFileSync(join(import.meta.dirname, '../..', path), 'utf8');
const TYPES = text('pkg-template/types/index.d.ts');

/** The members of a union in the types, without `|`. */
function union(name) {
  const [, body] = new RegExp(`export type ${name} =([^;]+);\n`).exec(
    TYPES.replace(/readonly kind: '[\w-]+' \}/g, '}'),
  );
  return body
    .split('|')
    .map((member) => member.trim())
    .filter(Boolean);
}

const classes = Object.entries(main).filter(([name]) => /^Okta\w*Error$/.test(name));
const declared = [
  ...TYPES.matchAll(/export declare (?:abstract )?class (Okta\w*Error) extends (\w+) \{([^}]*)/g),
].map(([, name, base, body]) => [name, base, /readonly kind: '([\w-]+)';/.exec(body)?.[1]]);
const kinds = (name) =>
  union(name)
    .filter((member) => member.startsWith("'"))
    .map((member) => member.slice(1, -1));
const KINDS = [...kinds('OktaErrorKind'), ...kinds('ApiKind')].sort();

test('each error class has the name, the base and the kind that the types declare', () => {
  const found = classes.map(([name, type]) => [name, Object.getPrototypeOf(type).name, type.prototype.kind]);
  // The classes of several kinds declare none of their own.
  const several = new Map([
    ['OktaError', undefined],
    ['OktaApiError', 'api'],
  ]);
  const expected = declared.map(([name, base, kind]) => [
    name,
    base,
    several.has(name) ? several.get(name) : kind,
  ]);
  assert.deepEqual(found.sort(), expected.sort());
  assert.ok(found.length > 15);
  for (const [name, type] of classes) assert.equal(type.name, name);
});

test('the union of all errors has each class', () => {
  const members = union('AnyOktaError').map((member) => /Okta\w+/.exec(member)[0]);
  const expected = classes.map(([name]) => name).filter((name) => name !== 'OktaError');
  assert.deepEqual([...new Set(members)].sort(), expected.sort());
});

test('each kind is of one class, and stands in the README and in the guide', () => {
  const ofClasses = classes.map(([, type]) => type.prototype.kind).filter(Boolean);
  assert.equal(new Set(ofClasses).size, ofClasses.length);
  assert.deepEqual([...ofClasses, 'bad-request', 'unauthorized'].sort(), KINDS);
  const [, row] = /`isOktaError\(error, kind\)` +\| `([^`]+)`/.exec(text('README.md'));
  assert.deepEqual(row.split(' ').sort(), KINDS);
  const guide = [
    ...text('docs/errors.md')
      .split('## ')[0]
      .matchAll(/^\| `([\w-]+)` /gm),
  ].map(([, kind]) => kind);
  assert.deepEqual(guide.sort(), KINDS);
});
