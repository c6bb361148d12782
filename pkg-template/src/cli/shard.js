// Writes a shard as the flag `--shard` takes it.
export const shardName = ({ index, of }) => `${index}/${of}`;
