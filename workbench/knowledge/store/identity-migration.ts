// What people add to identities: aliases of the house, and histories of repositories for components pinned to a commit.
import type { Migration } from '../../kernel/database/migrations.ts';

export const identityTables: Migration = {
  id: '0009-identities',
  sql: /* sql */ `
-- a pair that people of the house added, or (parts) a curated pair that they refuse
create table identity_alias (
  id uuid primary key,
  purl text not null,
  target text not null,
  effect text not null check (effect in ('joins', 'parts')),
  reason text not null,
  added_at timestamptz not null,
  added_by uuid,
  ended_at timestamptz,
  ended_by uuid
);
create unique index identity_alias_current on identity_alias (lower(purl), lower(target)) where ended_at is null;

-- the curated list under which the components in force were identified; another one is applied by a job
create table identity_state (
  one boolean primary key default true check (one),
  curated_digest text not null
);

-- the commits of a repository as git log prints them (commit and parents a line), deflated
create table git_history (
  repo text primary key,
  commits integer not null,
  head text not null,
  lines bytea not null,
  added_at timestamptz not null
);
`,
};
