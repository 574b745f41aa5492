// Takes a VEX document of others in: the original by its hash, its statements as rows, in one transaction. It decides nothing.
import { sql } from 'kysely';
import { defineErrors } from '../../../kernel/errors.ts';
import type { Kernel } from '../../../kernel/kernel.ts';
import type { Principal } from '../../../kernel/people/roles.ts';
import { requireRole } from '../../../kernel/records/decide.ts';
import { readRecord } from '../../../kernel/records/read.ts';
import type { WardRecord } from '../../../kernel/records/record.ts';
import type { Unit } from '../../../kernel/records/records.ts';
import { assessment } from '../model.ts';
import { readVex } from './read-vex.ts';
import { renewCovers } from './renew-covers.ts';
import { type ReadVex, VEX_LIMITS } from './statement.ts';
import { targetsOf } from './targets.ts';
import './tables.ts';

const refuse = defineErrors({
  'vex.not-a-release': {
    status: 422,
    exit: 3,
    title: 'Not a release',
    remedy:
      'Give the key of a release, such as REL-1, or leave it out: the statements then count for the whole house.',
  },
  'vex.not-a-supplier': {
    status: 422,
    exit: 3,
    title: 'Not a supplier',
    remedy:
      'Give the key of a supplier, such as SUP-1, or leave it out when nobody of the house knows the author.',
  },
});

export const VEX_IMPORTED = 'vex.imported';
export const VEX_IMPORTERS = assessment.rights.create;

export interface VexImport {
  /** Key of the release that it speaks of; null where it counts for every release. */
  readonly release: string | null;
  /** Key of the supplier whom it came from. */
  readonly supplier: string | null;
  readonly fileName: string;
  readonly bytes: Uint8Array;
}

export interface VexImported {
  readonly id: string;
  readonly hash: string;
  readonly format: string;
  readonly documentId: string;
  readonly author: string;
  readonly statements: number;
  /** Statements that speak of a component or a release that Ward knows now. */
  readonly applied: number;
  readonly unchanged: boolean;
  readonly warnings: readonly { at: string; message: string }[];
}

interface Aim {
  readonly release: WardRecord | null;
  readonly supplier: WardRecord | null;
}

/** Before anything is read: who may say where statements come from. Without a release they count for every product. */
export async function requireVexRight(
  kernel: Kernel,
  principal: Principal,
  input: Pick<VexImport, 'release' | 'supplier'>,
): Promise<Aim> {
  const release = input.release === null ? null : await readRecord(kernel.db, principal, input.release);
  if (release && release.kind !== 'release')
    throw refuse('vex.not-a-release', `${release.key} is not a release.`, { at: release.key });
  const supplier = input.supplier === null ? null : await readRecord(kernel.db, principal, input.supplier);
  if (supplier && supplier.kind !== 'supplier')
    throw refuse('vex.not-a-supplier', `${supplier.key} is not a supplier.`, { at: supplier.key });
  requireRole(principal, VEX_IMPORTERS, release?.productId ?? null, 'import statements of suppliers');
  return { release, supplier };
}

/**
 * Refuses every `vex.*` code before anything is stored. The same file for the same release and supplier changes nothing; another
 * version of a document takes the place of the one before. Emits `vex.imported`.
 */
export async function importVex(
  kernel: Kernel,
  principal: Principal,
  input: VexImport,
): Promise<VexImported> {
  const aim = await requireVexRight(kernel, principal, input);
  const read = readVex(input.bytes, input.fileName);
  const blob = await kernel.blobs.put(input.bytes, VEX_LIMITS.maxBytes);
  return kernel.records.write(principal, async (unit) => {
    // Two imports of one file at once: the second one waits and then finds it.
    await sql`select pg_advisory_xact_lock(hashtextextended(${blob.hash}, 14))`.execute(unit.db);
    // Two versions of one document at once: the second one finds the first, so that one of them is in force.
    await sql`select pg_advisory_xact_lock(hashtextextended(${`${read.author}\u0001${read.documentId}`}, 15))`.execute(
      unit.db,
    );
    const facts = {
      hash: blob.hash,
      format: `${read.format} ${read.specVersion}`.trim(),
      documentId: read.documentId,
      author: read.author,
      statements: read.claims.length,
      warnings: read.warnings,
    };
    const [releaseId, supplierId] = [aim.release?.id ?? null, aim.supplier?.id ?? null];
    const known = await sql<{ id: string; over: boolean }>`
      select id, superseded_at is not null as over from vex_document where blob_hash = ${blob.hash}
      and release_id is not distinct from ${releaseId}::uuid and supplier_id is not distinct from ${supplierId}::uuid`.execute(
      unit.db,
    );
    if (known.rows[0])
      return {
        id: known.rows[0].id,
        ...facts,
        warnings: known.rows[0].over ? [...read.warnings, NOT_IN_FORCE] : read.warnings,
        applied: await countApplied(unit, known.rows[0].id),
        unchanged: true,
      };

    const id = unit.newId();
    const late = await hasLater(unit, read, releaseId, supplierId);
    const replaced = late ? [] : await supersede(unit, read, releaseId, supplierId);
    const warnings = late ? [...read.warnings, NOT_IN_FORCE] : read.warnings;
    await unit.db
      .insertInto('vex_document')
      .values({
        id,
        blob_hash: blob.hash,
        size: blob.size,
        file_name: input.fileName.slice(0, 300),
        format: read.format,
        spec_version: read.specVersion,
        doc_id: read.documentId,
        doc_version: read.documentVersion,
        author: read.author,
        issued_at: read.issuedAt,
        tlp: read.tlp,
        release_id: releaseId,
        supplier_id: supplierId,
        warnings: JSON.stringify(warnings),
        imported_at: unit.now,
        imported_by: unit.principal.personId,
        superseded_at: late ? unit.now : null,
      })
      .execute();
    await insertStatements(unit, id, read);
    await renewCovers(unit.db, { document: id });
    const applied = await countApplied(unit, id);
    await unit.commit([
      {
        type: 'note',
        action: VEX_IMPORTED,
        productId: aim.release?.productId ?? null,
        record: releaseId ?? supplierId,
        content: {
          document: id,
          file: input.fileName,
          hash: facts.hash,
          format: facts.format,
          author: facts.author,
          statements: facts.statements,
          applied,
          replaces: replaced,
        },
      },
    ]);
    await unit.emit({ type: VEX_IMPORTED, payload: { document: id } });
    return { id, ...facts, warnings, applied, unchanged: false };
  });
}

const NOT_IN_FORCE = {
  at: '$',
  message: 'A later version of this document is in force, and what this one says does not count.',
};

/** Whether a version that was issued later is in force: files of a folder come in any order. */
async function hasLater(
  unit: Unit,
  { author, documentId, format, issuedAt }: ReadVex,
  releaseId: string | null,
  supplierId: string | null,
): Promise<boolean> {
  if (documentId === '' || issuedAt === null) return false;
  const { rows } =
    await sql`select 1 from vex_document where author = ${author} and doc_id = ${documentId} and format = ${format}
    and superseded_at is null and issued_at > ${issuedAt}::timestamptz
    and release_id is not distinct from ${releaseId}::uuid and supplier_id is not distinct from ${supplierId}::uuid`.execute(
      unit.db,
    );
  return rows.length > 0;
}

/** A document without an id has no versions: only its bytes say that it is the same. */
async function supersede(
  unit: Unit,
  { author, documentId, format }: ReadVex,
  releaseId: string | null,
  supplierId: string | null,
): Promise<string[]> {
  if (documentId === '') return [];
  const { rows } = await sql<{ id: string }>`
    update vex_document set superseded_at = ${unit.now} where author = ${author} and doc_id = ${documentId} and format = ${format}
      and superseded_at is null and release_id is not distinct from ${releaseId}::uuid
      and supplier_id is not distinct from ${supplierId}::uuid returning id`.execute(unit.db);
  return rows.map((row) => row.id);
}

const BATCH = 5_000;

async function insertStatements(unit: Unit, documentId: string, { refs, claims }: ReadVex): Promise<void> {
  const numbers = new Map<string, number>();
  const rows = refs.map((doc, no) => {
    numbers.set(doc.id, no);
    const targets = targetsOf(doc);
    const name = doc.name.trim().toLowerCase();
    return { no, name: doc.name, by_name: targets.length === 0 && name !== '' ? name : null, doc, targets };
  });
  for (let at = 0; at < rows.length; at += BATCH) {
    await sql`with given as (
        select * from jsonb_to_recordset(${JSON.stringify(rows.slice(at, at + BATCH))}::jsonb)
          as r(no int, name text, by_name text, doc jsonb, targets jsonb)
      ), written as (
        insert into vex_ref (document_id, no, name, by_name, doc)
        select ${documentId}::uuid, no, name, by_name, doc from given returning id, no
      )
      insert into vex_target (ref_id, ecosystem, name, affected)
      select w.id, t->>'ecosystem', t->>'name', t from written w join given g using (no), jsonb_array_elements(g.targets) t`.execute(
      unit.db,
    );
  }
  const statements = claims.map((claim) => ({
    ...claim,
    subject: numbers.get(claim.subject),
    context: claim.context === null ? null : numbers.get(claim.context),
  }));
  for (let at = 0; at < statements.length; at += BATCH) {
    await sql`with given as (
        select * from jsonb_to_recordset(${JSON.stringify(statements.slice(at, at + BATCH))}::jsonb)
          as r("at" text, ids text[], status text, "ownStatus" text, justification text, "ownJustification" text, impact text,
            action text, fixed text[], "saidAt" timestamptz, subject int, context int)
      ), written as (
        insert into vex_statement (document_id, at_path, ids, status, own_status, justification, own_justification, impact, action,
          fixed, said_at, subject_id, context_id)
        select ${documentId}::uuid, g."at", g.ids, g.status, g."ownStatus", g.justification, g."ownJustification", g.impact, g.action,
          g.fixed, g."saidAt", s.id, x.id
        from given g join vex_ref s on s.document_id = ${documentId}::uuid and s.no = g.subject
        left join vex_ref x on x.document_id = ${documentId}::uuid and x.no = g.context
        returning id, ids
      )
      insert into vex_flaw (ext_id, statement_id) select distinct f, w.id from written w, unnest(w.ids) f`.execute(
      unit.db,
    );
  }
}

async function countApplied(unit: Unit, documentId: string): Promise<number> {
  const { rows } = await sql<{ n: number }>`
    select count(distinct statement_id)::int as n from vex_at where document_id = ${documentId}::uuid`.execute(
    unit.db,
  );
  return rows[0]?.n ?? 0;
}
