// The tables of vulnerabilities as Kysely sees them.
import type { ColumnType, Generated } from 'kysely';
import type { Evidence } from './evidence.ts';

declare module '../../kernel/database/schema.ts' {
  interface Tables {
    notice_found: { product_id: string; ext_id: string };
    finding_place: { finding_id: string; release_id: string; place: string; ext_id: string };
    assessment_evidence: {
      id: Generated<string>;
      assessment_id: string;
      revision: number;
      finding_id: string;
      evidence: ColumnType<Evidence, string, never>;
      at: ColumnType<Date, Date, never>;
    };
    assessment_due: {
      assessment_id: string;
      due_on: ColumnType<string, string, string>;
      told_at: ColumnType<Date | null, Date | null, Date | null>;
    };
  }
}
