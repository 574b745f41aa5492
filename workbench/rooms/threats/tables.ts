// The tables of threats as Kysely sees them.
import type { ColumnType } from 'kysely';
import type { UsedFact } from './evaluate/contract.ts';
import type { Premises } from './premises.ts';

declare module '../../kernel/database/schema.ts' {
  interface Tables {
    threat_baseline: {
      model_id: string;
      rule: string;
      target: string;
      state: 'raised' | 'open' | 'answered';
      rule_version: number;
      merged_into: string | null;
      facts: ColumnType<readonly UsedFact[], string, string>;
      accepted_by: string | null;
      accepted_at: ColumnType<Date, Date, Date>;
    };
    threat_identity: { threat_id: string; model_id: string; rule: string; target: string };
    threat_decision: {
      threat_id: string;
      premises: ColumnType<Premises | null, string | null, string | null>;
      confirmed_by: string | null;
      at: ColumnType<Date, Date, Date>;
    };
    rule_choice: {
      product_id: string;
      pack: string;
      in_use: boolean;
      chosen_by: string | null;
      chosen_at: ColumnType<Date, Date, Date>;
    };
    threat_run: {
      model_id: string;
      revision: number;
      packs: string;
      raised: number;
      open: number;
      answered: number;
      fresh: number;
      gone: number;
      changed: number;
      stale: number;
      problems: number;
      at: ColumnType<Date, Date, Date>;
    };
  }
}
