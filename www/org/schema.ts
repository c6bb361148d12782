// The org's schema of groups: read once, however many screens use it.
import { schemaFields } from '../model/profile.ts';
import type { Field } from '../model/profile.ts';
import { Load } from './load.ts';

/** The attributes of groups, where the token may read the schema (`okta.schemas.read`). */
export const groupSchema = new Load<readonly Field[]>();
let isAsked = false;

/** Reads the schema anew. */
export function readGroupSchema(): void {
  isAsked = true;
  void groupSchema.load(async (org, signal) =>
    schemaFields(await org.request('GET', ['meta', 'schemas', 'group', 'default'], { signal })),
  );
}

/** Reads the schema, unless that was done or is under way. */
export function needGroupSchema(): void {
  if (!isAsked || groupSchema.state.peek().state === 'failed') readGroupSchema();
}
