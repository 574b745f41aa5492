// The drawing's places, apart from the record: no revision, no ledger entry, nothing that a signature covers.
import type { Migration } from '../../kernel/database/migrations.ts';

export const layoutTables: Migration = {
  id: '0019-system-layout',
  sql: /* sql */ `
create table system_layout (
  record_id uuid primary key references record (id),
  -- object id of the model -> { x, y, w?, h?, pinned? }
  places jsonb not null,
  changed_at timestamptz not null,
  changed_by uuid
);
`,
};
