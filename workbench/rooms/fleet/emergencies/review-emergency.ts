// What somebody found who looked at an emergency access: a verdict with its reason, once, in the ledger.
import { AuditEntry } from '@ward/device/audit/entry.ts';
import type { Kernel } from '../../../kernel/kernel.ts';
import type { Principal } from '../../../kernel/people/roles.ts';
import { refuseFleet } from '../errors.ts';
import { engineerOf } from '../service/ask-service.ts';
import { noteUnits, type UnitRow } from '../units.ts';

export interface EmergencyReview {
  readonly verdict: 'justified' | 'not-justified';
  readonly reason: string;
}

/** `line` is `part-sequence` of the trail. Refuses `fleet.no-emergency`, `fleet.own-emergency`, `fleet.reviewed-already`. */
export async function reviewEmergency(
  { records }: Kernel,
  principal: Principal,
  unit: UnitRow,
  line: string,
  { verdict, reason }: EmergencyReview,
): Promise<void> {
  const [part = 0, sequence = 0] = line.split('-').map(Number);
  const at = `${unit.serial} ${line}`;
  await records.write(principal, async (work) => {
    const found = await work.db
      .selectFrom('unit_audit')
      .select('line')
      .where('unit_id', '=', unit.id)
      .where('part', '=', part)
      .where('sequence', '=', String(sequence))
      .where('what', '=', 'vault.opened-in-emergency')
      .where('outcome', '=', 'done')
      .executeTakeFirst();
    if (!found)
      throw refuseFleet('fleet.no-emergency', `Line ${line} of ${unit.serial} tells of no emergency.`, {
        at,
      });
    const { who } = AuditEntry.parse(JSON.parse(found.line));
    // A hint only: names are compared, and a person of the clinic and an account of Ward are not the same.
    if (who === engineerOf(principal.name))
      throw refuseFleet(
        'fleet.own-emergency',
        `${who} opened the data, which is called as your account is; somebody else reviews it.`,
        { at },
      );
    const kept = await work.db
      .insertInto('unit_emergency_review')
      .values({
        ...{ unit_id: unit.id, part, sequence, verdict, reason },
        ...{ reviewed_at: work.now, reviewed_by: principal.personId, reviewed_by_name: principal.name },
      })
      .onConflict((conflict) => conflict.doNothing())
      .returning('part')
      .executeTakeFirst();
    if (!kept) throw refuseFleet('fleet.reviewed-already', 'Somebody has reviewed it.', { at });
    await noteUnits(work, unit.productId, 'fleet.emergency-reviewed', {
      ...{ serial: unit.serial, line, who, verdict, reason },
    });
  });
}
