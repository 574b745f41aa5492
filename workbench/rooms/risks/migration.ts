// What was judged and when, what moved since, and where harms came from.
import type { Migration } from '../../kernel/database/migrations.ts';

export const riskTables: Migration = {
  id: '0021-risks',
  sql: /* sql */ `
-- each judgement as it was made: a level is never computed anew behind somebody's back
create table risk_judgement (
  id bigint generated always as identity primary key,
  risk_id uuid not null references record (id),
  revision integer not null,
  at timestamptz not null,
  -- what people did: edit, link, assess
  act text not null,
  by_id uuid,
  judgement jsonb not null,
  premises jsonb not null,
  premises_hash text not null
);
create index risk_judgement_latest on risk_judgement (risk_id, id desc);
create trigger risk_judgement_append_only before update or delete or truncate on risk_judgement
  for each statement execute function refuse_change();

-- why a judgement has to be looked at again
create table risk_flag (
  id bigint generated always as identity primary key,
  risk_id uuid not null references record (id),
  at timestamptz not null,
  -- the same cause is said once while it stands
  cause text not null,
  reason text not null,
  cleared_at timestamptz
);
create unique index risk_flag_open on risk_flag (risk_id, cause) where cleared_at is null;
create index risk_flag_risk on risk_flag (risk_id, id desc);

create table harm_import (
  id bigint generated always as identity primary key,
  product_id uuid not null references record (id),
  at timestamptz not null,
  by_id uuid,
  file_name text not null,
  sha256 text not null,
  format text not null,
  added integer not null,
  changed integer not null,
  gone integer not null,
  unchanged integer not null
);
create index harm_import_latest on harm_import (product_id, id desc);

-- the columns of the last import, so that nobody maps the same file twice
create table harm_mapping (
  product_id uuid primary key references record (id),
  mapping jsonb not null
);
`,
};
