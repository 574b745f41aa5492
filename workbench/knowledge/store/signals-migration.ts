// Signals beside the advisories: known exploitation, its forecast, the end of support; and the feeds that bring all of it.
import type { Migration } from '../../kernel/database/migrations.ts';

export const signalTables: Migration = {
  id: '0007-signals',
  sql: /* sql */ `
-- CISA's catalogue of known exploited vulnerabilities; an entry that it has dropped keeps its row
create table kev_entry (
  cve text primary key,
  added_on date not null,
  due_on date,
  ransomware text not null check (ransomware in ('known', 'unknown')),
  name text not null,
  product text not null,
  action text not null,
  source text not null,
  first_seen timestamptz not null,
  changed_at timestamptz not null,
  removed_at timestamptz
);

-- the newest score of every CVE; day is null where the source does not say it
create table epss_score (
  cve text primary key,
  score double precision not null,
  percentile double precision,
  day date,
  changed_at timestamptz not null
);

-- of CVEs with an open match only: the first score, then each one that moved by 0.005 or more, at most one a day
create table epss_history (
  cve text not null,
  day date not null,
  score double precision not null,
  percentile double precision,
  primary key (cve, day)
);

-- ended: null is not known; a day decides by itself
create table lifecycle (
  product text not null,
  cycle text not null,
  title text not null,
  released_on date,
  active_until date,
  active_ended boolean,
  life_until date,
  life_ended boolean,
  changed_at timestamptz not null,
  primary key (product, cycle)
);
create table lifecycle_identity (
  product text not null,
  ecosystem text not null,
  name text not null,
  stated text not null,
  primary key (product, ecosystem, name)
);
create index lifecycle_identity_name on lifecycle_identity (ecosystem, name);

-- what CISA says of a CVE in its container of the CVE record (SSVC options as they are)
create table ssvc_statement (
  cve text not null,
  role text not null,
  stated_at timestamptz,
  options jsonb not null,
  primary key (cve, role)
);

create table knowledge_feed (
  id text primary key,
  kind text not null,
  title text not null,
  url text not null,
  settings jsonb not null default '{}',
  enabled boolean not null default false,
  own boolean not null default false,
  every_minutes integer not null check (every_minutes between 5 and 43200),
  -- where the next run goes on: kind-specific, written after each step that is stored
  cursor jsonb not null default '{}',
  running_since timestamptz,
  step text,
  step_done bigint,
  step_total bigint,
  last_run_at timestamptz,
  last_good_at timestamptz,
  last_changed_at timestamptz,
  error_code text,
  error text,
  error_remedy text,
  failing_since timestamptz,
  failures integer not null default 0,
  next_run_at timestamptz,
  counts jsonb not null default '{}',
  bytes bigint not null default 0,
  created_at timestamptz not null
);

-- products of advisories (CSAF) that carry no identifier and are therefore not compared with components
alter table knowledge_run add column not_matched integer not null default 0;
`,
};

/** Flaws that a record passes on from the parts it carries, one row each: their signs of exploitation count for it, too. */
export const upstreamTables: Migration = {
  id: '0018-upstream',
  sql: /* sql */ `
create table advisory_upstream (
  advisory_id integer not null references advisory (id) on delete cascade,
  ext_id text not null,
  primary key (advisory_id, ext_id)
);
create index advisory_upstream_ext on advisory_upstream (ext_id);
insert into advisory_upstream (advisory_id, ext_id)
  select distinct a.id, u from advisory a cross join jsonb_array_elements_text(coalesce(a.doc->'upstream', '[]')) u;
`,
};
