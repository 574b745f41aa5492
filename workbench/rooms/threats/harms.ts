// Harms of the safety file by their ids there, for what stands behind a place. The room of risks comes later; records are the kernel's.
import { sql } from 'kysely';
import type { Kernel } from '../../kernel/kernel.ts';
import type { HarmBehind } from './model-places.ts';

/** Severity 1 to 5 as the safety file words it. */
const SEVERITIES = ['negligible', 'minor', 'serious', 'critical', 'catastrophic'];

export async function harmsOf(db: Kernel['db'], productId: string | null): Promise<HarmBehind[]> {
  const { rows } = await sql<{ id: string; title: string; severity: string | null }>`
    select coalesce(nullif(body->>'sourceId', ''), key) as id, title, body->>'severity' as severity from record
    where kind = 'harm' and state = 'imported' and product_id = ${productId}::uuid order by number limit 5000`.execute(
    db,
  );
  return rows.map(({ id, title, severity }) => ({
    id,
    title,
    severity: SEVERITIES.indexOf(severity ?? '') + 1,
  }));
}
