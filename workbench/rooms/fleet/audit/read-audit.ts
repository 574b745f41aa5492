// Verified lines of a unit's audit log, as pages and as FHIR.
import { AuditEntry } from '@ward/device/audit/entry.ts';
import { fhirAuditEvent, fhirBundle } from '@ward/device/audit/fhir.ts';
import type { Kysely } from 'kysely';
import type { Tables } from '../../../kernel/database/schema.ts';
import type { AuditLineView } from '../contract.ts';
import type { UnitRow } from '../units.ts';

const PAGE = 100;
const MOST_IN_BUNDLE = 10_000;

export async function readAuditLines(
  db: Kysely<Tables>,
  unitId: string,
  before: { readonly part: number; readonly sequence: number } | null,
  outcome: string | undefined,
): Promise<{ items: AuditLineView[]; next: string | null }> {
  let query = db
    .selectFrom('unit_audit')
    .select(['part', 'sequence', 'line'])
    .where('unit_id', '=', unitId)
    .orderBy('part', 'desc')
    .orderBy('sequence', 'desc')
    .limit(PAGE + 1);
  if (before !== null)
    query = query.where((is) =>
      is.or([
        is('part', '<', before.part),
        is.and([is('part', '=', before.part), is('sequence', '<', String(before.sequence))]),
      ]),
    );
  if (outcome !== undefined) query = query.where('outcome', '=', outcome);
  const rows = await query.execute();
  const page = rows.slice(0, PAGE);
  const last = page.at(-1);
  return {
    items: page.map(({ part, line }) => ({ part, ...lineView(AuditEntry.parse(JSON.parse(line))) })),
    next: rows.length > PAGE && last ? `${last.part}-${last.sequence}` : null,
  };
}

function lineView({ sequence, at, what, outcome, code, who, role, on, detail }: AuditEntry) {
  return { sequence, at: new Date(at).toISOString(), what, outcome, code, who, role, on, detail };
}

/** The newest lines, oldest first. */
export async function auditBundle(db: Kysely<Tables>, unit: UnitRow): Promise<Record<string, unknown>> {
  const rows = await db
    .selectFrom('unit_audit')
    .select('line')
    .where('unit_id', '=', unit.id)
    .orderBy('part', 'desc')
    .orderBy('sequence', 'desc')
    .limit(MOST_IN_BUNDLE)
    .execute();
  const resources = rows
    .reverse()
    .map(({ line }) => fhirAuditEvent(unit.serial, line, AuditEntry.parse(JSON.parse(line))));
  return { ...fhirBundle(resources) };
}
