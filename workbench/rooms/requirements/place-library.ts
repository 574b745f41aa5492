// Makes requirements from entries of the library: each once per product, linked to the threats that call for it, with the control
// that it demands where that is asked for. All in one transaction.
import { sql } from 'kysely';
import type { Kernel } from '../../kernel/kernel.ts';
import type { Principal } from '../../kernel/people/roles.ts';
import { requireRole } from '../../kernel/records/decide.ts';
import { createRecordIn } from '../../kernel/records/operations.ts';
import { findRecord } from '../../kernel/records/read.ts';
import type { WardRecord } from '../../kernel/records/record.ts';
import type { Unit } from '../../kernel/records/records.ts';
import { type Proposal, proposeRequirements } from './called-for.ts';
import { callsOf } from './calls-of-product.ts';
import { refuseRequirements } from './errors.ts';
import { libraryEntry } from './library.ts';
import { requirement } from './model.ts';

export interface WantedEntry {
  readonly id: string;
  /** Make the control that it usually demands, planned, at the places of the threats. */
  readonly control: boolean;
}

export interface Placed {
  readonly made: readonly string[];
  /** Requirements that were there already; only links were added. */
  readonly kept: readonly string[];
  readonly controls: readonly string[];
  readonly links: number;
}

export async function proposalsOf(
  db: Kernel['db'],
  principal: Principal,
  productId: string,
): Promise<Proposal[]> {
  const [calls, existing] = await Promise.all([
    callsOf(db, principal, productId),
    fromLibrary(db, productId),
  ]);
  return proposeRequirements(calls, existing);
}

async function fromLibrary(db: Kernel['db'], productId: string): Promise<{ key: string; source: string }[]> {
  const { rows } = await sql<{ key: string; source: string }>`
    select key, body->>'source' as source from record where kind = 'requirement' and product_id = ${productId}::uuid
      and state <> 'obsolete' and body->>'source' like 'SR-%' order by number desc`.execute(db);
  return rows;
}

/** Refuses `requirements.no-library-entry` before anything is made. */
export function placeFromLibrary(
  { records }: Kernel,
  principal: Principal,
  product: WardRecord,
  wanted: readonly WantedEntry[],
): Promise<Placed> {
  for (const { id } of wanted)
    if (!libraryEntry(id))
      throw refuseRequirements('requirements.no-library-entry', `The library holds no ${id}.`, { at: id });
  requireRole(principal, requirement.rights.create, product.id, 'place requirements');
  return records.write(principal, async (unit) => {
    // Two people at once make one requirement, not two.
    await sql`select pg_advisory_xact_lock(hashtext('requirement-library'), hashtext(${product.id}))`.execute(
      unit.db,
    );
    const proposals = new Map(
      (await proposalsOf(unit.db, principal, product.id)).map((one) => [one.entry.id, one]),
    );
    const placed = { made: [] as string[], kept: [] as string[], controls: [] as string[], links: 0 };
    for (const { id, control } of new Map(wanted.map((one) => [one.id, one])).values()) {
      const proposal = proposals.get(id) as Proposal;
      const threats = [...new Set(proposal.calls.flatMap(({ threat }) => threat?.id ?? []))].slice(0, 500);
      if (proposal.requirement === null) {
        const demanded = control ? await makeControl(records, unit, product.id, proposal, threats) : null;
        const made = await createRecordIn(records, unit, {
          kind: requirement.kind,
          productId: product.id,
          body: bodyOf(proposal),
          reason: `From the requirement library: ${id}.`,
          links: [
            ...threats.map((to) => ({ type: 'derives-from', to })),
            ...(demanded ? [{ type: 'demands', to: demanded.id }] : []),
          ],
        });
        placed.made.push(made.key);
        if (demanded) placed.controls.push(demanded.key);
        placed.links += threats.length + (demanded ? 1 : 0);
      } else {
        placed.links += await linkThreats(unit, proposal.requirement, threats);
        placed.kept.push(proposal.requirement);
      }
    }
    return placed;
  });
}

function bodyOf({ entry }: Proposal): object {
  const { id, title, statement, category, acceptance, safetyRelevant, clauses, rationale } = entry;
  return { title, statement, category, acceptance, safetyRelevant, clauses, rationale, source: id };
}

function makeControl(
  records: Kernel['records'],
  unit: Unit,
  productId: string,
  { entry, places }: Proposal,
  threats: readonly string[],
): Promise<WardRecord> {
  const { title, effect, riskControl, independent } = entry.control;
  return createRecordIn(records, unit, {
    kind: 'control',
    productId,
    body: {
      title,
      category: entry.category,
      description: `Proposed for ${entry.id}: ${entry.title}.`,
      places: [...places],
      effect,
      riskControl,
      independent,
    },
    reason: `From the requirement library: ${entry.id}.`,
    links: threats.map((to) => ({ type: 'cuts', to })),
  });
}

/** Adds the links that are missing; an approved requirement stays as it is, since a link would take its approval away. */
async function linkThreats(unit: Unit, key: string, threats: readonly string[]): Promise<number> {
  const from = await findRecord(unit.db, key);
  if (from?.state !== 'draft') return 0;
  const { rows } = await sql<{ to_id: string }>`
    select to_id from link where from_id = ${from.id}::uuid and type = 'derives-from' and ended_at is null`.execute(
    unit.db,
  );
  const linked = new Set(rows.map((row) => row.to_id));
  let added = 0;
  for (const id of threats) {
    if (linked.has(id)) continue;
    const to = await findRecord(unit.db, id);
    if (!to) continue;
    await unit.commit([{ type: 'link', id: unit.newId(), linkType: 'derives-from', from, to }]);
    added += 1;
  }
  return added;
}
