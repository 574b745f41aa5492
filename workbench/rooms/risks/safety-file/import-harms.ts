// Imports the harms of a safety file: shows the difference, and on confirmation makes it so in one transaction. Changed harms get a
// new revision, so that the links that depend on them become suspect; gone ones are dropped, never deleted.
import type { Kernel } from '../../../kernel/kernel.ts';
import { contentHash, sha256Hex } from '../../../kernel/ledger/canonical.ts';
import { type Principal, type Role, SYSTEM } from '../../../kernel/people/roles.ts';
import { decideEdit, refuseRecord, requireRole } from '../../../kernel/records/decide.ts';
import { createRecordsIn, moveManyBySystem } from '../../../kernel/records/operations.ts';
import { findRecords, readRecord, toRecord } from '../../../kernel/records/read.ts';
import type { JsonObject, WardRecord } from '../../../kernel/records/record.ts';
import type { Unit } from '../../../kernel/records/records.ts';
import { SEVERITIES } from '../model.ts';
import '../tables.ts';
import { compareHarms, type HarmDifference, type KnownHarm } from './difference.ts';
import { refuseFile } from './errors.ts';
import type { Format } from './limits.ts';
import { type FileHarm, guessMapping, harmsOf, Mapping, sheetOf } from './mapping.ts';
import { readTable, type Table } from './read-table.ts';

/** Who answers for harms and severities. */
export const HARM_IMPORTERS: readonly Role[] = ['safety-risk-manager', 'security-lead'];

type Db = Kernel['db'];

export interface SafetyFile {
  /** Key or id of the product. */
  readonly product: string;
  readonly fileName: string;
  readonly bytes: Uint8Array;
}

export interface Preview {
  readonly format: Format;
  readonly sheets: readonly {
    readonly name: string;
    readonly rows: readonly (readonly string[])[];
    readonly total: number;
  }[];
  readonly mapping: Mapping;
  /** True when the mapping is that of the last import. */
  readonly remembered: boolean;
}

const PREVIEW_ROWS = 50;

/** What is in the file, and which columns would be taken. Stores nothing. */
export async function previewHarms(kernel: Kernel, principal: Principal, file: SafetyFile): Promise<Preview> {
  const product = await productOf(kernel.db, principal, file.product);
  const table = await readTable(file.bytes, file.fileName);
  const remembered = await rememberedMapping(kernel.db, product.id);
  const fits = remembered !== null && fitsTable(table, remembered);
  return {
    format: table.format,
    sheets: table.sheets.map(({ name, rows }) => ({
      name,
      rows: rows.slice(0, PREVIEW_ROWS).map((row) => row.map((cell) => cell.slice(0, 200))),
      total: rows.length,
    })),
    mapping: fits ? remembered : guessMapping(table),
    remembered: fits,
  };
}

async function rememberedMapping(db: Db, productId: string): Promise<Mapping | null> {
  const row = await db
    .selectFrom('harm_mapping')
    .select('mapping')
    .where('product_id', '=', productId)
    .executeTakeFirst();
  const read = Mapping.safeParse(row?.mapping);
  return read.success ? read.data : null;
}

function fitsTable(table: Table, mapping: Mapping): boolean {
  const headings = sheetOf(table, mapping)?.rows[mapping.headingRow - 1] ?? [];
  return Object.values(mapping.columns).every((heading) => heading === null || headings.includes(heading));
}

export interface HarmImport {
  readonly format: Format;
  readonly mapping: Mapping;
  readonly difference: HarmDifference;
  /** Print of the difference: given back on confirmation, so that only what was seen is stored. */
  readonly seen: string;
  readonly stored: boolean;
}

export interface ImportRequest extends SafetyFile {
  /** Null: as remembered, else as guessed. */
  readonly mapping: Mapping | null;
  /** Null: show the difference only. */
  readonly confirm: { readonly seen: string } | 'whatever it is' | null;
}

/**
 * Refuses what `readTable` and `harmsOf` refuse, and `harms.moved` when the difference is not the one that was seen. A file that
 * brings nothing new is noted as looked at.
 */
export async function importHarms(
  kernel: Kernel,
  principal: Principal,
  request: ImportRequest,
): Promise<HarmImport> {
  const product = await productOf(kernel.db, principal, request.product);
  const table = await readTable(request.bytes, request.fileName);
  const remembered = request.mapping ?? (await rememberedMapping(kernel.db, product.id));
  const mapping =
    remembered && (request.mapping || fitsTable(table, remembered)) ? remembered : guessMapping(table);
  const harms = harmsOf(table, mapping, request.fileName);
  const { format } = table;
  const { confirm } = request;
  if (confirm === null) {
    const difference = compareHarms(await knownHarms(kernel.db, product.id), harms);
    return { format, mapping, difference, seen: printOf(difference), stored: false };
  }
  return kernel.records.write(principal, async (unit) => {
    // One import of a product at a time: the second sees what the first made.
    await unit.db.selectFrom('record').select('id').where('id', '=', product.id).forNoKeyUpdate().execute();
    const difference = compareHarms(await knownHarms(unit.db, product.id), harms);
    const seen = printOf(difference);
    if (confirm !== 'whatever it is' && confirm.seen !== seen)
      throw refuseFile('harms.moved', `The harms of ${product.key} are not any more as they were shown.`, {
        at: product.key,
      });
    await rememberMapping(unit, product.id, mapping);
    const { added, changed, gone, unchanged } = difference;
    await storeDifference(kernel, unit, product, difference, request.fileName);
    const counts = { added: added.length, changed: changed.length, gone: gone.length, unchanged };
    const run = { file_name: request.fileName.slice(0, 300), sha256: sha256Hex(request.bytes), format };
    await unit.db
      .insertInto('harm_import')
      .values({ product_id: product.id, at: unit.now, by_id: principal.personId, ...run, ...counts })
      .execute();
    await unit.commit([
      {
        type: 'note',
        action: 'harms.imported',
        productId: product.id,
        record: product.id,
        content: { key: product.key, ...run, ...counts } as JsonObject,
      },
    ]);
    await unit.emit({ type: 'harms.imported', payload: { product: product.id } });
    return { format, mapping, difference, seen, stored: true };
  });
}

async function productOf(db: Db, principal: Principal, asked: string): Promise<WardRecord> {
  const product = await readRecord(db, principal, asked);
  if (product.kind !== 'product')
    throw refuseRecord('record.not-found', `${product.key} is not a product.`, { at: product.key });
  requireRole(principal, HARM_IMPORTERS, product.id, 'import a safety file');
  return product;
}

async function knownHarms(db: Db, productId: string): Promise<KnownHarm[]> {
  const rows = await db
    .selectFrom('record')
    .selectAll()
    .where('kind', '=', 'harm')
    .where('product_id', '=', productId)
    .orderBy('number')
    .execute();
  return rows.map((row) => {
    const record = toRecord(row);
    const word = (name: string) => (typeof record.body[name] === 'string' ? record.body[name] : '');
    return {
      id: record.id,
      key: record.key,
      revision: record.revision,
      state: record.state,
      body: {
        title: word('title'),
        sourceId: word('sourceId'),
        hazardousSituation: word('hazardousSituation'),
        severity: word('severity'),
        affected: word('affected'),
      },
    };
  });
}

function printOf({ added, changed, gone }: HarmDifference): string {
  return contentHash({
    added: added.map(({ at: _at, ...harm }) => harm),
    changed: changed.map(({ known, fields, returns }) => ({
      key: known.key,
      revision: known.revision,
      fields,
      returns,
    })),
    gone: gone.map(({ key, revision }) => ({ key, revision })),
  } as unknown as JsonObject).slice(0, 16);
}

async function rememberMapping(unit: Unit, productId: string, mapping: Mapping): Promise<void> {
  const value = JSON.stringify(mapping);
  await unit.db
    .insertInto('harm_mapping')
    .values({ product_id: productId, mapping: value })
    .onConflict((conflict) => conflict.column('product_id').doUpdateSet({ mapping: value }))
    .execute();
}

async function storeDifference(
  kernel: Kernel,
  unit: Unit,
  product: WardRecord,
  { added, changed, gone }: HarmDifference,
  fileName: string,
): Promise<void> {
  const { records } = kernel;
  // Harms are written by Ward from the file; who imported it stands in the note.
  const own = unit.as(SYSTEM);
  const source = `${fileName}, ${unit.now.toISOString().slice(0, 10)}`.slice(-300);
  const kind = records.kinds.get('harm');
  const bodyOf = ({ at: _at, severity, ...harm }: FileHarm) => ({
    ...harm,
    severity: SEVERITIES[severity - 1] as string,
    source,
  });
  const heads = await recordsOf(own, [...changed.map(({ known }) => known.id), ...gone.map(({ id }) => id)]);
  await moveManyBySystem(records, own, [
    ...changed.flatMap(({ known, returns }) =>
      returns
        ? { record: heads(known.id), transition: 'return', reason: `It stands in ${fileName} again.` }
        : [],
    ),
    ...gone.map(({ id }) => ({
      record: heads(id),
      transition: 'drop',
      reason: `${fileName} no longer holds it.`,
    })),
  ]);
  const edited = changed.filter(({ fields }) => fields.length > 0);
  const moved = await recordsOf(
    own,
    edited.map(({ known }) => known.id),
  );
  // `onEdit: false` keeps people from editing a harm; its file is what changes it.
  const editable = { ...kind, states: EDITABLE(kind.states) };
  const edits = edited.map(({ known, now, fields }) => {
    const record = moved(known.id);
    return decideEdit(editable, record, SYSTEM, {
      body: { ...record.body, ...bodyOf(now) },
      reason: `Changed in ${fileName}: ${fields.map((field) => field.name).join(', ')}.`.slice(0, 2_000),
    });
  });
  await own.emit(...edits.map(({ record }) => ({ type: 'harm.edited', payload: { id: record.id } })));
  if (edits.length > 0) await own.commit(edits);
  await createRecordsIn(
    records,
    own,
    added.map((harm) => ({
      kind: 'harm',
      productId: product.id,
      body: bodyOf(harm),
      reason: `Imported from ${fileName}.`.slice(0, 2_000),
    })),
  );
}

async function recordsOf(unit: Unit, ids: readonly string[]): Promise<(id: string) => WardRecord> {
  const found = new Map((await findRecords(unit.db, ids)).map((record) => [record.id, record]));
  return (id) => found.get(id) as WardRecord;
}

type States = ReturnType<Kernel['kinds']['get']>['states'];
const EDITABLE = (states: States): States =>
  states.map(({ onEdit: _onEdit, ...state }) => state) as unknown as States;
