// One part of many: the package splits groups by a hash of their id, so that parts run anywhere without knowing of each other.
import { shardOf } from 'okta-groups';

/** Whether a group is of the part; all are of no part. */
export const inShard = (shard, groupId) => shard === undefined || shardOf(groupId, shard.of) === shard.index;

export const shardName = ({ index, of }) => `${index}/${of}`;
