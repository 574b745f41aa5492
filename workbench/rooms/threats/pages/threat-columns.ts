// Columns that a rule and what it finds have in common.
import type { Column } from '../../../web/data-table/columns.ts';
import { SAFETY_WORDS } from './threat-words.ts';

export const SAFETY_COLUMN: Column<{ readonly safetyRelevance: string }> = {
  id: 'safety',
  title: 'Safety',
  value: (row) => SAFETY_WORDS[row.safetyRelevance] ?? row.safetyRelevance,
  width: 120,
  priority: 3,
};

export const EXPLOITABILITY_COLUMN: Column<{ readonly exploitability: number | null }> = {
  id: 'exploitability',
  title: 'Exploitable',
  value: (row) => row.exploitability,
  align: 'right',
  width: 90,
  priority: 3,
};
