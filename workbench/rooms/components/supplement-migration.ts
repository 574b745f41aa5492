// What people complete or correct about a component, apart from the SBOM that it came in.
import type { Migration } from '../../kernel/database/migrations.ts';

export const supplementTables: Migration = {
  id: '0015-supplements',
  sql: /* sql */ `
create table component_supplement (
  id uuid primary key,
  product_id uuid not null references record (id),
  -- as component.place: the same in every SBOM of the product, so that the next one keeps what was completed
  place text not null,
  -- null: holds for every version
  version text,
  body jsonb not null,
  reason text not null,
  made_at timestamptz not null,
  made_by uuid,
  ended_at timestamptz,
  ended_by uuid
);
create unique index component_supplement_in_force on component_supplement (product_id, place, coalesce(version, ''), (version is null))
  where ended_at is null;
create index component_supplement_product on component_supplement (product_id, made_at desc);
`,
};
