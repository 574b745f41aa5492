// What the authority issued and until when it could be used, and which entries the list of revocations has now.
import type { Migration } from '../../kernel/database/migrations.ts';

export const authorityTables: Migration = {
  id: '0026-fleet-issued',
  sql: /* sql */ `
create table fleet_certificate (
  serial text primary key,
  role text not null check (role in ('unit', 'console', 'service', 'issuer')),
  -- as the certificate names it
  holder text not null,
  unit_id uuid references unit (id),
  issued_at timestamptz not null,
  ends_at timestamptz not null
);
create index fleet_certificate_unit on fleet_certificate (unit_id, ends_at) where unit_id is not null;

create table fleet_token (
  jti text primary key,
  person text not null,
  role text not null,
  unit_id uuid references unit (id),
  issued_at timestamptz not null,
  ends_at timestamptz not null
);
create index fleet_token_newest on fleet_token (ends_at desc);

-- what was issued before this table stands in the ledger; where it does not say until when: the longest that it can be
insert into fleet_certificate (serial, role, holder, unit_id, issued_at, ends_at)
  select certificate_serial, 'unit', serial, id, coalesce(enrolled_at, registered_at), certificate_ends_at
  from unit where certificate_serial is not null and certificate_ends_at is not null;
insert into fleet_certificate (serial, role, holder, unit_id, issued_at, ends_at)
  select lower(l.content->>'certificate'), 'unit', u.serial, u.id, l.at, l.at + interval '398 days'
  from ledger l join unit u on u.serial = l.content->>'serial'
  where l.action in ('fleet.unit-enrolled', 'fleet.certificate-renewed') and l.content->>'certificate' is not null
  on conflict do nothing;
insert into fleet_certificate (serial, role, holder, issued_at, ends_at)
  select lower(content->>'certificate'), content->>'role', content->>'id', at, at + interval '3650 days'
  from ledger where action = 'fleet.certificate-issued' and content->>'role' in ('console', 'service', 'issuer')
  on conflict do nothing;
insert into fleet_token (jti, person, role, unit_id, issued_at, ends_at)
  select l.content->>'token', l.content->>'person', l.content->>'role', u.id, l.at,
    l.at + (l.content->>'minutes')::int * interval '1 minute'
  from ledger l left join unit u on u.serial = l.content->>'serial'
  where l.action = 'fleet.token-issued'
  on conflict do nothing;

alter table fleet_revocation
  -- from then on it cannot be used anyhow; null: never
  add column ends_at timestamptz,
  -- since then not in the list any more
  add column left_at timestamptz;
update fleet_revocation r set ends_at = case kind
  when 'certificate' then coalesce((select ends_at from fleet_certificate c where c.serial = r.value), now() + interval '3650 days')
  when 'token' then coalesce((select ends_at from fleet_token t where t.jti = r.value), now() + interval '36 hours')
end;
create index fleet_revocation_listed on fleet_revocation (ends_at) where left_at is null;

-- certificates of units that were taken back with their newest one alone
insert into fleet_revocation (kind, value, why, at, ends_at)
  select 'certificate', c.serial, 'An earlier certificate of ' || u.serial || ', which was taken back.', now(), c.ends_at
  from fleet_certificate c join unit u on u.id = c.unit_id
  where u.state = 'revoked' and c.ends_at > now()
  on conflict do nothing;

-- one row; the number rises with each change of the list
create table fleet_revocation_list (
  one boolean primary key default true check (one),
  number bigint not null,
  changed_at timestamptz not null
);
insert into fleet_revocation_list (number, changed_at)
  select coalesce((extract(epoch from now()) * 1000)::bigint + max(id) + 1, 1), now() from fleet_revocation;
`,
};

export const directorTables: Migration = {
  id: '0027-fleet-director',
  sql: /* sql */ `
-- the director's roots, each signed by the keys of the one before: units follow them one by one
create table director_root (
  version integer primary key,
  document text not null,
  -- the key of Ward that it names for timestamp, snapshot and targets
  online_key text not null,
  made_at timestamptz not null,
  ends_at timestamptz not null
);
insert into director_root (version, document, online_key, made_at, ends_at)
  select 1, director_root, director_root::jsonb #>> '{signed,roles,timestamp,keyids,0}', created_at,
    (director_root::jsonb #>> '{signed,expires}')::timestamptz
  from fleet_authority;
alter table fleet_authority drop column director_root;
create trigger director_root_append_only before update or delete or truncate on director_root
  for each statement execute function refuse_change();

alter table director_document
  add column attempt integer not null default 1,
  -- null: signed before the key was noted, and to be signed anew
  add column online_key text;

-- how often a unit was told to try what failed on it: the director's number, from 2
create table unit_attempt (
  unit_id uuid not null references unit (id),
  sha256 text not null references fleet_target (sha256),
  attempt integer not null check (attempt between 2 and 1000),
  raised_at timestamptz not null,
  primary key (unit_id, sha256)
);
`,
};
