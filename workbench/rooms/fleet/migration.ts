// Units in the field, their keys and audit trails, what they are offered, and who is no longer believed.
import type { Migration } from '../../kernel/database/migrations.ts';

export const fleetTables: Migration = {
  id: '0025-fleet',
  sql: /* sql */ `
-- the authority that certifies units: its root key is elsewhere, offline
create table fleet_authority (
  one boolean primary key default true check (one),
  root_certificate text not null,
  issuing_certificate text not null,
  -- sealed with the secret of the house: { role: PKCS#8 }
  keys text not null,
  director_root text not null,
  created_at timestamptz not null
);

create table unit (
  id uuid primary key,
  product_id uuid not null references record (id),
  serial text not null unique,
  site text not null default '',
  hardware_id text not null,
  -- whose people the unit believes: id of the clinic's issuer, empty for none
  clinic text not null default '',
  state text not null check (state in ('expected', 'enrolled', 'revoked', 'retired')),
  registered_at timestamptz not null,
  registered_by uuid,
  enrolled_at timestamptz,
  certificate text,
  certificate_serial text,
  certificate_ends_at timestamptz,
  key_thumbprint text,
  public_key jsonb,
  -- of a key that was renewed, until the new one was seen
  thumbprint_before text,
  public_key_before jsonb,
  last_seen_at timestamptz,
  -- as the unit itself says
  runs_version text,
  release_id uuid references record (id),
  report jsonb,
  -- what was verified of its audit trail, and why not where it was not
  audit_sequence bigint not null default 0,
  audit_head text,
  -- up to this line the unit has signed
  audit_signed_to bigint not null default 0,
  audit_verified_at timestamptz,
  audit_problem text,
  audit_problem_at timestamptz
);
create index unit_of_product on unit (product_id, serial);
create index unit_of_release on unit (release_id) where release_id is not null;

create table unit_code (
  unit_id uuid primary key references unit (id),
  -- what is kept of the code, sealed
  pending text not null,
  made_at timestamptz not null,
  made_by uuid,
  ends_at timestamptz not null,
  attempts integer not null default 0,
  used_at timestamptz
);

-- verified lines of the units' audit logs, as the units wrote them
create table unit_audit (
  unit_id uuid not null references unit (id),
  sequence bigint not null,
  at timestamptz not null,
  what text not null,
  outcome text not null,
  code text,
  line text not null,
  primary key (unit_id, sequence)
);
create trigger unit_audit_append_only before update or delete or truncate on unit_audit
  for each statement execute function refuse_change();

create table fleet_target (
  sha256 text primary key,
  path text not null unique,
  length bigint not null,
  version text not null,
  release_counter integer not null,
  hardware_ids jsonb not null,
  update_id uuid references record (id),
  release_id uuid references record (id),
  added_at timestamptz not null,
  added_by uuid
);

create table campaign_unit (
  campaign_id uuid not null references record (id),
  unit_id uuid not null references unit (id),
  wave integer not null,
  step text not null check (step in ('waiting', 'offered', 'postponed', 'staged', 'confirmed', 'failed')),
  changed_at timestamptz not null,
  detail text,
  primary key (campaign_id, unit_id)
);
create index campaign_unit_steps on campaign_unit (campaign_id, wave, step);
create index campaign_unit_open on campaign_unit (unit_id) where step in ('waiting', 'offered', 'postponed', 'staged');

create table campaign_target (
  campaign_id uuid primary key references record (id),
  sha256 text not null references fleet_target (sha256)
);

-- what the director signed for a unit last; versions only rise
create table director_document (
  unit_id uuid primary key references unit (id),
  version integer not null,
  sha256 text,
  documents jsonb not null,
  signed_at timestamptz not null
);

create table service_request (
  id uuid primary key,
  unit_id uuid not null references unit (id),
  state text not null check (state in ('requested', 'open', 'refused', 'ended', 'expired')),
  why text not null,
  verbs jsonb not null,
  minutes integer not null,
  asked_at timestamptz not null,
  asked_by uuid,
  asked_by_name text not null,
  -- subject of the engineer's token
  engineer text not null,
  -- signed when the unit has said its challenge, and anew when it says another
  challenge text,
  request text,
  opened_at timestamptz,
  ended_at timestamptz,
  ended_because text
);
create index service_request_unit on service_request (unit_id, asked_at desc);
create index service_request_live on service_request (unit_id) where state in ('requested', 'open');

-- who is no longer believed; the number of the newest is the number of the list
create table fleet_revocation (
  id bigint generated always as identity primary key,
  kind text not null check (kind in ('certificate', 'token', 'person')),
  value text not null,
  why text not null,
  at timestamptz not null,
  by_id uuid,
  unique (kind, value)
);
`,
};
