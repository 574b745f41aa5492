// The tables of the room as Kysely sees them.
import type { ColumnType } from 'kysely';
import type { KnownDepth } from './depth-news.ts';

declare module '../../kernel/database/schema.ts' {
  interface Tables {
    assurance_state: {
      release_id: string;
      depths: ColumnType<readonly KnownDepth[], string, string>;
      counted: ColumnType<readonly string[], string, string>;
      at: ColumnType<Date, Date, Date>;
    };
  }
}
