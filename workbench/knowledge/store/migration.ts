// Facts from outside and what they match. The grain of a match is (advisory, component version): a version is compared
// once, however many releases hold it, and a new advisory finds its versions by package.
import type { Migration } from '../../kernel/database/migrations.ts';

export const knowledgeTables: Migration = {
  id: '0004-knowledge',
  sql: /* sql */ `
create table package (
  id integer generated always as identity primary key,
  ecosystem text not null,
  name text not null,
  unique (ecosystem, name)
);

-- one version of a package as some component names it; '' where a part is not given
create table component_version (
  id integer generated always as identity primary key,
  package_id integer not null references package (id),
  version text not null,
  scope text not null,
  cpe text not null,
  commit_id text not null,
  unique (package_id, version, scope, cpe, commit_id)
);

create table advisory (
  id integer generated always as identity primary key,
  source text not null,
  ext_id text not null,
  digest bytea not null,
  modified timestamptz not null,
  withdrawn timestamptz,
  -- worst base score of the record, 0.0 to 10.0; null is unknown
  score real,
  level text not null,
  derived boolean not null,
  summary text not null,
  -- the whole record as it was read, but for what stands in affected
  doc jsonb not null,
  -- revision of the record as Ward has seen it
  revision integer not null default 1,
  first_seen timestamptz not null,
  last_changed timestamptz not null,
  unique (source, ext_id)
);
create index advisory_ext on advisory (ext_id);

create table affected (
  id integer generated always as identity primary key,
  advisory_id integer not null references advisory (id) on delete cascade,
  package_id integer not null references package (id),
  scope text not null,
  doc jsonb not null
);
create index affected_package on affected (package_id);
create index affected_advisory on affected (advisory_id);

-- ids that name one flaw share a group; the preferred id names it
create table alias_group (
  id integer generated always as identity primary key,
  preferred text not null
);
create table alias_member (
  ext_id text primary key,
  group_id integer not null references alias_group (id)
);
create index alias_member_group on alias_member (group_id);
create table alias_assertion (
  advisory_id integer not null references advisory (id) on delete cascade,
  a text not null,
  b text not null,
  primary key (advisory_id, a, b)
);
create index alias_assertion_a on alias_assertion (a);
create index alias_assertion_b on alias_assertion (b);

create table match (
  advisory_id integer not null references advisory (id),
  version_id integer not null references component_version (id),
  outcome text not null check (outcome in ('affected', 'undetermined')),
  why jsonb not null,
  first_seen timestamptz not null,
  changed_at timestamptz not null,
  closed_at timestamptz,
  primary key (advisory_id, version_id)
);
create index match_version on match (version_id) where closed_at is null;
create index match_changed on match (changed_at);

-- ecosystems (distributions by release: Debian:12) that some imported record speaks of: a component of another one is
-- not watched
create table coverage (
  ecosystem text primary key,
  records integer not null,
  newest timestamptz
);

create table knowledge_run (
  id uuid primary key,
  started_at timestamptz not null,
  finished_at timestamptz,
  actor_id uuid,
  source text not null,
  status text not null check (status in ('running', 'done', 'failed')),
  -- place of the last record that was stored, to go on behind it
  cursor text,
  -- sizes and times of the files; a cursor means something only for the very same ones
  fingerprint text not null default '',
  read_count integer not null default 0,
  added integer not null default 0,
  changed integer not null default 0,
  unchanged integer not null default 0,
  problems jsonb not null default '[]',
  problem_count integer not null default 0,
  bytes_read bigint not null default 0,
  bytes_total bigint not null default 0,
  message text
);
create index knowledge_run_started on knowledge_run (started_at desc);
`,
};

/**
 * What findings are grouped, sorted and counted by, beside the match itself: looked up once, when it is written, and not for each
 * of fifty thousand rows of a list. Kept true by `match-facts.ts`.
 */
export const matchFactTables: Migration = {
  id: '0017-match-group',
  sql: /* sql */ `
alter table match add column group_id integer, add column rank smallint, add column score real;
update match m set group_id = am.group_id, score = a.score,
  rank = coalesce(array_position(array['unknown', 'low', 'medium', 'high', 'critical'], a.level), 0)
  from advisory a join alias_member am on am.ext_id = a.ext_id where a.id = m.advisory_id;
alter table match alter column group_id set not null, alter column rank set not null;
-- nothing asks by it
drop index match_changed;
analyze match;
`,
};
