// One process of shared.mjs: makes its calls, ten at a time, and prints what came of them as JSON.
import { once } from 'node:events';
import { OktaGroups, ssws } from '../pkg/dist/index.node.js';

const [, , orgUrl, reserve, calls] = process.argv;
let [done, lost, refused] = [0, 0, 0];
const counted = async (address, init) => {
  const answer = await fetch(address, init);
  if (answer.status === 429) refused++;
  return answer;
};
const client = new OktaGroups({
  orgUrl,
  auth: ssws('token'),
  fetch: counted,
  rateLimit: { reserve: Number(reserve) },
});
let left = Number(calls);
const worker = async () => {
  while (left-- > 0) {
    try {
      await client.groups.list({ limit: 1 }).pages().next();
      done++;
    } catch (error) {
      console.error(String(error));
      lost++;
    }
  }
};
console.log('ready');
await once(process.stdin, 'data');
await Promise.all(Array.from({ length: 10 }, worker));
console.log(JSON.stringify({ done, lost, refused }));
