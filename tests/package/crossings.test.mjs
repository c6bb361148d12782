// Counts how often a call crosses the border of the wasm: each crossing costs time in every call.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { groups, json, pagedAnswer, scripted } from './support.mjs';

let crossings = 0;
const { Instance } = WebAssembly;
const counted = (functions) =>
  Object.fromEntries(
    Object.entries(functions).map(([name, value]) => [
      name,
      typeof value === 'function' ? (...args) => (crossings++, value(...args)) : value,
    ]),
  );
// The package makes its instance when it is first used.
WebAssembly.Instance = function (module, imports) {
  const modules = Object.entries(imports).map(([name, functions]) => [name, counted(functions)]);
  return { exports: counted(new Instance(module, Object.fromEntries(modules)).exports) };
};

/** How many crossings `work` takes, the second time. */
async function crossingsOf(work) {
  await work();
  crossings = 0;
  const result = await work();
  return [crossings, result];
}

test('a get crosses the border of the wasm at most 14 times', async () => {
  const { client } = scripted(() => json(groups(1, 2)[0], { headers: { 'x-okta-request-id': 'r1' } }));
  const [count, group] = await crossingsOf(() => client.groups.get('00g1'));
  assert.equal(group.id, '00g1');
  assert.ok(count > 0 && count <= 14, `${count} crossings`);
});

test('a further page crosses the border of the wasm at most 14 times', async () => {
  const { client } = scripted(pagedAnswer(1000));
  const pages = client.groups.list({ limit: 200, prefetch: 0 }).pages();
  await pages.next();
  const [count, page] = await crossingsOf(() => pages.next());
  assert.equal(page.value.items[0].id, '00g400');
  assert.ok(count > 0 && count <= 14, `${count} crossings`);
});

test('a write takes no more crossings than a get', async () => {
  const { client } = scripted(() => new Response(null, { status: 204 }));
  const [count] = await crossingsOf(() => client.groups.delete('00g1'));
  assert.ok(count > 0 && count <= 14, `${count} crossings`);
});
