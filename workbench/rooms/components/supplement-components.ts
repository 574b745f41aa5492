// People complete or correct what an SBOM says of components. The SBOM itself is never changed; a corrected identity is matched.
import { sql } from 'kysely';
import { defineErrors } from '../../kernel/errors.ts';
import type { Kernel } from '../../kernel/kernel.ts';
import type { Principal } from '../../kernel/people/roles.ts';
import { requireRole } from '../../kernel/records/decide.ts';
import type { Unit } from '../../kernel/records/records.ts';
import { parseCpe } from '../../knowledge/identity/cpe.ts';
import { readPurl } from '../../knowledge/identity/purl.ts';
import { IMPORT_LOCK } from '../../knowledge/store/import-advisories.ts';
import { readRelease } from '../products/index.ts';
import { lockSurroundings } from './read-supplements.ts';
import { renewPlaces } from './renew-identities.ts';
import type { Supplement } from './supplement.ts';
import './tables.ts';

const refuse = defineErrors({
  'supplement.no-component': {
    status: 422,
    exit: 3,
    title: 'The component is not in this release',
    remedy: 'Take the components from the list of the release; a newer SBOM may have replaced them.',
  },
  'supplement.not-readable': {
    status: 422,
    exit: 3,
    title: 'The identity cannot be read',
    remedy:
      'Give a package URL such as pkg:npm/lodash@4.17.21, or a CPE such as cpe:2.3:a:openssl:openssl:3.0.13:*:*:*:*:*:*:*.',
  },
});

export const SUPPLEMENTERS = ['security-lead', 'developer', 'release-manager', 'quality'] as const;

export interface Completion {
  /** Ids as the list of components of the release gives them. */
  readonly components: readonly string[];
  /** null takes a completed field back; an absent one stays as it is. */
  readonly fields: { readonly [Field in keyof Supplement]?: Supplement[Field] | null };
  readonly holdsFor: 'version' | 'every-version';
  readonly reason: string;
}

/**
 * Completes all of the components or none. Refuses `supplement.no-component` and `supplement.not-readable`. When it returns,
 * what follows for matching is decided too. Gives how many places changed.
 */
export async function supplementComponents(
  kernel: Kernel,
  principal: Principal,
  releaseKey: string,
  input: Completion,
): Promise<number> {
  const release = await readRelease(kernel.db, principal, releaseKey);
  requireRole(principal, SUPPLEMENTERS, release.productId, 'complete a component', 'sbom:write');
  const productId = release.productId as string;
  checkIdentity(input.fields);
  const identity = 'purl' in input.fields || 'cpe' in input.fields;
  return kernel.records.write(principal, async (unit) => {
    if (identity) {
      // An SBOM that is being taken in reads these words under the same lock: it sees them, or is seen here.
      await lockSurroundings(unit.db, [productId], 'change');
      // Before the ledger's lock, as imports take it: else one would wait for the other.
      await sql`select pg_advisory_xact_lock_shared(${IMPORT_LOCK})`.execute(unit.db);
    }
    const places = await placesOf(unit, release.id, input);
    const changed: { place: string; version: string | null }[] = [];
    for (const at of places) if (await supplementPlace(unit, productId, at, input)) changed.push(at);
    if (changed.length === 0) return 0;
    const content = {
      components: changed.slice(0, 500).map(({ place, version }) => ({ place, version })),
      count: changed.length,
      fields: { ...input.fields } as Record<string, string | null>,
      reason: input.reason,
    };
    await unit.commit([
      { type: 'note', action: 'component.supplemented', productId, record: release.id, content },
    ]);
    if (identity) await renewPlaces(unit, productId, changed);
    return changed.length;
  });
}

function checkIdentity({ purl, cpe }: Completion['fields']): void {
  if (purl && readPurl(purl).purl === null)
    throw refuse('supplement.not-readable', `${purl.slice(0, 200)} is no package URL.`, {
      at: '$.fields.purl',
    });
  if (cpe && parseCpe(cpe) === null)
    throw refuse('supplement.not-readable', `${cpe.slice(0, 200)} is no CPE.`, { at: '$.fields.cpe' });
}

async function placesOf(unit: Unit, releaseId: string, input: Completion) {
  const wanted = [...new Set(input.components)];
  const { rows } = await sql<{ id: string; place: string; version: string | null }>`
    select c.id, c.place, c.version from component c join sbom s on s.id = c.sbom_id
    where s.release_id = ${releaseId}::uuid and s.superseded_at is null and c.id = any(${wanted}::bigint[])`.execute(
    unit.db,
  );
  const missing = wanted.find((id) => !rows.some((row) => row.id === id));
  if (missing !== undefined)
    throw refuse('supplement.no-component', `There is no component ${missing} in this release.`, {
      at: '$.components',
    });
  const places = new Map<string, { place: string; version: string | null }>();
  for (const row of rows) {
    const version = input.holdsFor === 'version' ? row.version : null;
    places.set(JSON.stringify([row.place, version]), { place: row.place, version });
  }
  return [...places.values()].sort((a, b) => (a.place < b.place ? -1 : 1));
}

async function supplementPlace(
  unit: Unit,
  productId: string,
  { place, version }: { place: string; version: string | null },
  { fields, reason }: Completion,
): Promise<boolean> {
  const present = await unit.db
    .selectFrom('component_supplement')
    .select(['id', 'body'])
    .where('product_id', '=', productId)
    .where('place', '=', place)
    .where('version', version === null ? 'is' : '=', version)
    .where('ended_at', 'is', null)
    .forUpdate()
    .executeTakeFirst();
  const body = merged(present?.body ?? {}, fields);
  if (JSON.stringify(body) === JSON.stringify(merged(present?.body ?? {}, {}))) return false;
  if (present)
    await unit.db
      .updateTable('component_supplement')
      .set({ ended_at: unit.now, ended_by: unit.principal.personId })
      .where('id', '=', present.id)
      .execute();
  if (Object.keys(body).length > 0)
    await unit.db
      .insertInto('component_supplement')
      .values({
        id: unit.newId(),
        product_id: productId,
        place,
        version,
        body: JSON.stringify(body),
        reason,
        made_at: unit.now,
        made_by: unit.principal.personId,
        ended_at: null,
        ended_by: null,
      })
      .execute();
  return true;
}

function merged(before: Supplement, fields: Completion['fields']): Supplement {
  const entries = Object.entries({ ...before, ...fields }).filter(
    ([, value]) => value !== null && value !== undefined,
  );
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)));
}
