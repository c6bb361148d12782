// One part of many: groups are split by a hash of their id, so that parts run anywhere without knowing of each other.

/** Whether a group is of the part; all are of no part. */
export function inShard(shard, groupId) {
  return shard === undefined || hash(groupId) % shard.of === shard.index;
}

/** FNV-1a of 32 bits, and its bits mixed: ids differ in few places. */
function hash(text) {
  let hashed = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(text)) hashed = Math.imul(hashed ^ byte, 0x01000193);
  hashed = Math.imul(hashed ^ (hashed >>> 16), 0x85ebca6b);
  hashed = Math.imul(hashed ^ (hashed >>> 13), 0xc2b2ae35);
  return (hashed ^ (hashed >>> 16)) >>> 0;
}

export const shardName = ({ index, of }) => `${index}/${of}`;
