// Makes requirements from entries of the library: each once per product, linked to the threats that call for it, with the control
// that it demands where that is asked for. All in one transaction.
import { sql } from 'kysely';
import type { Kernel } from '../../kernel/kernel.ts';
import { type Principal, SYSTEM } from '../../kernel/people/roles.ts';
import { requireRole } from '../../kernel/records/decide.ts';
import { createRecordsIn, type NewRecord } from '../../kernel/records/operations.ts';
import { findRecords, readRecords } from '../../kernel/records/read.ts';
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
    const asked = [...new Map(wanted.map((one) => [one.id, one])).values()].map(({ id, control }) => {
      const proposal = proposals.get(id) as Proposal;
      const threats = [...new Set(proposal.calls.flatMap(({ threat }) => threat?.id ?? []))].slice(0, 500);
      return { id, control, proposal, threats };
    });
    const fresh = asked.filter(({ proposal }) => proposal.requirement === null);
    const demanding = fresh.filter(({ control }) => control);
    // However many they are: the controls, the requirements that demand them, and the links of those that were there.
    const controls = await createRecordsIn(
      records,
      unit,
      demanding.map(({ proposal, threats }) => controlOf(product.id, proposal, threats)),
    );
    const demanded = new Map(demanding.map(({ id }, index) => [id, controls[index] as WardRecord]));
    const made = await createRecordsIn(
      records,
      unit,
      fresh.map(({ id, proposal, threats }) => {
        const control = demanded.get(id);
        return {
          kind: requirement.kind,
          productId: product.id,
          body: bodyOf(proposal),
          reason: `From the requirement library: ${id}.`,
          links: [
            ...threats.map((to) => ({ type: 'derives-from', to })),
            ...(control ? [{ type: 'demands', to: control.id }] : []),
          ],
        };
      }),
    );
    const standing = asked.flatMap(({ proposal: { requirement: key }, threats }) =>
      key === null ? [] : [{ key, threats }],
    );
    const added = await linkThreats(unit, standing);
    return {
      made: made.map(({ key }) => key),
      kept: standing.map(({ key }) => key),
      controls: controls.map(({ key }) => key),
      links: fresh.reduce((sum, { threats }) => sum + threats.length, controls.length + added),
    };
  });
}

function bodyOf({ entry }: Proposal): object {
  const { id, title, statement, category, acceptance, safetyRelevant, clauses, rationale } = entry;
  return { title, statement, category, acceptance, safetyRelevant, clauses, rationale, source: id };
}

function controlOf(productId: string, { entry, places }: Proposal, threats: readonly string[]): NewRecord {
  const { title, effect, riskControl, independent } = entry.control;
  return {
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
  };
}

/** Adds the links that are missing; an approved requirement stays as it is, since a link would take its approval away. */
async function linkThreats(
  unit: Unit,
  standing: readonly { readonly key: string; readonly threats: readonly string[] }[],
): Promise<number> {
  if (standing.length === 0) return 0;
  const found = await readRecords(
    unit.db,
    SYSTEM,
    standing.map(({ key }) => key),
  );
  const drafts = found.filter(({ state }) => state === 'draft');
  const { rows } = await sql<{ from_id: string; to_id: string }>`
    select from_id, to_id from link where from_id = any(${drafts.map(({ id }) => id)}::uuid[])
      and type = 'derives-from' and ended_at is null`.execute(unit.db);
  const linked = new Set(rows.map((row) => `${row.from_id} ${row.to_id}`));
  const called = new Map(standing.map(({ key, threats }) => [key, threats]));
  const missing = drafts.flatMap((from) =>
    (called.get(from.key) ?? []).filter((id) => !linked.has(`${from.id} ${id}`)).map((id) => ({ from, id })),
  );
  const targets = new Map(
    (await findRecords(unit.db, [...new Set(missing.map(({ id }) => id))])).map((to) => [to.id, to]),
  );
  const links = missing.flatMap(({ from, id }) => {
    const to = targets.get(id);
    return to ? [{ type: 'link' as const, id: unit.newId(), linkType: 'derives-from', from, to }] : [];
  });
  if (links.length > 0) await unit.commit(links);
  return links.length;
}
