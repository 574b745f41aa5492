// NVD names a platform beside some products. The grain of a match knows no release, so what such a match comes to is decided here
// for each release: by its other components, and by the platform that people declared.
import { sql } from 'kysely';
import { defineErrors } from '../../kernel/errors.ts';
import type { Kernel } from '../../kernel/kernel.ts';
import type { Principal } from '../../kernel/people/roles.ts';
import { SYSTEM } from '../../kernel/people/roles.ts';
import { requireRole } from '../../kernel/records/decide.ts';
import type { Unit } from '../../kernel/records/records.ts';
import type { Affected, CpeConfiguration, MatchResult } from '../../knowledge/advisory.ts';
import { formatCpe, parseCpe } from '../../knowledge/identity/cpe.ts';
import { match } from '../../knowledge/matching/match.ts';
import { readRelease } from '../products/index.ts';
import { lockSurroundings } from './read-supplements.ts';
import './tables.ts';

const refuse = defineErrors({
  'platform.not-readable': {
    status: 422,
    exit: 3,
    title: 'The platform is not named by a CPE',
    remedy: 'Give a CPE with vendor and product, such as cpe:2.3:o:linux:linux_kernel:5.15.',
  },
  'platform.declared-already': {
    status: 409,
    exit: 3,
    title: 'The platform is declared already',
    remedy: 'End the present declaration first, if it is to say something else.',
  },
  'platform.not-found': {
    status: 404,
    exit: 3,
    title: 'There is no such declaration',
    remedy: 'Look at the platform of the release; the declaration may have been ended.',
  },
});

export const PLATFORM_DECLARERS = ['security-lead', 'developer', 'release-manager'] as const;

export interface PlatformFact {
  readonly id: string;
  readonly release_id: string | null;
  readonly cpe: string;
  readonly complete: boolean;
  readonly note: string;
  readonly added_at: Date;
  readonly added_by: string | null;
}

/** What is declared for the release or its product, in force. */
export async function platformOf(
  db: Kernel['db'],
  release: { id: string; productId: string | null },
): Promise<PlatformFact[]> {
  return db
    .selectFrom('platform_fact')
    .select(['id', 'release_id', 'cpe', 'complete', 'note', 'added_at', 'added_by'])
    .where('product_id', '=', release.productId ?? '')
    .where('ended_at', 'is', null)
    .where((eb) => eb.or([eb('release_id', 'is', null), eb('release_id', '=', release.id)]))
    .orderBy('added_at')
    .limit(500)
    .execute();
}

export interface Declaration {
  readonly cpe: string;
  readonly complete: boolean;
  readonly note: string;
  readonly holdsFor: 'release' | 'product';
}

/** Refuses `platform.not-readable` and `platform.declared-already`. What follows from it is decided in the same transaction. */
export async function declarePlatform(
  kernel: Kernel,
  principal: Principal,
  releaseKey: string,
  input: Declaration,
): Promise<string> {
  const release = await readRelease(kernel.db, principal, releaseKey);
  requireRole(principal, PLATFORM_DECLARERS, release.productId, 'declare a platform', 'sbom:write');
  const cpe = parseCpe(input.cpe);
  if (!cpe || [cpe.part, cpe.vendor, cpe.product].some((value) => /^[*-]$/.test(value))) {
    throw refuse('platform.not-readable', `${input.cpe.slice(0, 200)} names no product.`, { at: '$.cpe' });
  }
  return kernel.records.write(principal, async (unit) => {
    await lockSurroundings(unit.db, [release.productId], 'change');
    const text = formatCpe(cpe);
    const present = await platformOf(unit.db, release);
    if (
      present.some(
        (fact) => fact.cpe === text && (fact.release_id === null) === (input.holdsFor === 'product'),
      )
    ) {
      throw refuse('platform.declared-already', `${text} is declared already.`, { at: '$.cpe' });
    }
    const id = unit.newId();
    const releaseId = input.holdsFor === 'release' ? release.id : null;
    await unit.db
      .insertInto('platform_fact')
      .values({
        id,
        product_id: release.productId as string,
        release_id: releaseId,
        cpe: text,
        complete: input.complete,
        note: input.note,
        added_at: unit.now,
        added_by: principal.personId,
        ended_at: null,
        ended_by: null,
      })
      .execute();
    const { complete, note } = input;
    await tell(unit, 'platform.declared', release.productId, releaseId, {
      platform: id,
      cpe: text,
      complete,
      note,
    });
    return id;
  });
}

/** Refuses `platform.not-found`. */
export async function endPlatform(kernel: Kernel, principal: Principal, id: string): Promise<void> {
  await kernel.records.write(principal, async (unit) => {
    const known = await unit.db
      .selectFrom('platform_fact')
      .select('product_id')
      .where('id', '=', id)
      .executeTakeFirst();
    // An SBOM that is being taken in has decided by this declaration: its verdicts are waited for, and decided anew below.
    if (known) await lockSurroundings(unit.db, [known.product_id], 'change');
    const fact = await unit.db
      .selectFrom('platform_fact')
      .selectAll()
      .where('id', '=', id)
      .where('ended_at', 'is', null)
      .forUpdate()
      .executeTakeFirst();
    if (!fact) throw refuse('platform.not-found', 'The declaration is not in force.', { at: id });
    requireRole(
      principal,
      PLATFORM_DECLARERS,
      fact.product_id,
      'end the declaration of a platform',
      'sbom:write',
    );
    await unit.db
      .updateTable('platform_fact')
      .set({ ended_at: unit.now, ended_by: principal.personId })
      .where('id', '=', id)
      .execute();
    await tell(unit, 'platform.ended', fact.product_id, fact.release_id, { platform: id, cpe: fact.cpe });
  });
}

async function tell(
  unit: Unit,
  action: string,
  productId: string | null,
  releaseId: string | null,
  content: { [key: string]: string | boolean },
): Promise<void> {
  const record = releaseId ?? productId;
  await unit.commit([{ type: 'note', action, productId, record, content }]);
  const { rows } = await sql<{ id: string }>`select id from record where kind = 'release'
    and product_id = ${productId}::uuid and (${releaseId}::uuid is null or id = ${releaseId}::uuid)`.execute(
    unit.db,
  );
  const releases = rows.map((row) => row.id);
  await renewPlatformVerdicts(unit.db, releases);
  await unit.emit(...releases.map((release) => ({ type: 'release.rematched', payload: { release } })));
}

interface Waiting {
  readonly release_id: string;
  readonly advisory_id: number;
  readonly version_id: number;
  readonly name: string;
  readonly version: string;
  readonly scope: string;
  readonly cpe: string;
}

const RELEASES_AT_ONCE = 500;

/**
 * Decides anew what waits for a platform in these releases, and gives those of which a verdict moved. Whoever calls holds
 * `lockSurroundings` of their products.
 */
export async function renewPlatformVerdicts(db: Unit['db'], releases: readonly string[]): Promise<string[]> {
  const moved: string[] = [];
  for (let at = 0; at < releases.length; at += RELEASES_AT_ONCE) {
    moved.push(...(await renew(db, releases.slice(at, at + RELEASES_AT_ONCE))));
  }
  return moved;
}

/**
 * The same wherever these advisories match. In several transactions, so that few products are locked at a time; done twice it
 * changes nothing.
 */
export async function renewPlatformsOf(kernel: Kernel, advisories: readonly number[]): Promise<void> {
  const waiting = await releasesWaitingFor(kernel.db, advisories);
  for (let at = 0; at < waiting.length; at += RELEASES_AT_ONCE) {
    const some = waiting.slice(at, at + RELEASES_AT_ONCE);
    await kernel.records.write(SYSTEM, async (unit) => {
      await lockSurroundings(
        unit.db,
        some.map((row) => row.product_id),
        'change',
      );
      const moved = await renewPlatformVerdicts(
        unit.db,
        some.map((row) => row.id),
      );
      // Whoever looked at these releases when the advisories came saw them before their verdicts.
      await unit.emit(...moved.map((release) => ({ type: 'release.rematched', payload: { release } })));
    });
  }
}

/** Releases with a match of these advisories that waits, or with a verdict about one of them; those of a product together. */
async function releasesWaitingFor(
  db: Kernel['db'],
  advisories: readonly number[],
): Promise<{ id: string; product_id: string | null }[]> {
  const { rows } = await sql<{ id: string; product_id: string | null }>`
    select r.id, r.product_id from record r join (
      select s.release_id from match m join component_identity i on i.version_id = m.version_id
        join sbom s on s.id = i.sbom_id and s.superseded_at is null
        where m.advisory_id = any(${[...advisories]}::int[]) and m.closed_at is null and m.waits
      union select release_id from platform_verdict where advisory_id = any(${[...advisories]}::int[])
    ) w on w.release_id = r.id order by r.product_id, r.id`.execute(db);
  return rows;
}

async function renew(db: Unit['db'], releases: readonly string[]): Promise<string[]> {
  const { rows: waiting } = await sql<Waiting>`
    select distinct s.release_id, m.advisory_id, m.version_id, p.name, v.version, v.scope, v.cpe
    from sbom s join component_identity i on i.sbom_id = s.id
    join match m on m.version_id = i.version_id and m.closed_at is null and m.why->>'reason' = 'platform'
    join component_version v on v.id = m.version_id join package p on p.id = v.package_id
    where s.release_id = any(${[...releases]}::uuid[]) and s.superseded_at is null`.execute(db);
  const surroundings = waiting.length === 0 ? new Map<string, Around>() : await surroundingsOf(db, releases);
  const statements = await statementsOf(db, waiting);
  const verdicts = waiting.flatMap((row) => {
    const around = surroundings.get(row.release_id) ?? { cpes: [], complete: [] };
    const result = decide(row, statements.get(`${row.advisory_id} ${row.name}`) ?? [], around);
    return result.outcome === 'undetermined' ? [] : [{ ...row, outcome: result.outcome, why: result.why }];
  });
  const { rows: before } =
    await sql<Verdict>`delete from platform_verdict where release_id = any(${[...releases]}::uuid[])
    returning release_id, advisory_id, version_id, outcome`.execute(db);
  const moved = releasesApart(before, verdicts);
  if (verdicts.length === 0) return moved;
  await sql`insert into platform_verdict (release_id, advisory_id, version_id, outcome, why)
    select release_id, advisory_id, version_id, outcome, why from jsonb_to_recordset(${JSON.stringify(verdicts)}::jsonb)
      as r(release_id uuid, advisory_id int, version_id int, outcome text, why jsonb)`.execute(db);
  return moved;
}

type Verdict = Pick<Waiting, 'release_id' | 'advisory_id' | 'version_id'> & { readonly outcome: string };

/** Releases whose verdicts are not the same in both. */
function releasesApart(before: readonly Verdict[], after: readonly Verdict[]): string[] {
  const nameOf = ({ release_id, advisory_id, version_id, outcome }: Verdict) =>
    `${release_id} ${advisory_id} ${version_id} ${outcome}`;
  const [past, present] = [new Set(before.map(nameOf)), new Set(after.map(nameOf))];
  const apart = [
    ...before.filter((one) => !present.has(nameOf(one))),
    ...after.filter((one) => !past.has(nameOf(one))),
  ];
  return [...new Set(apart.map((one) => one.release_id))];
}

interface Around {
  readonly cpes: readonly string[];
  readonly complete: readonly string[];
}

async function surroundingsOf(db: Unit['db'], releases: readonly string[]): Promise<Map<string, Around>> {
  const { rows } = await sql<{ release_id: string; cpe: string; complete: boolean }>`
    select s.release_id, v.cpe, false as complete from sbom s join component_identity i on i.sbom_id = s.id
      join component_version v on v.id = i.version_id and v.cpe <> ''
      where s.release_id = any(${[...releases]}::uuid[]) and s.superseded_at is null
    union select r.id, f.cpe, f.complete from record r join platform_fact f on f.product_id = r.product_id
      and f.ended_at is null and (f.release_id is null or f.release_id = r.id)
      where r.id = any(${[...releases]}::uuid[])`.execute(db);
  const found = new Map<string, { cpes: string[]; complete: string[] }>();
  for (const { release_id, cpe, complete } of rows) {
    const around = found.get(release_id) ?? { cpes: [], complete: [] };
    around.cpes.push(cpe);
    const part = parseCpe(cpe)?.part;
    if (complete && part !== undefined) around.complete.push(part);
    found.set(release_id, around);
  }
  return found;
}

interface Statement {
  readonly affected: Affected;
  readonly configurations: readonly CpeConfiguration[];
}

async function statementsOf(db: Unit['db'], waiting: readonly Waiting[]): Promise<Map<string, Statement[]>> {
  const ids = [...new Set(waiting.map((row) => row.advisory_id))];
  const found = new Map<string, Statement[]>();
  if (ids.length === 0) return found;
  const { rows } = await sql<{
    advisory_id: number;
    doc: Affected;
    configurations: CpeConfiguration[] | null;
  }>`
    select f.advisory_id, f.doc, a.doc->'configurations' as configurations from affected f join advisory a on a.id = f.advisory_id
    where f.advisory_id = any(${ids}::int[]) and f.doc->>'ecosystem' = 'cpe'`.execute(db);
  for (const { advisory_id, doc, configurations } of rows) {
    const key = `${advisory_id} ${doc.name}`;
    found.set(key, [...(found.get(key) ?? []), { affected: doc, configurations: configurations ?? [] }]);
  }
  return found;
}

const RANK = { affected: 2, undetermined: 1, 'not-affected': 0 } as const;

/** The same match once more, now with what stands around the component. */
function decide(row: Waiting, statements: readonly Statement[], around: Around): MatchResult {
  const version = row.version === '' ? null : row.version;
  const identity = {
    ecosystem: 'cpe',
    name: row.name,
    scope: row.scope,
    version,
    from: row.cpe,
    cpe: row.cpe,
    commit: null,
  };
  const waits: MatchResult = {
    outcome: 'undetermined',
    why: { sentence: '', range: '', scheme: '', fixed: [], criteria: null, reason: 'platform' },
  };
  const [first = waits, ...rest] = statements.map(({ affected, configurations }) =>
    match(
      identity,
      affected,
      { configurations, withdrawn: null },
      { otherCpes: around.cpes, completeParts: around.complete },
    ),
  );
  return rest.reduce((most, result) => (RANK[result.outcome] > RANK[most.outcome] ? result : most), first);
}
