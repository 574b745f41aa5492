// Takes the model of another tool into a product: a preview that stores nothing, then a new record or a new revision of one.
// The original file is kept, so what the model has no place for is not lost.
import type { Kernel } from '../../kernel/kernel.ts';
import type { Principal } from '../../kernel/people/roles.ts';
import { refuseCommit } from '../../kernel/records/commit.ts';
import { decideEdit, refuseRecord, requireRole } from '../../kernel/records/decide.ts';
import { createRecordIn } from '../../kernel/records/operations.ts';
import { readRecord } from '../../kernel/records/read.ts';
import type { WardRecord } from '../../kernel/records/record.ts';
import { acceptZones } from './import/accept-zones.ts';
import { carryOver } from './import/carry-over.ts';
import type { ModelFile, ModelImport } from './import/contract.ts';
import { importModel } from './import/import-model.ts';
import { readModelRecord, writeLayout } from './layout-store.ts';
import { type SystemModel, SystemModel as SystemModelSchema } from './metamodel.ts';
import { systemModel } from './model.ts';
import { diffModels, type ModelChange } from './semantic-diff.ts';

/** All files of one import together. */
export const MAX_IMPORT_BYTES = 50 * 1024 * 1024;

export interface ImportOrder {
  /** Id or key of the product. */
  readonly product: string;
  readonly files: readonly ModelFile[];
  /** Title of the record; by default that of the file. */
  readonly title: string | null;
  /** Key of the model that the file is a newer state of; null makes a new one. */
  readonly model: string | null;
  /** Revision that the person has seen; needed with `model`. */
  readonly seenRevision: number | null;
  /** Ids of proposed zones that the person confirmed, or all of them. */
  readonly zones: readonly string[] | 'all';
  readonly reason: string | null;
}

export interface ImportPreview {
  readonly imported: ModelImport;
  /** What would be stored. */
  readonly model: SystemModel;
  /** Against the present revision; null where it becomes a new record. */
  readonly changes: readonly ModelChange[] | null;
  readonly record: WardRecord | null;
}

/** Asked before a byte of the file is read. Refuses `record.not-found` and `record.not-permitted`. */
export async function requireImportRight(
  kernel: Kernel,
  principal: Principal,
  product: string,
): Promise<WardRecord> {
  const record = await readRecord(kernel.db, principal, product);
  if (record.kind !== 'product') throw refuseRecord('record.not-found', `${record.key} is not a product.`);
  requireRole(principal, systemModel.rights.create, record.id, `import a system model into ${record.key}`);
  return record;
}

/** Stores nothing. Refuses every `model.*` code, and a model of another product. */
export async function previewImport(
  kernel: Kernel,
  principal: Principal,
  order: ImportOrder,
): Promise<ImportPreview> {
  const product = await requireImportRight(kernel, principal, order.product);
  const imported = importModel(order.files);
  const titled = { ...imported.model, title: order.title ?? imported.model.title };
  const confirmed = acceptZones(
    { ...imported, model: titled },
    order.zones === 'all' ? undefined : order.zones,
  );
  if (order.model === null) return { imported, model: confirmed, changes: null, record: null };
  const record = await readModelRecord(kernel.db, principal, order.model);
  if (record.productId !== product.id)
    throw refuseRecord('record.not-found', `${record.key} is a model of another product.`, {
      at: record.key,
    });
  // The database keeps the fields of an object in an order of its own; parsed, they stand as in a model that was just read.
  const before = SystemModelSchema.parse(record.body);
  const model = carryOver(before, confirmed);
  return { imported, model, changes: diffModels(before, model), record };
}

/** One transaction: the record, the places of the drawing and the entry in the ledger, or none of them. */
export async function takeImport(
  kernel: Kernel,
  principal: Principal,
  order: ImportOrder,
): Promise<ImportPreview & { readonly record: WardRecord }> {
  const preview = await previewImport(kernel, principal, order);
  const blobs: { name: string; hash: string }[] = [];
  for (const file of order.files) {
    const { hash } = await kernel.blobs.put(file.bytes, MAX_IMPORT_BYTES);
    blobs.push({ name: file.name, hash });
  }
  const product = await requireImportRight(kernel, principal, order.product);
  const record = await kernel.records.write(principal, async (unit) => {
    const stored = preview.record
      ? await changeModel(preview.record)
      : await createRecordIn(kernel.records, unit, {
          kind: systemModel.kind,
          productId: product.id,
          body: preview.model,
          reason: order.reason,
        });
    await writeLayout(unit.db, stored.id, pinned(preview), principal.personId, unit.now);
    const { format, report, threats, decisions } = preview.imported;
    const content = {
      model: stored.key,
      format,
      files: blobs,
      counts: report.counts,
      threats: threats.length,
      decisions: decisions.length,
    };
    await unit.commit([
      { type: 'note', action: 'system-model.imported', productId: product.id, record: stored.id, content },
    ]);
    await unit.emit({ type: 'system-model.imported', payload: { id: stored.id, files: blobs } });
    return stored;

    async function changeModel(seen: WardRecord): Promise<WardRecord> {
      if (order.seenRevision !== null && order.seenRevision !== seen.revision)
        throw refuseCommit(
          'record.stale-revision',
          `${seen.key} is at revision ${seen.revision}; you saw revision ${order.seenRevision}.`,
          { at: `${seen.key}@${order.seenRevision}` },
        );
      if (preview.changes?.length === 0) return seen;
      const kind = kernel.records.kinds.get(seen.kind);
      const change = decideEdit(kind, seen, principal, { body: preview.model, reason: order.reason });
      // Refuses the revision of somebody else who was quicker.
      await unit.commit([change]);
      await unit.emit({ type: `${seen.kind}.edited`, payload: { id: seen.id } });
      const { title, body, state } = change;
      return { ...seen, revision: seen.revision + 1, title, body, state };
    }
  });
  return { ...preview, record };
}

/** Places within what a drawing takes; automatic layout leaves them where they are. */
function pinned({ imported, model }: ImportPreview) {
  const ids = new Set([...model.zones, ...model.elements, ...model.notes].map(({ id }) => id));
  const far = (value: number) => Math.max(-1_000_000, Math.min(1_000_000, value));
  return Object.fromEntries(
    Object.entries(imported.layout)
      .filter(([id]) => ids.has(id))
      .map(([id, { x, y, w, h }]) => [
        id,
        {
          x: far(x),
          y: far(y),
          ...(w !== undefined && h !== undefined && w >= 8 && h >= 8 ? { w: far(w), h: far(h) } : {}),
          pinned: true,
        },
      ]),
  );
}
