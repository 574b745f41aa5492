// Passkeys, single sign-on, provisioning by SCIM, and passwords that an administrator had to reset. Nothing here opens
// anything by itself: of a passkey the public half is kept, of a provider the name that it gives a person.
import type { Migration } from '../migrations.ts';

export const signIn: Migration = {
  id: '0008-sign-in',
  sql: `
-- WebAuthn Level 3, 4 "credential record".
create table passkey (
  id uuid primary key,
  person_id uuid not null references person (id),
  name text not null check (length(name) between 1 and 100),
  credential_id text not null unique check (length(credential_id) <= 1400),
  public_key bytea not null check (length(public_key) <= 4096),
  -- 0 for ever where the authenticator does not count
  counter bigint not null,
  transports text[] not null default '{}',
  -- true where its maker copies it between the devices of one person
  synced boolean not null,
  created_at timestamptz not null,
  last_used_at timestamptz
);
create index passkey_person on passkey (person_id);

-- What a token is good for beside its purpose: the act that a passkey signs.
alter table one_time_token add column about text check (length(about) <= 400);
alter table one_time_token drop constraint one_time_token_purpose_check;
alter table one_time_token add constraint one_time_token_purpose_check check (purpose in
  ('first-run', 'challenge', 'passkey-add', 'passkey-sign-in', 'passkey-prove', 'password-reset'));

-- The provider by which a session began; signing out may go on there.
alter table session add column provider text;

-- Groups of a person as the provider named them at the last sign-in.
create table provider_group (
  person_id uuid not null references person (id),
  group_name text not null check (length(group_name) between 1 and 300),
  primary key (person_id, group_name)
);

-- People whom another system keeps by SCIM.
create table scim_user (
  person_id uuid primary key references person (id),
  external_id text check (length(external_id) <= 300),
  deleted_at timestamptz
);
create table scim_group (
  id uuid primary key,
  name text not null unique check (length(name) between 1 and 300),
  external_id text check (length(external_id) <= 300),
  created_at timestamptz not null,
  updated_at timestamptz not null
);
create table scim_member (
  group_id uuid not null references scim_group (id) on delete cascade,
  person_id uuid not null references person (id),
  primary key (group_id, person_id)
);
create index scim_member_person on scim_member (person_id);

-- Role assignments that Ward made because of a group; it ends these and no others.
create table mapped_role (
  record_id uuid primary key references record (id),
  person_id uuid not null references person (id)
);
create index mapped_role_person on mapped_role (person_id);

-- What a group would give and a rule refused, to be shown.
create table refused_role (
  person_id uuid not null references person (id),
  group_name text not null,
  role text not null,
  product text not null,
  code text not null,
  message text not null,
  refused_at timestamptz not null,
  primary key (person_id, role, product)
);

-- Somebody else had this password reset; the person is told at the next sign-in.
create table password_reset (
  id uuid primary key,
  person_id uuid not null references person (id),
  asked_by uuid references person (id),
  asked_at timestamptz not null,
  used_at timestamptz,
  seen_at timestamptz
);
create index password_reset_person on password_reset (person_id);
`,
};
