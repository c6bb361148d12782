// The local org beside the API: its size, its seed and its faults. A real org has none of it.
import { signal } from '@preact/signals';

import type { FaultOptions } from '../model/faults.ts';
import { IN_PAGE_KEY, client, host, inPage } from './session.ts';

/** The size of a local org and what its content comes from. */
export interface OrgSize {
  groups: number;
  users: number;
  rules: number;
  owners: number;
  seed: number;
}

/** What a local org tells of itself. */
export interface LocalOrg extends OrgSize {
  faults: FaultOptions;
}

/** The local org; `null` where a real org answers, `undefined` while that is not known. */
export const localOrg = signal<LocalOrg | null | undefined>(undefined);

const PATH = '/local-org';

/** Sends a request past the client: no fault strikes it, and the log does not show it. */
async function ask(path: string, body?: unknown): Promise<Response> {
  const init: RequestInit =
    body === undefined
      ? {}
      : { method: 'PUT', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) };
  const org = inPage.value;
  return org ? org.fetch(new URL(path, org.orgUrl).href, init) : fetch(path, init);
}

/** Takes up what the local org tells of itself. Any answer but that is a real org's, or a host's without one. */
export async function readLocalOrg(): Promise<void> {
  if (host.kind === 'proxy') {
    localOrg.value = null;
    return;
  }
  try {
    // The org in the page comes with the client.
    if (host.kind === 'page') await client();
    const answer = await ask(PATH);
    localOrg.value = answer.ok ? orgOf(await answer.json()) : null;
  } catch {
    localOrg.value = null;
  }
}

function orgOf(told: unknown): LocalOrg | null {
  const { groups, users, rules, owners, seed, faults } = Object(told);
  const counts = [groups, users, rules, owners, seed];
  if (!counts.every(Number.isSafeInteger)) return null;
  return { groups, users, rules, owners, seed, faults: Object(faults) };
}

async function put(path: string, body: unknown): Promise<void> {
  const answer = await ask(path, body);
  const told: unknown = await answer.json().catch(() => undefined);
  if (!answer.ok) {
    const { error } = Object(told);
    throw new Error(typeof error === 'string' ? error : `The local org answered ${answer.status}.`);
  }
  localOrg.value = orgOf(told);
}

/** Has the org misbehave like this from now on, and no other way; `{}` ends all faults. */
export const setFaults = (faults: FaultOptions): Promise<void> => put(`${PATH}/faults`, faults);

/** Makes the org anew, of another size or seed. All of it is replaced; the page is loaded anew, with nothing kept. */
export async function makeAnew(size: OrgSize): Promise<void> {
  if (host.kind === 'page') sessionStorage.setItem(IN_PAGE_KEY, JSON.stringify(size));
  else await put(PATH, size);
  location.reload();
}
