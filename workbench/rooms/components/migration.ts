// SBOMs of releases and what stands in them. Components are occurrences; the versions that are matched are interned.
import type { Migration } from '../../kernel/database/migrations.ts';

export const componentTables: Migration = {
  id: '0005-components',
  sql: /* sql */ `
create table sbom (
  id uuid primary key,
  release_id uuid not null references record (id),
  -- part of the release that the file describes; a new file for the same part takes the place of the one before
  part text not null,
  blob_hash text not null,
  size bigint not null,
  file_name text not null,
  format text not null,
  spec_version text not null,
  serial_number text,
  document_version text,
  created_text text,
  tools jsonb not null,
  subject jsonb,
  warnings jsonb not null,
  component_count integer not null,
  watched_count integer not null,
  imported_at timestamptz not null,
  imported_by uuid,
  superseded_at timestamptz
);
create unique index sbom_current on sbom (release_id, part) where superseded_at is null;
create index sbom_release on sbom (release_id, imported_at desc);

create table component (
  id bigint generated always as identity primary key,
  sbom_id uuid not null references sbom (id),
  position integer not null,
  ref text not null,
  parent_ref text,
  type text not null,
  group_name text,
  name text not null,
  version text,
  purl text,
  cpes text[] not null,
  licences text[] not null,
  supplier text,
  scope text,
  commit_id text,
  support_level text,
  end_of_support text,
  -- why no advisory can be looked up for it; null when it is watched
  not_watched text,
  identity_note text not null,
  -- what a finding is bound to: ecosystem and name without the version, the same in every SBOM
  place text not null,
  detail jsonb not null,
  unique (sbom_id, position)
);
create index component_sbom_place on component (sbom_id, place);
create index component_sbom_name on component (sbom_id, lower(name));

create table component_identity (
  version_id integer not null references component_version (id),
  component_id bigint not null references component (id),
  sbom_id uuid not null,
  primary key (version_id, component_id)
);
create index component_identity_component on component_identity (component_id);
create index component_identity_sbom on component_identity (sbom_id, version_id);

create table component_dependency (
  sbom_id uuid not null references sbom (id),
  from_ref text not null,
  to_ref text not null,
  primary key (sbom_id, from_ref, to_ref)
);
create index component_dependency_to on component_dependency (sbom_id, to_ref);
`,
};
