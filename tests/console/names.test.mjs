// Names as the console shows them: invisible and control characters are marked, characters of the script are not.
import assert from 'node:assert/strict';
import test from 'node:test';
import { isMarked, looksLike, nameParts, nameText } from '../../target/console/model.js';
import { draws } from './support.mjs';

test('ordinary names are one part of text', () => {
  for (const name of [
    'Payroll',
    'R&D "West"',
    'Zoë Straße',
    'مجموعة',
    'می‌خواهم',
    'क्‍ष',
    'グループ',
    'emoji 👩‍💻 ❤️ 1️⃣ 👨🏽‍🚒 🏳️‍🌈',
    '<img src=x onerror=alert(1)>',
    'a b',
  ]) {
    assert.deepEqual(nameParts(name), [{ text: name }]);
    assert.ok(!isMarked(name));
  }
  assert.deepEqual(nameParts(''), []);
});

test('what does not show, or acts on its neighbours, is a mark with words', () => {
  assert.deepEqual(nameParts('evil \u202edesrever'), [
    { text: 'evil ' },
    { mark: '⟨RLO⟩', title: 'right-to-left override' },
    { text: 'desrever' },
  ]);
  assert.deepEqual(nameParts('  padded '), [
    { mark: '␠␠', title: '2 blanks' },
    { text: 'padded' },
    { mark: '␠', title: 'blank' },
  ]);
  const marks = {
    'a  b': 'a␠␠b',
    'a\u00a0b': 'a⟨NBSP⟩b',
    'a\u200bb': 'a⟨ZWSP⟩b',
    'a\u200db': 'a⟨ZWJ⟩b',
    'a\u200cم': 'a⟨ZWNJ⟩م',
    'pay\u200croll': 'pay⟨ZWNJ⟩roll',
    'a\u2066b\u2069': 'a⟨LRI⟩b⟨PDI⟩',
    'a\u0000b': 'a⟨NUL⟩b',
    'a\u001b[31mb': 'a⟨ESC⟩[31mb',
    'a\nb\tc': 'a⟨LF⟩b⟨TAB⟩c',
    'a\u0085b': 'a⟨NEL⟩b',
    'a\u00adb': 'a⟨SHY⟩b',
    'a\u2003b': 'a⟨U+2003⟩b',
    'a\u3164b': 'a⟨HF⟩b',
    '\ufeffa': '⟨BOM⟩a',
    'a\u{e0041}b': 'a⟨U+E0041⟩b',
    'a\ufe0fb': 'a⟨U+FE0F⟩b',
    'a\ud800b': 'a⟨U+D800⟩b',
    'a\ue000b': 'a⟨U+E000⟩b',
    ' ': '␠',
  };
  for (const [name, shown] of Object.entries(marks)) assert.equal(nameText(name), shown);
  const titles = (name) =>
    nameParts(name)
      .map(({ title }) => title)
      .filter(Boolean);
  assert.deepEqual(titles('\u0001\u2003\ue000\ud800\u{e0041}'), [
    'control character',
    'odd space',
    'private-use character',
    'half of a character',
    'invisible character',
  ]);
});

test('no shown name has a character that acts, and the rest of the name is whole (5,000 random names)', () => {
  for (let seed = 1; seed <= 5000; seed++) {
    const name = draws(seed).text(20);
    const shown = nameText(name);
    assert.doesNotMatch(
      shown,
      /[\p{Cc}\p{Zl}\p{Zp}\p{Cs}\u202a-\u202e\u2066-\u2069\u200b\u200e\u200f\ufeff\u00ad]/u,
    );
    assert.doesNotMatch(shown, /^ | $| {2}/);
    assert.equal(isMarked(name), shown !== name);
    const texts = nameParts(name).flatMap(({ text }) => text ?? []);
    let from = 0;
    for (const text of texts) {
      const at = name.indexOf(text, from);
      assert.ok(at >= from);
      from = at + text.length;
    }
  }
});

test('names that look alike have the same remainder', () => {
  for (const alike of [
    [
      'Payroll',
      'payroll',
      ' PAYROLL ',
      'Pay-roll',
      'Pay roll',
      'Раyrоll',
      'Ｐａｙｒｏｌｌ',
      'Páyróll',
      'pay\u200broll',
      'Payro11',
      'pαyroll',
    ],
    ['Sales 0', 'Sales O', 'sales_o'],
    ['IT', 'it', 'ІТ'],
  ])
    for (const name of alike) assert.equal(looksLike(name), looksLike(alike[0]), name);
  for (const [a, b] of [
    ['C', 'C++'],
    ['C', 'C#'],
    ['Team 2', 'Team 3'],
    ['グループ', 'グルーフ 2'],
    ['---', '...'],
    ['R&D', 'RD'],
  ])
    assert.notEqual(looksLike(a), looksLike(b), `${a} ${b}`);
});
