// The tables of the room as Kysely sees them.
import type { ColumnType } from 'kysely';
import type { Layout } from './layout-model.ts';

declare module '../../kernel/database/schema.ts' {
  interface Tables {
    system_layout: {
      record_id: string;
      places: ColumnType<Layout, string, string>;
      changed_at: ColumnType<Date, Date, Date>;
      changed_by: string | null;
    };
  }
}
