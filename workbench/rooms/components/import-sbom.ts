// Takes an SBOM into a release: one transaction, so that nothing is ever half imported; the same file twice changes nothing.
import { sql } from 'kysely';
import { defineErrors } from '../../kernel/errors.ts';
import type { Kernel } from '../../kernel/kernel.ts';
import type { Principal } from '../../kernel/people/roles.ts';
import { requireRole } from '../../kernel/records/decide.ts';
import { readRecord } from '../../kernel/records/read.ts';
import type { Unit } from '../../kernel/records/records.ts';
import type { PackageIdentity } from '../../knowledge/advisory.ts';
import type { Aliases } from '../../knowledge/identity/aliases.ts';
import { identify } from '../../knowledge/identity/identify.ts';
import { readAliases } from '../../knowledge/store/identity-aliases.ts';
import { IMPORT_LOCK } from '../../knowledge/store/import-advisories.ts';
import { identityKey, internVersions } from '../../knowledge/store/intern.ts';
import { matchNewVersions } from '../../knowledge/store/match-versions.ts';
import { renewStatistics, renewWhenGrown } from '../../knowledge/store/renew-statistics.ts';
import { renewPlatformVerdicts } from './platforms.ts';
import { lockSurroundings, type Supplements, supplementsOf } from './read-supplements.ts';
import { readSbomAside } from './sbom/read-sbom-aside.ts';
import type { Sbom, SbomComponent } from './sbom/sbom.ts';
import { correctsIdentity, supplemented } from './supplement.ts';
import './tables.ts';

const refuse = defineErrors({
  'sbom.not-a-release': {
    status: 422,
    exit: 3,
    title: 'An SBOM belongs to a release',
    remedy: 'Give the key of a release, such as REL-1.',
  },
  'sbom.release-closed': {
    status: 409,
    exit: 3,
    title: 'The release has ended',
    remedy: 'Import into a release that is planned, released or in support.',
  },
  'sbom.part-unclear': {
    status: 409,
    exit: 3,
    title: 'Which part of the release the SBOM describes is unclear',
    remedy:
      'Name the part that this file describes, so that both are kept; or say that it describes the whole release (an empty part), so that it replaces the present one.',
  },
});

export const SBOM_IMPORTERS = ['security-lead', 'developer', 'release-manager'] as const;
export const MAX_SBOM_BYTES = 256 * 1024 * 1024;

export interface SbomImport {
  /** Key or id of the release. */
  readonly release: string;
  readonly fileName: string;
  /** Part of the release, '' for the whole of it; by default the name of the file's subject. */
  readonly part: string | null;
  readonly bytes: Uint8Array;
}

export interface SbomImported {
  readonly id: string;
  readonly releaseKey: string;
  readonly part: string;
  readonly hash: string;
  readonly format: string;
  readonly components: number;
  readonly watched: number;
  readonly newVersions: number;
  readonly warnings: readonly { at: string; message: string }[];
  /** True when these very bytes are the release's present SBOM already. */
  readonly unchanged: boolean;
}

export type Phase = {
  readonly phase: 'reading' | 'storing' | 'matching';
  readonly done: number;
  readonly total: number;
};

/** Checks the right before anything is read, so that a large file is not taken from someone who may not send it. */
export async function requireSbomRight(kernel: Kernel, principal: Principal, release: string) {
  const record = await readRecord(kernel.db, principal, release);
  if (record.kind !== 'release')
    throw refuse('sbom.not-a-release', `${record.key} is not a release.`, { at: record.key });
  requireRole(principal, SBOM_IMPORTERS, record.productId, `import an SBOM into ${record.key}`, 'sbom:write');
  if (record.state === 'end-of-life')
    throw refuse('sbom.release-closed', `${record.key} has reached its end of life.`, { at: record.key });
  return record;
}

/**
 * Refuses every `sbom.*` code with place and remedy before anything is stored. When it returns, original, components,
 * dependencies and matches are durable. Costs about 300 ms for 10,000 components.
 */
export async function importSbom(
  kernel: Kernel,
  principal: Principal,
  input: SbomImport,
  progress: (phase: Phase) => void = () => undefined,
): Promise<SbomImported> {
  const release = await requireSbomRight(kernel, principal, input.release);
  progress({ phase: 'reading', done: 0, total: input.bytes.length });
  const sbom = await readSbomAside(input.bytes, input.fileName);
  const part = (input.part ?? sbom.subject?.name ?? '').trim().slice(0, 200);
  const blob = await kernel.blobs.put(input.bytes, MAX_SBOM_BYTES);

  const imported = await kernel.records.write(principal, async (unit) => {
    await sql`select 1 from record where id = ${release.id}::uuid for no key update`.execute(unit.db);
    const present = await unit.db
      .selectFrom('sbom')
      .select(['id', 'blob_hash', 'file_name', 'component_count', 'watched_count'])
      .where('release_id', '=', release.id)
      .where('part', '=', part)
      .where('superseded_at', 'is', null)
      .executeTakeFirst();
    const facts = {
      releaseKey: release.key,
      part,
      hash: blob.hash,
      format: `${sbom.format} ${sbom.specVersion}`,
      components: sbom.components.length,
      warnings: sbom.warnings,
    };
    if (present?.blob_hash === blob.hash) {
      const { id, watched_count: watched } = present;
      return { id, ...facts, watched, newVersions: 0, unchanged: true };
    }
    if (present && part === '' && input.part === null) requireSameFile(release.key, present, input);
    await lockSurroundings(unit.db, [release.productId], 'read');
    // An advisory import that is under way cannot see these versions, nor they its records, and a change of aliases not these
    // components: one waits for the other.
    await sql`select pg_advisory_xact_lock_shared(${IMPORT_LOCK})`.execute(unit.db);
    const aliases = await readAliases(unit.db);
    const supplements = await supplementsOf(unit.db, release.productId);
    const identified = sbom.components.map((component) => identifyAt(component, aliases, supplements));
    const watched = identified.filter((item) => item.notWatched === null).length;
    if (present)
      await unit.db
        .updateTable('sbom')
        .set({ superseded_at: unit.now })
        .where('id', '=', present.id)
        .execute();

    const id = unit.newId();
    await insertSbom(unit, {
      id,
      releaseId: release.id,
      part,
      blob,
      fileName: input.fileName,
      sbom,
      watched,
    });
    const versions = await internVersions(
      unit.db,
      identified.flatMap((item) => item.identities),
    );
    await insertComponents(unit, id, identified, versions.ids, (done) =>
      progress({ phase: 'storing', done, total: identified.length }),
    );
    await insertDependencies(unit, id, sbom);
    progress({ phase: 'matching', done: 0, total: versions.added.length });
    await matchNewVersions(unit.db, versions.added, unit.now);
    await renewPlatformVerdicts(unit.db, [release.id]);
    progress({ phase: 'matching', done: versions.added.length, total: versions.added.length });
    const content = {
      sbom: id,
      file: input.fileName,
      ...facts,
      watched,
      warnings: sbom.warnings.length,
      replaces: present?.id ?? null,
    };
    await unit.commit([
      { type: 'note', action: 'sbom.imported', productId: release.productId, record: release.id, content },
    ]);
    await unit.emit({ type: 'sbom.imported', payload: { sbom: id, release: release.id } });
    return { id, ...facts, watched, newVersions: versions.added.length, unchanged: false };
  });
  const { components, newVersions } = imported;
  if (imported.unchanged) return imported;
  await renewStatistics(kernel.db, {
    component: components,
    component_identity: components,
    component_version: newVersions,
    match: newVersions,
  });
  await renewWhenGrown(kernel.db, 'sbom');
  return imported;
}

/** Neither file says what it describes: two of them may be two parts, and only people know. */
function requireSameFile(release: string, present: { file_name: string }, input: SbomImport): void {
  const [known, given] = [present.file_name, input.fileName.slice(0, 300)];
  if (known === given) return;
  throw refuse(
    'sbom.part-unclear',
    `${given} names no subject, and ${release} holds ${known}, which names none.`,
    {
      at: given,
      detail: { present: known },
    },
  );
}

async function insertSbom(
  unit: Unit,
  row: {
    id: string;
    releaseId: string;
    part: string;
    blob: { hash: string; size: number };
    fileName: string;
    sbom: Sbom;
    watched: number;
  },
): Promise<void> {
  const { sbom } = row;
  await unit.db
    .insertInto('sbom')
    .values({
      id: row.id,
      release_id: row.releaseId,
      part: row.part,
      blob_hash: row.blob.hash,
      size: row.blob.size,
      file_name: row.fileName.slice(0, 300),
      format: sbom.format,
      spec_version: sbom.specVersion,
      serial_number: sbom.serialNumber,
      document_version: sbom.documentVersion,
      created_text: sbom.createdAt,
      tools: JSON.stringify(sbom.tools),
      subject: JSON.stringify(sbom.subject),
      warnings: JSON.stringify(sbom.warnings.slice(0, 500)),
      component_count: sbom.components.length,
      watched_count: row.watched,
      imported_at: unit.now,
      imported_by: unit.principal.personId,
      superseded_at: null,
    })
    .execute();
}

interface Identified {
  readonly component: SbomComponent;
  readonly identities: readonly PackageIdentity[];
  readonly notWatched: string | null;
  readonly note: string;
  readonly place: string;
}

/** Its place is that of the SBOM's own identity; it is matched by what people corrected, if they did. */
function identifyAt(component: SbomComponent, aliases: Aliases, supplements: Supplements): Identified {
  const own = identify(component, aliases);
  const place = placeOf(component, own.identities);
  const supplement = supplements.of(place, component.version);
  if (supplement === null || !correctsIdentity(supplement)) return { component, ...own, place };
  return { component, ...identify(supplemented(component, supplement), aliases), place };
}

/**
 * Ecosystem and name of its first identity, which a purl gives where there is one; else the bare name. What only an alias
 * makes of the purl does not count: decisions stay where they are when aliases come and go.
 */
export function placeOf(component: SbomComponent, identities: readonly PackageIdentity[]): string {
  const first = identities.find(({ tied, from }) => tied !== true || from !== component.purl);
  return first
    ? `${first.ecosystem}:${first.name}`
    : `name:${component.group ? `${component.group}/` : ''}${component.name}`;
}

/** Numbers of the versions that a component is matched as, and whether the alias table ties them to its purl. */
function linksOf(
  identities: readonly PackageIdentity[],
  versionIds: ReadonlyMap<string, number>,
): Map<number, boolean> {
  const links = new Map<number, boolean>();
  for (const identity of identities) {
    const version = versionIds.get(identityKey(identity)) as number;
    links.set(version, links.get(version) === true || identity.tied === true);
  }
  return links;
}

const BATCH = 2_500;

async function insertComponents(
  unit: Unit,
  sbomId: string,
  items: readonly Identified[],
  versionIds: ReadonlyMap<string, number>,
  progress: (done: number) => void,
): Promise<void> {
  let text = batchText(items, 0, versionIds);
  for (let at = 0; at < items.length; at += BATCH) {
    const writing = insertBatch(unit, sbomId, text);
    // The next rows are put into words while the database writes these.
    const next = at + BATCH < items.length ? batchText(items, at + BATCH, versionIds) : '';
    await writing;
    text = next;
    progress(Math.min(at + BATCH, items.length));
  }
}

function batchText(
  items: readonly Identified[],
  at: number,
  versionIds: ReadonlyMap<string, number>,
): string {
  const rows = items
    .slice(at, at + BATCH)
    .map(({ component, identities, notWatched, note, place }, index) => ({
      position: at + index,
      ref: component.ref,
      parent_ref: component.parentRef,
      type: component.type,
      group_name: component.group,
      name: component.name,
      version: component.version,
      purl: component.purl,
      cpes: component.cpes,
      licences: component.licences,
      supplier: component.supplier,
      scope: component.scope,
      commit_id: component.commit,
      support_level: component.supportLevel,
      end_of_support: component.endOfSupport,
      not_watched: notWatched,
      identity_note: note,
      place,
      detail: {
        description: component.description,
        hashes: component.hashes,
        externalReferences: component.externalReferences,
        ...(component.repository === null ? {} : { repository: component.repository }),
        ...component.facts,
      },
      versions: [...linksOf(identities, versionIds)].map(([version, tied]) => ({ version, tied })),
    }));
  return JSON.stringify(rows);
}

async function insertBatch(unit: Unit, sbomId: string, rows: string): Promise<void> {
  await sql`
    with given as (
      select * from jsonb_to_recordset(${rows}::jsonb) as r(position int, ref text, parent_ref text, type text,
        group_name text, name text, version text, purl text, cpes text[], licences text[], supplier text, scope text,
        commit_id text, support_level text, end_of_support text, not_watched text, identity_note text, place text, detail jsonb, versions jsonb)
    ), written as (
      insert into component (sbom_id, position, ref, parent_ref, type, group_name, name, version, purl, cpes, licences, supplier,
        scope, commit_id, support_level, end_of_support, not_watched, identity_note, place, detail)
      select ${sbomId}::uuid, position, ref, parent_ref, type, group_name, name, version, purl, cpes, licences, supplier,
        scope, commit_id, support_level, end_of_support, not_watched, identity_note, place, detail from given order by position
      returning id, position
    )
    insert into component_identity (version_id, component_id, sbom_id, tied, place)
    select v.version, w.id, ${sbomId}::uuid, v.tied, g.place from written w join given g using (position)
      cross join jsonb_to_recordset(g.versions) as v(version int, tied boolean)`.execute(unit.db);
}

async function insertDependencies(unit: Unit, sbomId: string, sbom: Sbom): Promise<void> {
  // In the order of the key, which is written much faster than one here and one there.
  const pairs = sbom.dependencies
    .flatMap(({ from, to }) => to.map((target) => ({ from, to: target })))
    .sort((a, b) => (a.from < b.from ? -1 : a.from > b.from ? 1 : a.to < b.to ? -1 : 1));
  for (let at = 0; at < pairs.length; at += 20_000) {
    const part = pairs.slice(at, at + 20_000);
    await sql`insert into component_dependency (sbom_id, from_ref, to_ref)
      select ${sbomId}::uuid, * from unnest(${part.map((p) => p.from)}::text[], ${part.map((p) => p.to)}::text[]) on conflict do nothing`.execute(
      unit.db,
    );
  }
}
