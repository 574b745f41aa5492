// The platform that a release runs on, and what NVD's AND configurations come to in it.
import type { Migration } from '../../kernel/database/migrations.ts';

export const platformTables: Migration = {
  id: '0009-platforms',
  sql: /* sql */ `
-- the alias table says that this version and the component's purl are one thing
alter table component_identity add column tied boolean not null default false;

-- what people declare a product or a release to run on
create table platform_fact (
  id uuid primary key,
  product_id uuid not null references record (id),
  -- null: holds for every release of the product
  release_id uuid references record (id),
  cpe text not null,
  -- everything of the CPE's part (operating system, hardware) is declared: what is not named is not there
  complete boolean not null,
  note text not null,
  added_at timestamptz not null,
  added_by uuid,
  ended_at timestamptz,
  ended_by uuid
);
create index platform_fact_product on platform_fact (product_id) where ended_at is null;

-- matches that wait for a platform, as they stand in one release; absent where the match's own outcome holds
create table platform_verdict (
  release_id uuid not null references record (id),
  advisory_id integer not null references advisory (id),
  version_id integer not null references component_version (id),
  outcome text not null check (outcome in ('affected', 'not-affected')),
  why jsonb not null,
  primary key (release_id, advisory_id, version_id)
);
create index match_waits_for_platform on match (version_id) where closed_at is null and why->>'reason' = 'platform';
`,
};
