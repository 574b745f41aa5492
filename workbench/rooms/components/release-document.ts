// The SBOM of a release as it is known now: its parts in force, read whole from their originals, with what people completed.
import { sql } from 'kysely';
import { v5 } from 'uuid';
import type { Kernel } from '../../kernel/kernel.ts';
import type { WardRecord } from '../../kernel/records/record.ts';
import { MAX_SBOM_BYTES } from './import-sbom.ts';
import { type OutgoingPart, type OutgoingSbom, outgoingSbom } from './outgoing.ts';
import { supplementsOf } from './read-supplements.ts';
import { readSbomAside } from './sbom/read-sbom-aside.ts';
import type { Sbom } from './sbom/sbom.ts';
import './tables.ts';

// Namespace of our own for the serial numbers of exports (RFC 9562 5.5).
const SERIALS = '5f0f4f0e-6d0c-5b5e-9a52-0c7b5a1f3e61';

/** Reads the originals anew (about a second for 50,000 components); the last few are kept, since pages ask again. */
export async function releaseDocument(kernel: Kernel, release: WardRecord): Promise<OutgoingSbom> {
  const sboms = await kernel.db
    .selectFrom('sbom')
    .select(['id', 'part', 'blob_hash', 'file_name', 'component_count'])
    .where('release_id', '=', release.id)
    .where('superseded_at', 'is', null)
    .orderBy('part')
    .execute();
  const parts: OutgoingPart[] = [];
  for (const row of sboms) {
    const sbom = await originalOf(kernel, row);
    parts.push({ id: row.id, name: row.part, sbom, places: await placesOf(kernel, row.id) });
  }
  const [product, changes] = await Promise.all([
    kernel.db
      .selectFrom('record')
      .select('title')
      .where('id', '=', release.productId ?? '')
      .executeTakeFirst(),
    changesOf(kernel.db, release),
  ]);
  return outgoingSbom({
    name: String(release.body.name ?? release.key),
    product: product?.title ?? '',
    version: String(release.body.version ?? ''),
    serial: v5(release.id, SERIALS),
    edition: changes + 1,
    parts,
    supplements: await supplementsOf(kernel.db, release.productId),
  });
}

/** Imports and completions so far: the number grows with every correction (CycloneDX `version`). */
async function changesOf(db: Kernel['db'], release: WardRecord): Promise<number> {
  const { rows } = await sql<{ n: number }>`select (
    (select count(*) from sbom where release_id = ${release.id}::uuid)
    + (select count(*) + count(ended_at) from component_supplement where product_id = ${release.productId}::uuid))::int as n`.execute(
    db,
  );
  return rows[0]?.n ?? 0;
}

async function placesOf(kernel: Kernel, sbomId: string) {
  const rows = await kernel.db
    .selectFrom('component')
    .select(['id', 'position', 'place'])
    .where('sbom_id', '=', sbomId)
    .execute();
  return new Map(rows.map((row) => [row.position, { id: row.id, place: row.place }]));
}

const KEPT = 4;
const KEPT_COMPONENTS = 20_000;
const kept = new Map<string, Promise<Sbom>>();

async function originalOf(
  kernel: Kernel,
  row: { blob_hash: string; file_name: string; component_count: number },
): Promise<Sbom> {
  const known = kept.get(row.blob_hash);
  if (known) return known;
  const reading = readOriginal(kernel, row.blob_hash, row.file_name);
  if (row.component_count > KEPT_COMPONENTS) return reading;
  kept.set(row.blob_hash, reading);
  reading.catch(() => kept.delete(row.blob_hash));
  for (const oldest of kept.keys()) {
    if (kept.size <= KEPT) break;
    kept.delete(oldest);
  }
  return reading;
}

async function readOriginal(kernel: Kernel, hash: string, fileName: string): Promise<Sbom> {
  const bytes = await kernel.blobs.read(hash);
  return readSbomAside(bytes, fileName, { whole: true, maxBytes: MAX_SBOM_BYTES });
}
