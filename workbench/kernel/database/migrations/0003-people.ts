// People, their ways to sign in, sessions, invitations and API tokens. No secret is stored that would open anything
// by itself: passwords are scrypt hashes, tokens and links SHA-256 hashes, TOTP secrets sealed with the instance's key.
import type { Migration } from '../migrations.ts';

export const people: Migration = {
  id: '0003-people',
  sql: `
create table person (
  id uuid primary key,
  name text not null check (length(name) between 1 and 200),
  -- always lower case, so that one address is one person
  email text not null unique check (email = lower(email) and length(email) between 3 and 254),
  email_verified boolean not null default false,
  image text,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  disabled_at timestamptz,
  disabled_by uuid references person (id)
);
create index person_name on person (lower(name), id);

-- A way to sign in: provider 'credential' is the password; single sign-on adds rows of other providers.
create table account (
  id uuid primary key,
  account_id text not null,
  provider_id text not null,
  person_id uuid not null references person (id),
  access_token text,
  refresh_token text,
  id_token text,
  access_token_expires_at timestamptz,
  refresh_token_expires_at timestamptz,
  scope text,
  password text,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  unique (provider_id, account_id)
);
create index account_person on account (person_id);

create table session (
  id uuid primary key,
  token text not null unique,
  person_id uuid not null references person (id),
  expires_at timestamptz not null,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  -- written at most every few minutes; for the end of idle sessions
  last_seen_at timestamptz not null,
  ip_address text,
  user_agent text
);
create index session_person on session (person_id);

-- Short-lived state of the sign-in library (single sign-on, passkeys).
create table verification (
  id uuid primary key,
  identifier text not null,
  value text not null,
  expires_at timestamptz not null,
  created_at timestamptz not null,
  updated_at timestamptz not null
);
create index verification_identifier on verification (identifier);

create table second_factor (
  person_id uuid primary key references person (id),
  sealed_secret text not null,
  -- null while it waits for the first code
  confirmed_at timestamptz,
  -- RFC 6238 5.2: a code is accepted once; the greatest time step that was accepted
  last_step bigint not null default -1,
  backup_codes text[] not null default '{}'
);

-- Failures in a row, per account and per address, shared by all processes.
create table sign_in_attempt (
  subject text primary key check (length(subject) <= 100),
  failures integer not null,
  blocked_until timestamptz,
  last_at timestamptz not null
);
create index sign_in_attempt_old on sign_in_attempt (last_at);

create table one_time_token (
  hash bytea primary key check (length(hash) = 32),
  purpose text not null check (purpose in ('first-run', 'challenge')),
  person_id uuid references person (id),
  created_at timestamptz not null,
  expires_at timestamptz not null
);
create index one_time_token_old on one_time_token (expires_at);

create table invitation (
  id uuid primary key,
  person_id uuid not null references person (id),
  hash bytea not null unique check (length(hash) = 32),
  -- roles that the inviter had in mind; they are given by role assignments, never by the invitation
  suggested jsonb not null default '[]',
  invited_by uuid references person (id),
  created_at timestamptz not null,
  expires_at timestamptz not null,
  accepted_at timestamptz,
  revoked_at timestamptz
);
create index invitation_person on invitation (person_id);

create table api_token (
  id uuid primary key,
  person_id uuid not null references person (id),
  name text not null,
  prefix text not null,
  hash bytea not null unique check (length(hash) = 32),
  scopes text[] not null,
  product_id uuid references record (id),
  created_at timestamptz not null,
  expires_at timestamptz not null,
  last_used_at timestamptz,
  revoked_at timestamptz
);
create index api_token_person on api_token (person_id);

-- Grants are read with every request.
create index record_role_of_person on record ((body->>'person'))
  where kind = 'role-assignment' and state = 'active';
`,
};
