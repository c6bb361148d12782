// Completion of expressions: what the grammar and Okta's documentation allow at the caret.
import assert from 'node:assert/strict';
import test from 'node:test';
import { check, parse } from 'okta-groups';
import { SEARCH_ATTRIBUTES, completions } from '../../target/console/model.js';

const NOW = Date.UTC(2026, 10, 30, 12);
const SOURCES = { custom: ['costCenter'], sources: new Map([['0oa1', 'HR "West"']]), now: NOW };

/** Completions at the `|` of a text, and the text that each makes. */
function at(marked) {
  const caret = marked.indexOf('|');
  const text = marked.replace('|', '');
  const { from, to, items } = completions(text, caret, SOURCES);
  return {
    texts: items.map((item) => item.text),
    made: items.map((item) => text.slice(0, from) + item.text + text.slice(to)),
    items,
  };
}

test('an empty expression begins with an attribute', () => {
  for (const marked of ['|', '  |', 'type eq "A" and |', '(|', 'not |'])
    assert.deepEqual(
      at(marked).texts.filter((text) => text !== 'not ' && text !== '('),
      [...SEARCH_ATTRIBUTES.map((attribute) => `${attribute} `), 'profile.costCenter '],
      marked,
    );
  assert.equal(
    at('|').items.find(({ text }) => text === 'profile.costCenter ').detail,
    'attribute of this org',
  );
});

test('an attribute that is begun is completed, those that begin so first', () => {
  assert.deepEqual(at('prof|').texts, ['profile.name ', 'profile.description ', 'profile.costCenter ']);
  assert.deepEqual(at('LAST|').texts, ['lastUpdated ', 'lastMembershipUpdated ']);
  assert.deepEqual(at('cost|').made, ['profile.costCenter ']);
  // The rest of the word is replaced.
  assert.deepEqual(at('lastM|Upd eq "x"').made, ['lastMembershipUpdated  eq "x"']);
});

test('operators are those that Okta documents for the attribute', () => {
  assert.deepEqual(at('profile.name |').texts, ['eq ', 'co ', 'sw ', 'gt ', 'lt ']);
  assert.deepEqual(at('profile.costCenter |').texts, ['eq ', 'sw ', 'gt ', 'lt ']);
  assert.deepEqual(at('created |').texts, ['eq ', 'gt ', 'lt ']);
  assert.deepEqual(at('type eq "A" or created g|').texts, ['gt ']);
  assert.deepEqual(
    at('nothing.known |').texts.length,
    10,
    'an attribute without documentation has all operators',
  );
});

test('every documented attribute and operator makes an expression without a warning', () => {
  for (const attribute of SEARCH_ATTRIBUTES)
    for (const operator of at(`${attribute} |`).texts) {
      const values = at(`${attribute} ${operator}|`).texts.filter((text) => text !== '""');
      for (const value of values) assert.deepEqual(check(`${attribute} ${operator}${value}`, 'search'), []);
    }
});

test('values are those that the attribute has', () => {
  assert.deepEqual(at('type eq |').made, [
    'type eq "OKTA_GROUP"',
    'type eq "APP_GROUP"',
    'type eq "BUILT_IN"',
  ]);
  assert.deepEqual(at('type eq "ap|').made, ['type eq "APP_GROUP"']);
  assert.deepEqual(at('type eq "ap|p" and id sw "0"').made, ['type eq "APP_GROUP" and id sw "0"']);
  assert.deepEqual(at('source.id eq |').made, ['source.id eq "0oa1"']);
  assert.deepEqual(at('lastUpdated lt |').texts, [
    '"2026-11-30T00:00:00.000Z"',
    '"2026-10-31T00:00:00.000Z"',
    '"2026-09-01T00:00:00.000Z"',
    '"2025-11-30T00:00:00.000Z"',
  ]);
  assert.deepEqual(at('profile.name sw |').texts, ['""']);
});

test('a whole term is joined; a bracket is closed', () => {
  assert.deepEqual(at('type eq "A" |').texts, ['and ', 'or ']);
  assert.deepEqual(at('type eq "A" a|').texts, ['and ']);
  assert.deepEqual(at('(type eq "A" |').texts, ['and ', 'or ', ')']);
  assert.deepEqual(at('(type eq "A") |').texts, ['and ', 'or ']);
});

test('after a fault there is nothing to complete', () => {
  for (const marked of ['type eq eq |', '"x" |', 'type eq "A" xor |', 'type eq "A" type |', ') |'])
    assert.deepEqual(at(marked).texts, [], marked);
});

test('whatever the text and the caret, completing breaks nothing that was right', () => {
  const text =
    '(profile.name co "a \\"b\\" c" or type eq "APP_GROUP") and not created lt "2025-01-01T00:00:00.000Z"';
  for (let caret = 0; caret <= text.length; caret++) {
    const { from, to, items } = completions(text, caret, SOURCES);
    assert.ok(from <= caret && caret <= to && to <= text.length, `${caret}`);
    for (const { kind, text: item } of items)
      if (kind === 'value')
        assert.doesNotThrow(() => parse(text.slice(0, from) + item + text.slice(to)), `${caret} ${item}`);
  }
});
