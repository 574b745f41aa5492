// The tables of people, as Kysely sees them.
import type { ColumnType } from 'kysely';
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
      purpose: 'first-run' | 'challenge';
      person_id: string | null;
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
  }
}
