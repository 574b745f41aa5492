// The tables of people, as Kysely sees them.
import type { ColumnType } from 'kysely';
import type { TokenPurpose } from './one-time-token.ts';
import type { Role } from './roles.ts';

type Timestamp = ColumnType<Date, Date, Date>;

export interface SuggestedRole {
  readonly role: Role;
  readonly productId: string | null;
}

declare module '../database/schema.ts' {
  interface Tables {
    person: {
      id: string;
      name: string;
      email: string;
      email_verified: ColumnType<boolean, boolean | undefined, boolean>;
      image: ColumnType<string | null, string | null | undefined, string | null>;
      created_at: Timestamp;
      updated_at: Timestamp;
      disabled_at: ColumnType<Date | null, Date | null | undefined, Date | null>;
      disabled_by: ColumnType<string | null, string | null | undefined, string | null>;
    };
    account: {
      id: string;
      account_id: string;
      provider_id: string;
      person_id: string;
      password: string | null;
      created_at: Timestamp;
      updated_at: Timestamp;
    };
    session: {
      id: string;
      token: string;
      person_id: string;
      expires_at: Timestamp;
      created_at: Timestamp;
      updated_at: Timestamp;
      last_seen_at: Timestamp;
      ip_address: string | null;
      user_agent: string | null;
      provider: ColumnType<string | null, string | null | undefined, string | null>;
    };
    second_factor: {
      person_id: string;
      sealed_secret: string;
      confirmed_at: Timestamp | null;
      /** bigint: a string in the driver. */
      last_step: ColumnType<string, number | undefined, number>;
      backup_codes: ColumnType<string[], string[] | undefined, string[]>;
    };
    sign_in_attempt: {
      subject: string;
      failures: number;
      blocked_until: Timestamp | null;
      last_at: Timestamp;
    };
    one_time_token: {
      hash: Buffer;
      purpose: TokenPurpose;
      person_id: string | null;
      about: ColumnType<string | null, string | null | undefined, string | null>;
      created_at: Timestamp;
      expires_at: Timestamp;
    };
    invitation: {
      id: string;
      person_id: string;
      hash: Buffer;
      suggested: ColumnType<SuggestedRole[], string, string>;
      invited_by: string | null;
      created_at: Timestamp;
      expires_at: Timestamp;
      accepted_at: ColumnType<Date | null, Date | null | undefined, Date | null>;
      revoked_at: ColumnType<Date | null, Date | null | undefined, Date | null>;
    };
    api_token: {
      id: string;
      person_id: string;
      name: string;
      prefix: string;
      hash: Buffer;
      scopes: string[];
      product_id: string | null;
      created_at: Timestamp;
      expires_at: Timestamp;
      last_used_at: ColumnType<Date | null, Date | null | undefined, Date | null>;
      revoked_at: ColumnType<Date | null, Date | null | undefined, Date | null>;
    };
    passkey: {
      id: string;
      person_id: string;
      name: string;
      credential_id: string;
      public_key: Buffer;
      /** bigint: a string in the driver. */
      counter: ColumnType<string, number, number>;
      transports: string[];
      synced: boolean;
      created_at: Timestamp;
      last_used_at: ColumnType<Date | null, Date | null | undefined, Date | null>;
    };
    verification: {
      id: string;
      identifier: string;
      value: string;
      expires_at: Timestamp;
      created_at: Timestamp;
      updated_at: Timestamp;
    };
    provider_group: { person_id: string; group_name: string };
    scim_user: {
      person_id: string;
      external_id: string | null;
      deleted_at: ColumnType<Date | null, Date | null | undefined, Date | null>;
    };
    scim_group: {
      id: string;
      name: string;
      external_id: string | null;
      created_at: Timestamp;
      updated_at: Timestamp;
    };
    scim_member: { group_id: string; person_id: string };
    mapped_role: { record_id: string; person_id: string };
    refused_role: {
      person_id: string;
      group_name: string;
      role: string;
      product: string;
      code: string;
      message: string;
      refused_at: Timestamp;
    };
    password_reset: {
      id: string;
      person_id: string;
      asked_by: string | null;
      asked_at: Timestamp;
      used_at: ColumnType<Date | null, Date | null | undefined, Date | null>;
      seen_at: ColumnType<Date | null, Date | null | undefined, Date | null>;
    };
  }
}
