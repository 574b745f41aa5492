// The tables of risks as Kysely sees them.
import type { ColumnType, Generated } from 'kysely';
import type { Judgement } from './judge.ts';
import type { Premises } from './premises.ts';
import type { Mapping } from './safety-file/mapping.ts';

declare module '../../kernel/database/schema.ts' {
  interface Tables {
    risk_judgement: {
      id: Generated<string>;
      risk_id: string;
      revision: number;
      at: ColumnType<Date, Date, never>;
      act: string;
      by_id: string | null;
      judgement: ColumnType<Judgement, string, never>;
      premises: ColumnType<Premises, string, never>;
      premises_hash: string;
    };
    risk_flag: {
      id: Generated<string>;
      risk_id: string;
      at: ColumnType<Date, Date, never>;
      cause: string;
      reason: string;
      cleared_at: ColumnType<Date | null, Date | null, Date | null>;
    };
    harm_import: {
      id: Generated<string>;
      product_id: string;
      at: ColumnType<Date, Date, never>;
      by_id: string | null;
      file_name: string;
      sha256: string;
      format: string;
      added: number;
      changed: number;
      gone: number;
      unchanged: number;
    };
    harm_mapping: { product_id: string; mapping: ColumnType<Mapping, string, string> };
  }
}
