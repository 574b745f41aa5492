// What people accepted of the rules' results, what decisions rested on, and which packs a product uses.
import type { Migration } from '../../kernel/database/migrations.ts';

export const threatTables: Migration = {
  id: '0020-threats',
  sql: /* sql */ `
-- (model, rule, target) is the identity of a result; renaming, moving and running again do not touch it
create table threat_baseline (
  model_id uuid not null references record (id),
  rule text not null,
  target text not null,
  state text not null check (state in ('raised', 'open', 'answered')),
  rule_version integer not null,
  merged_into text,
  facts jsonb not null,
  accepted_by uuid,
  accepted_at timestamptz not null,
  primary key (model_id, rule, target)
);

create table threat_identity (
  threat_id uuid primary key references record (id),
  model_id uuid not null references record (id),
  rule text not null,
  target text not null,
  unique (model_id, rule, target)
);

-- what a person's decision about a threat rested on; none while it is open
create table threat_decision (
  threat_id uuid primary key references record (id),
  -- null: the rule did not apply there when it was decided
  premises jsonb,
  confirmed_by uuid,
  at timestamptz not null
);

-- only what differs from the rule: shipped packs are in use, packs of the house are not
create table rule_choice (
  product_id uuid not null references record (id),
  pack text not null,
  in_use boolean not null,
  chosen_by uuid,
  chosen_at timestamptz not null,
  primary key (product_id, pack)
);

-- the last run for each model, so that lists need no evaluation
create table threat_run (
  model_id uuid primary key references record (id),
  revision integer not null,
  packs text not null,
  raised integer not null,
  open integer not null,
  answered integer not null,
  fresh integer not null,
  gone integer not null,
  changed integer not null,
  stale integer not null,
  problems integer not null,
  at timestamptz not null
);
`,
};
