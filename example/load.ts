// Loads the Lumen 400, a wholly fictitious product, at first start, so that a newcomer's first screen is a working file.
import { sql } from 'kysely';
import type { Ward } from '../workbench/compose.ts';
import { SYSTEM } from '../workbench/kernel/people/roles.ts';
import type { Tx } from '../workbench/kernel/records/records.ts';
import { readAdvisory } from '../workbench/knowledge/importers/read-advisory.ts';
import { importAdvisories, renewCoverage } from '../workbench/knowledge/store/import-advisories.ts';
import { storeEpss, storeKev } from '../workbench/knowledge/store/store-signals.ts';
import { importSbom } from '../workbench/rooms/components/import-sbom.ts';
import { shippedAdvisories } from './advisories.ts';
import { exampleSboms, PRODUCT_ID, sbomBytes } from './data.ts';
import { exampleEpss, exampleKev } from './signals.ts';
import { developerOf, writeAfter, writeBefore } from './write-records.ts';

const SETTING = 'example';
// Two processes that start at the same moment take turns.
const LOAD_LOCK = 8100160;

/** What has been done, kept in `setting` by the transaction that did it: the ids of the records, the advisories, then all. */
type Progress = 'done' | { readonly records: Readonly<Record<string, string>>; readonly advisories?: true };

/**
 * `present` when it was loaded before, `skipped` when the installation has a product of its own. Killed at any moment,
 * the next call goes on where this one stood; nothing is written twice.
 */
export async function loadExample(
  ward: Ward,
  progress: (line: string) => void,
): Promise<'loaded' | 'present' | 'skipped'> {
  // In this order: another process may be writing the example's own product at this moment, which shows in the progress.
  const taken = await hasProduct(ward.db);
  const before = await readProgress(ward.db);
  if (before === 'done') return 'present';
  if (before === null && taken) return 'skipped';

  progress('Loading the example Lumen 400 (fictitious): records');
  const written = await ensureRecords(ward);
  if (written === 'present' || written === 'skipped') return written;
  const ids = written.records;
  const developer = await developerOf(ward, ids[PRODUCT_ID] as string);
  for (const sbom of exampleSboms) {
    progress(`Loading the example: ${sbom.fileName}`);
    // The same bytes again change nothing, so this needs no note of its own.
    await importSbom(ward, developer, {
      release: ids[sbom.release] as string,
      fileName: sbom.fileName,
      part: sbom.part,
      bytes: sbomBytes(sbom),
    });
  }
  progress('Loading the example: advisories');
  await writeAdvisories(ward);
  progress('Loading the example: risks and evidence');
  return finish(ward);
}

function ensureRecords(ward: Ward): Promise<Exclude<Progress, 'done'> | 'present' | 'skipped'> {
  return ward.records.write(SYSTEM, async (unit) => {
    const known = await lockProgress(unit.db);
    if (known === 'done') return 'present';
    if (known !== null) return known;
    if (await hasProduct(unit.db)) return 'skipped';
    const written = { records: await writeBefore(ward, unit) };
    await writeProgress(unit.db, written);
    return written;
  });
}

/** Stored like any import of advisories, with its run in the list of runs. */
function writeAdvisories(ward: Ward): Promise<void> {
  return ward.records.write(SYSTEM, async (unit) => {
    const known = await lockProgress(unit.db);
    if (known === null || known === 'done' || known.advisories) return;
    const id = unit.newId();
    const advisories = shippedAdvisories().map(readAdvisory);
    const batch = await importAdvisories(unit.db, advisories, unit.now);
    await renewCoverage(unit.db);
    await storeKev(unit, { entries: exampleKev, whole: false, source: SETTING });
    await storeEpss(unit, exampleEpss);
    const counts = { added: batch.added, changed: batch.changed, unchanged: batch.unchanged };
    const run = { source: SETTING, status: 'done' as const, cursor: null, problems: '[]', message: null };
    await unit.db
      .insertInto('knowledge_run')
      .values({
        ...run,
        ...counts,
        id,
        started_at: unit.now,
        finished_at: unit.now,
        actor_id: null,
        read_count: advisories.length,
        bytes_read: 0,
        bytes_total: 0,
      })
      .execute();
    const content = {
      run: id,
      source: SETTING,
      by: null,
      read: advisories.length,
      problems: 0,
      ...counts,
    };
    await unit.commit([
      { type: 'note', action: 'knowledge.imported', productId: null, record: null, content },
    ]);
    const touched = [...new Set(batch.matches.map((match) => match.advisoryId))];
    if (touched.length > 0) await unit.emit({ type: 'matches.changed', payload: { advisories: touched } });
    await unit.emit({ type: 'knowledge.imported', payload: { run: id } });
    await writeProgress(unit.db, { ...known, advisories: true });
  });
}

/** Risks are judged on what the SBOMs and the advisories say; requirements, verifications and events follow from them. */
function finish(ward: Ward): Promise<'loaded' | 'present'> {
  return ward.records.write(SYSTEM, async (unit) => {
    const known = await lockProgress(unit.db);
    if (known === null || known === 'done') return 'present';
    await writeAfter(ward, unit, known.records);
    await writeProgress(unit.db, 'done');
    return 'loaded';
  });
}

async function hasProduct(db: Ward['db'] | Tx): Promise<boolean> {
  const row = await db
    .selectFrom('record')
    .select('id')
    .where('kind', '=', 'product')
    .limit(1)
    .executeTakeFirst();
  return row !== undefined;
}

async function lockProgress(tx: Tx): Promise<Progress | null> {
  await sql`select pg_advisory_xact_lock(${LOAD_LOCK})`.execute(tx);
  return readProgress(tx);
}

async function readProgress(db: Ward['db'] | Tx): Promise<Progress | null> {
  const row = await db.selectFrom('setting').select('value').where('name', '=', SETTING).executeTakeFirst();
  return row ? (row.value as Progress) : null;
}

async function writeProgress(tx: Tx, progress: Progress): Promise<void> {
  const value = JSON.stringify(progress);
  await tx
    .insertInto('setting')
    .values({ name: SETTING, value })
    .onConflict((conflict) => conflict.column('name').doUpdateSet({ value }))
    .execute();
}
