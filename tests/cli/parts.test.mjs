// Parts of the command that need no org: progress in a log, files that nothing overwrites.
import assert from 'node:assert/strict';
import { EventEmitter } from 'node:events';
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test, { mock } from 'node:test';
import { kept, mustBeNew, replaceOwn, writeNew } from '../../pkg-template/src/cli/files.js';
import { Words } from '../../pkg-template/src/cli/words.js';
import { duration, printable, quoted } from '../../pkg-template/src/cli/printable.js';
import { folder } from './support.mjs';

class Stream extends EventEmitter {
  text = '';
  constructor(fields) {
    super();
    Object.assign(this, fields);
  }
  write(text) {
    this.text += text;
  }
}

test('progress is a line every ten seconds in a log, and one line in place on a terminal', () => {
  mock.timers.enable({ apis: ['setInterval', 'Date'] });
  try {
    const log = new Stream();
    const words = new Words(log);
    let count = 0;
    words.progress(() => `${count} of 90`);
    for (let second = 0; second < 35; second++) {
      count += 1;
      words.moved();
      mock.timers.tick(1000);
    }
    words.end();
    mock.timers.tick(60_000);
    assert.equal(log.text, '10 of 90\n20 of 90\n30 of 90\n');

    const screen = new Stream({ isTTY: true, columns: 30 });
    const seen = new Words(screen);
    seen.progress(() => 'a line that is much longer than the screen is wide');
    seen.say('a message');
    seen.end();
    assert.equal(
      screen.text.replaceAll('\r\u001b[2K', '<'),
      '<a line that is much longer th<a message\n<a line that is much longer th<',
    );

    const quiet = new Stream();
    const hushed = new Words(quiet);
    hushed.hush();
    hushed.progress(() => 'progress');
    hushed.say('news');
    mock.timers.tick(60_000);
    hushed.warn('listen');
    assert.equal(quiet.text, 'warning: listen\n');
  } finally {
    mock.timers.reset();
  }
});

test('a file is for its owner alone, and nothing is written over another', () => {
  const cwd = folder();
  const path = join(cwd, 'rest.json');
  writeNew(path, 'first');
  assert.throws(() => writeNew(path, 'second'), { code: 5 });
  assert.throws(() => mustBeNew(path), { code: 5 });
  assert.throws(() => mustBeNew(join(cwd, 'none', 'rest.json')), { code: 64 });
  assert.equal(kept(path, 'unused', 'third'), join(cwd, 'rest-2.json'));
  assert.equal(kept(path, 'unused', 'fourth'), join(cwd, 'rest-3.json'));
  assert.deepEqual(
    ['rest.json', 'rest-2.json', 'rest-3.json'].map((name) => readFileSync(join(cwd, name), 'utf8')),
    ['first', 'third', 'fourth'],
  );
  replaceOwn(path, 'whole');
  assert.equal(readFileSync(path, 'utf8'), 'whole');
  if (process.platform !== 'win32')
    for (const name of ['rest.json', 'rest-2.json'])
      assert.equal(statSync(join(cwd, name)).mode & 0o777, 0o600);
});

test('a rest goes to another folder where the first takes no file, and nowhere if none does', () => {
  const cwd = folder();
  // A file in place of a folder: nothing can be written there, whoever asks.
  writeFileSync(join(cwd, 'file'), '');
  const [asked, beside] = [join(cwd, 'file', 'asked.json'), join(cwd, 'file', 'beside.json')];
  const before = process.env.TMPDIR;
  try {
    process.env.TMPDIR = join(cwd, 'file');
    assert.equal(kept(asked, beside, 'text'), undefined);
    process.env.TMPDIR = cwd;
    assert.equal(kept(asked, beside, 'text'), join(cwd, 'beside.json'));
    assert.equal(kept(undefined, beside, 'more'), join(cwd, 'beside-2.json'));
    assert.equal(readFileSync(join(cwd, 'beside-2.json'), 'utf8'), 'more');
  } finally {
    if (before === undefined) delete process.env.TMPDIR;
    else process.env.TMPDIR = before;
  }
});

test('what a terminal would obey is written out', () => {
  assert.equal(printable('a\u001b[31m\u009b\n\u202e\u0000ü東'), 'a\\u001b[31m\\u009b\\n\\u202e\\u0000ü東');
  assert.equal(quoted("it's"), `'it'\\''s'`);
  assert.deepEqual([1, 89_000, 90_000, 3_600_000, 7_500_000].map(duration), [
    '1 s',
    '89 s',
    '2 min',
    '60 min',
    '2 h 5 min',
  ]);
});
