// Takes a file of requirements in: the difference first, and the same difference done when it is confirmed.
import type { Kernel } from '../../kernel/kernel.ts';
import { contentHash } from '../../kernel/ledger/canonical.ts';
import type { Principal } from '../../kernel/people/roles.ts';
import { decideCreate, decideEdit, refuseRecord, requireRole } from '../../kernel/records/decide.ts';
import { findState } from '../../kernel/records/kind.ts';
import { toRecord } from '../../kernel/records/read.ts';
import type { WardRecord } from '../../kernel/records/record.ts';
import type { Unit } from '../../kernel/records/records.ts';
import { refuseRequirements } from './errors.ts';
import type { Format } from './exchange/contract.ts';
import { type ImportPlan, planImport } from './exchange/import-plan.ts';
import { readRequirementFile } from './exchange/read-file.ts';
import { requirement } from './model.ts';
import { requirementsOf } from './read-requirements.ts';

export interface ImportOutcome {
  readonly plan: ImportPlan;
  readonly format: Format;
  /** Stands for exactly this difference; send it back to have it done. */
  readonly digest: string;
  /** Keys that were made; null while nothing was done. */
  readonly done: { readonly created: readonly string[]; readonly changed: readonly string[] } | null;
}

/** Refuses what the readers refuse, and `requirements.import-moved` when the difference is not any more the confirmed one. */
export async function importRequirements(
  { records, db }: Kernel,
  principal: Principal,
  product: WardRecord,
  given: { readonly bytes: Uint8Array; readonly fileName: string; readonly confirm: string | null },
): Promise<ImportOutcome> {
  requireRole(principal, requirement.rights.edit, product.id, 'import requirements');
  if (product.state === 'retired')
    throw refuseRecord('record.locked', `${product.key} is retired; nothing can be added to it.`, {
      at: product.key,
    });
  const file = readRequirementFile(given.bytes, given.fileName);
  const plan = async (from: Kernel['db']) =>
    planImport(file, (await requirementsOf(from, product.id)).map(asKnown));
  if (given.confirm === null) {
    const planned = await plan(db);
    return { plan: planned, format: file.format, digest: digestOf(planned), done: null };
  }
  return records.write(principal, async (unit) => {
    // One import of a product at a time: who confirms twice finds that the first has done it.
    await unit.db.selectFrom('record').select('id').where('id', '=', product.id).forNoKeyUpdate().execute();
    const planned = await plan(unit.db);
    const digest = digestOf(planned);
    if (digest !== given.confirm)
      throw refuseRequirements(
        'requirements.import-moved',
        'File or requirements changed since you saw the difference.',
        {
          at: given.fileName,
        },
      );
    const reason = `Imported from ${given.fileName}.`.slice(0, 400);
    // All at once: a transaction of ten thousand single writes would hold up everybody.
    const creates = planned.create.map(({ body }) =>
      decideCreate(requirement, principal, { id: unit.newId(), productId: product.id, body, reason }),
    );
    const heads = new Map((await lockAll(unit, planned.change)).map((record) => [record.key, record]));
    const edits = planned.change.map((one) => {
      const record = heads.get(one.key);
      if (record?.revision !== one.seenRevision)
        throw refuseRequirements('requirements.import-moved', `${one.key} was changed meanwhile.`, {
          at: one.key,
        });
      return decideEdit(requirement, record, principal, { body: one.body, reason });
    });
    await unit.emit(
      ...creates.map(({ id }) => ({ type: 'requirement.created', payload: { id } })),
      ...edits.map(({ record }) => ({ type: 'requirement.edited', payload: { id: record.id } })),
    );
    const made = await unit.commitLast([...creates, ...edits]);
    const created = made.slice(0, creates.length).flatMap(({ key }) => key ?? []);
    return {
      plan: planned,
      format: file.format,
      digest,
      done: { created, changed: planned.change.map(({ key }) => key) },
    };
  });
}

async function lockAll(
  unit: Unit,
  changes: readonly { readonly key: string }[],
): Promise<readonly WardRecord[]> {
  if (changes.length === 0) return [];
  const keys = changes.map(({ key }) => key);
  const rows = await unit.db
    .selectFrom('record')
    .selectAll()
    .where('key', 'in', keys)
    .orderBy('id')
    .forNoKeyUpdate()
    .execute();
  return rows.map(toRecord);
}

const asKnown = (row: Awaited<ReturnType<typeof requirementsOf>>[number]) => ({
  id: row.id,
  key: row.key,
  revision: row.revision,
  editable: findState(requirement, row.state)?.onEdit !== false,
  body: row.body,
});

/** With what there is beside the difference: lines that name no requirement would be new again after they were imported. */
function digestOf({ create, change, same, absent }: ImportPlan): string {
  return contentHash({ create, change, same, absent });
}
