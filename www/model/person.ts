// The name, login and status of a user, as the console shows them.
import type { User } from 'okta-groups/external';

/** The facts of a user that name a person. */
export interface Person {
  readonly id: string;
  /** Given and family name; the login or the id where the profile has no name. */
  readonly name: string;
  /** `''` if the org did not say. */
  readonly login: string;
  /** `''` if the org did not say. */
  readonly email: string;
  /** `ACTIVE`, `SUSPENDED`, …; `''` if the org did not say. */
  readonly status: string;
}

const text = (value: unknown): string => (typeof value === 'string' ? value : '');

/** The person that a user is. */
export function personOf({ id, status, profile }: Pick<User, 'id' | 'status' | 'profile'>): Person {
  const login = text(profile?.login);
  const name = [text(profile?.firstName), text(profile?.lastName)].filter((part) => part.trim()).join(' ');
  return { id, name: name || login || id, login, email: text(profile?.email), status: text(status) };
}

/** Okta's ids of users: `00u` and 17 letters or digits. */
export function isUserId(key: string): boolean {
  return /^00u[0-9A-Za-z]{17}$/.test(key);
}

/** Okta's ids of groups: `00g` and 17 letters or digits. */
export function isGroupId(key: string): boolean {
  return /^00g[0-9A-Za-z]{17}$/.test(key);
}

const STATUS: Record<string, string> = {
  ACTIVE: 'active',
  STAGED: 'staged: not activated yet',
  PROVISIONED: 'activation pending',
  DEPROVISIONED: 'deactivated',
  SUSPENDED: 'suspended',
  LOCKED_OUT: 'locked out',
  PASSWORD_EXPIRED: 'password expired',
  RECOVERY: 'password reset under way',
};

/** The status of an account in words; a status that Okta adds stays as it is. */
export function statusWords(status: string): string {
  return STATUS[status] ?? status;
}
