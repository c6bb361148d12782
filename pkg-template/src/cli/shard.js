// A part of an org, as people write it.
export const shardName = ({ index, of }) => `${index}/${of}`;
