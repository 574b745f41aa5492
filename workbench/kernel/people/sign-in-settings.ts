// How people may sign in at this Ward, from its configuration: a provider of identities, what its groups mean.
import type { Role } from './roles.ts';

/** What a group gives: a role, for a product by its key, or for all. */
export interface GroupRole {
  readonly role: Role;
  readonly product: string;
}

export type GroupRoles = Readonly<Record<string, readonly GroupRole[]>>;

/** OpenID Connect, authorization code flow. */
export interface ProviderSettings {
  readonly issuer: string;
  readonly clientId: string;
  readonly clientSecret: string;
  /** As people know it: `Lumen Health`. */
  readonly name: string;
  readonly scope: string;
  readonly groupsClaim: string;
  /** People without an invitation get an account, and see nothing until they hold a role. */
  readonly create: boolean;
  /** Passwords and passkeys open the door for the first administrator only. */
  readonly only: boolean;
}

export interface SignInSettings {
  readonly provider: ProviderSettings | null;
  readonly groupRoles: GroupRoles;
}

export const OWN_SIGN_IN: SignInSettings = { provider: null, groupRoles: {} };
