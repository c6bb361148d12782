// The package's JavaScript and the crate's stand apart, so that a front end in Rust links none of the package's.
import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import test from 'node:test';

const ROOT = new URL('../../', import.meta.url);
const read = (path) => readFileSync(new URL(path, ROOT), 'utf8');
const files = (folder, extension) =>
  readdirSync(new URL(folder, ROOT), { recursive: true })
    .filter((name) => name.endsWith(extension))
    .map((name) => folder + name);
/** What a file imports, as it names it. */
const imports = (path) =>
  Array.from(read(path).matchAll(/^(?:import|export)\b[^;]*?\bfrom '([^']+)';$/gm), ([, from]) => from);
const linked = (path) => Array.from(read(path).matchAll(/\bmodule = "([^"]+)"/g), ([, module]) => module);

test("the package's JavaScript imports no file of the crate by its path", () => {
  let count = 0;
  for (const path of files('pkg-template/src/', '.js')) {
    for (const from of imports(path).filter((from) => from.startsWith('.'))) {
      count++;
      const { href } = new URL(from, new URL(path, ROOT));
      assert.ok(href.startsWith(new URL('pkg-template/src/', ROOT).href), `${path} imports ${from}`);
    }
  }
  assert.ok(count > 50);
});

test("the wasm of a front end in Rust links none of the package's JavaScript", () => {
  const ofFrontEnd = files('src/', '.rs')
    .filter((path) => !path.startsWith('src/web/npm/'))
    .flatMap(linked);
  assert.ok(ofFrontEnd.length > 0);
  for (const module of ofFrontEnd) {
    assert.match(module, /^\/src\/web\/[\w-]+\.js$/);
    assert.deepEqual(imports(module.slice(1)), [], 'wasm-bindgen copies a file without what it imports');
  }
});

test('what the wasm of the package links imports nothing, and is in the crate that is published', () => {
  const modules = files('src/web/npm/', '.rs').flatMap(linked);
  assert.ok(modules.length > 0);
  const manifest = read('Cargo.toml');
  for (const module of modules) {
    assert.match(module, /^\/pkg-template\/src\/[\w-]+\.js$/);
    assert.deepEqual(imports(module.slice(1)), []);
    assert.ok(manifest.includes(`"${module}"`), `Cargo.toml includes ${module}`);
  }
});
