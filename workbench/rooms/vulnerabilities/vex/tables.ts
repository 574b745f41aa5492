// The tables of VEX as Kysely sees them.
import type { ColumnType, Generated } from 'kysely';
import type { VexRef } from './statement.ts';

type Warnings = readonly { at: string; message: string }[];

declare module '../../../kernel/database/schema.ts' {
  interface Tables {
    vex_document: {
      id: string;
      blob_hash: string;
      size: ColumnType<string, number, never>;
      file_name: string;
      format: string;
      spec_version: string;
      doc_id: string;
      doc_version: string;
      author: string;
      issued_at: ColumnType<Date | null, string | null, never>;
      tlp: string | null;
      release_id: string | null;
      supplier_id: string | null;
      warnings: ColumnType<Warnings, string, never>;
      imported_at: ColumnType<Date, Date, never>;
      imported_by: string | null;
      superseded_at: ColumnType<Date | null, Date | null, Date>;
    };
    vex_ref: {
      id: Generated<string>;
      document_id: string;
      no: number;
      name: string;
      by_name: string | null;
      doc: ColumnType<VexRef, string, never>;
    };
  }
}
