// The layers of the console: what each may import, and what its run-time dependencies are.
import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import test from 'node:test';

const WWW = join(import.meta.dirname, '../../www');
/** From the top down: a layer imports itself and those below it. */
const LAYERS = ['screens', 'ui', 'org', 'model'];
/** The packages of each layer; those of the model have no DOM. */
const PACKAGES = {
  model: ['okta-groups/external', 'papaparse'],
  org: ['okta-groups/external', 'okta-groups/emulator', '@preact/signals'],
};

const files = readdirSync(WWW, { recursive: true, withFileTypes: true })
  .map((entry) => join(entry.parentPath ?? entry.path, entry.name))
  .filter(
    (path) => /\.tsx?$/.test(path) && !path.includes(`${sep}node_modules${sep}`) && !path.endsWith('.d.ts'),
  )
  .map((path) => ({
    path: relative(WWW, path),
    layer: relative(WWW, path).split(sep)[0],
    text: readFileSync(path, 'utf8'),
  }));

const importsOf = (text) =>
  [
    ...text.matchAll(
      /^\s*(?:import|export)\b[^'"]*?from\s+['"]([^'"]+)['"]|\bimport\(\s*['"]([^'"]+)['"]|^import\s+['"]([^'"]+)['"]/gm,
    ),
  ].map(([, from, late, bare]) => from ?? late ?? bare);

/** Whether a text takes nothing but types from a package. */
const typesOnly = (text, name) =>
  text
    .split(/^(?=import|export)/m)
    .filter((statement) => statement.includes(`'${name}'`))
    .every((statement) => statement.startsWith('import type'));

test('imports only go down: screens, ui, org, model', () => {
  assert.ok(files.length > 20);
  for (const { path, layer, text } of files) {
    if (!LAYERS.includes(layer)) continue;
    for (const name of importsOf(text)) {
      if (!name.startsWith('.')) {
        const isTyped = typesOnly(text, name);
        assert.ok(isTyped || (PACKAGES[layer]?.includes(name) ?? true), `${path} imports ${name}`);
        continue;
      }
      const target = relative(WWW, join(WWW, dirname(path), name)).split(sep)[0];
      assert.ok(LAYERS.indexOf(target) >= LAYERS.indexOf(layer), `${path} imports ${name}`);
    }
  }
});

test('the model has no DOM', () => {
  for (const { path, layer, text } of files)
    if (layer === 'model')
      assert.doesNotMatch(
        text.replace(/\/\*[^]*?\*\/|\/\/.*|from '.*'/g, ''),
        /\b(?:document|window|navigator|location|localStorage|sessionStorage|history|fetch|setTimeout)\b[.(]/,
        path,
      );
});

test('the model’s files are all tested through its index', () => {
  const index = readFileSync(join(WWW, 'model/index.ts'), 'utf8');
  for (const { path, layer } of files)
    if (layer === 'model' && !path.endsWith('index.ts'))
      assert.ok(index.includes(`'./${path.split(sep)[1]}'`), path);
});
