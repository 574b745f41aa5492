// What the rest of Ward asks about people. Sign-in itself stands behind it and can be replaced.
import type { Principal, Role } from './roles.ts';

export interface PersonSummary {
  readonly id: string;
  readonly name: string;
  readonly email: string;
  /** False for people who were named (an author in the example) but cannot sign in. */
  readonly canSignIn: boolean;
}

/** What a browser answers when a passkey was asked for (WebAuthn `AuthenticationResponseJSON`, as far as it is used). */
export interface PasskeyAssertion {
  readonly id: string;
  readonly rawId: string;
  readonly type: 'public-key';
  readonly response: {
    readonly clientDataJSON: string;
    readonly authenticatorData: string;
    readonly signature: string;
  };
}

/**
 * How a person proves again to be there (21 CFR 11.200): the password, and the second factor where one is set up; or a
 * passkey, which is both.
 */
export type Credential =
  | { readonly password: string; readonly totp?: string | undefined }
  | { readonly passkey: PasskeyAssertion };

export interface People {
  /** Who sent these headers: a session cookie or `Authorization: Bearer ward_…`; null when nobody. */
  principalOf(headers: Headers): Promise<{ principal: Principal; sessionId: string | null } | null>;

  /**
   * Proves that the person is present now. Counts failures per account and backs off.
   * A passkey proves this act only (`signed-act.ts`).
   * Refuses `people.wrong-credential`, `people.backed-off`, `people.totp-needed`, `people.totp-used`, and for a passkey
   * `people.challenge-over`, `people.passkey-refused`, `people.passkey-copied`.
   * Gives how it was proved: `password`, `password+totp` or `passkey`.
   */
  reauthenticate(personId: string, credential: Credential, now: Date, act: string): Promise<string>;

  /** Names of these people; unknown ids are left out. */
  find(ids: readonly string[]): Promise<ReadonlyMap<string, PersonSummary>>;

  /** People who hold one of the roles for this product and are not in `except`; for "who could sign instead". */
  holders(
    roles: readonly Role[],
    productId: string | null,
    except: readonly string[],
  ): Promise<PersonSummary[]>;
}
