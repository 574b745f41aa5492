// A person who has looked closes the break of a unit's audit trail: signed, with a reason, once; the trail goes on from a line that the unit has signed. What
// was broken, what nobody verified and who signed stays.
import { MOST_CLOSING_REASON, signTrailClosing } from '@ward/device/audit/closing.ts';
import type { Kernel } from '../../../kernel/kernel.ts';
import type { Credential } from '../../../kernel/people/people.ts';
import type { Principal } from '../../../kernel/people/roles.ts';
import { signedAct } from '../../../kernel/people/signed-act.ts';
import { refuseRecord, requireRole } from '../../../kernel/records/decide.ts';
import type { Tx } from '../../../kernel/records/records.ts';
import { requireAuthority } from '../authority.ts';
import { refuseFleet } from '../errors.ts';
import { TRAIL_ROLES } from '../fleet-roles.ts';
import { noteUnits, type UnitRow } from '../units.ts';
import { CLOSE_TRAIL } from './close-trail-act.ts';

export interface BreakClosing {
  /** Number of the break, of this unit. */
  readonly number: number;
  readonly reason: string;
  readonly credential: Credential | undefined;
}

export interface ClosedBreak {
  readonly start: number;
}

/**
 * Refuses `fleet.no-break`, `fleet.break-closed`, `fleet.no-start` (the unit has not signed where it is), `signature.needed` without a proof, and what proves
 * nobody. The unit is told with its next report.
 */
export async function closeBreak(
  kernel: Kernel,
  principal: Principal,
  unit: UnitRow,
  { number, reason, credential }: BreakClosing,
): Promise<ClosedBreak> {
  requireRole(principal, TRAIL_ROLES, unit.productId, 'close a break of an audit trail');
  // Before the password is asked for: nobody types it for what is refused anyway.
  await requireOpen(kernel.db, unit, number);
  const authority = await requireAuthority(kernel);
  const { personId } = principal;
  if (personId === null || principal.via !== 'session' || !credential)
    throw refuseRecord('signature.needed', 'Closing a break is a signature: prove again that it is you.', {
      at: unit.serial,
    });
  const act = signedAct({ recordId: unit.id, revision: number, transition: CLOSE_TRAIL });
  const authentication = await kernel.people.reauthenticate(personId, credential, kernel.now(), act);
  return kernel.records.write(principal, async (work) => {
    await work.db.selectFrom('unit').select('id').where('id', '=', unit.id).forNoKeyUpdate().execute();
    const { broken, start, part } = await requireOpen(work.db, unit, number);
    const known = { sequence: Number(broken.known_sequence), hash: broken.known_hash };
    const statement = await signTrailClosing(
      {
        ...{ unit: unit.serial, break: number, code: broken.code, start },
        known: { ...known, hash: known.hash === '' ? '0'.repeat(64) : known.hash },
        ...{ by: principal.name, reason, at: work.now.getTime() },
      },
      (bytes) => authority.maker.key.sign(bytes),
    );
    await work.db
      .insertInto('unit_trail_closing')
      .values({
        ...{ unit_id: unit.id, number, part: part + 1 },
        ...{ start_sequence: start.sequence, start_hash: start.hash, reason },
        ...{ closed_at: work.now, closed_by: personId, closed_by_name: principal.name },
        ...{ authentication, statement },
      })
      .execute();
    await work.db
      .updateTable('unit')
      .set({
        ...{ audit_part: part + 1, audit_sequence: start.sequence, audit_signed_to: start.sequence },
        audit_head: start.sequence === 0 ? null : start.hash,
        ...{ audit_problem: null, audit_problem_at: null, audit_claim: null },
      })
      .where('id', '=', unit.id)
      .execute();
    await noteUnits(work, unit.productId, 'fleet.trail-closed', {
      ...{ serial: unit.serial, break: number, code: broken.code, verified: known.sequence },
      ...{ start: start.sequence, hash: start.hash, reason },
      ...{ signedBy: principal.name, authentication, statement },
    });
    return { start: start.sequence };
  });
}

async function requireOpen(db: Kernel['db'] | Tx, unit: UnitRow, number: number) {
  const at = `${unit.serial} break ${number}`;
  const [broken, closing, row] = await Promise.all([
    db
      .selectFrom('unit_trail_break')
      .selectAll()
      .where('unit_id', '=', unit.id)
      .where('number', '=', number)
      .executeTakeFirst(),
    db
      .selectFrom('unit_trail_closing')
      .select('closed_by_name')
      .where('unit_id', '=', unit.id)
      .where('number', '=', number)
      .executeTakeFirst(),
    db
      .selectFrom('unit')
      .select(['audit_problem', 'audit_claim', 'audit_part'])
      .where('id', '=', unit.id)
      .executeTakeFirstOrThrow(),
  ]);
  if (!broken || (row.audit_problem === null && !closing))
    throw refuseFleet('fleet.no-break', `The trail of ${unit.serial} has no open break ${number}.`, { at });
  if (closing)
    throw refuseFleet('fleet.break-closed', `${closing.closed_by_name} closed break ${number}.`, { at });
  const claim = row.audit_claim;
  if (claim === null)
    throw refuseFleet('fleet.no-start', `${unit.serial} has not signed where its log is now.`, { at });
  return { broken, start: { sequence: claim.sequence, hash: claim.hash }, part: row.audit_part };
}

export const MOST_REASON = MOST_CLOSING_REASON;
