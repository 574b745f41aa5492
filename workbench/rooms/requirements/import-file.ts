// Takes a file of requirements in: the difference first, and the same difference done when it is confirmed.
import { createHash } from 'node:crypto';
import canonicalize from 'canonicalize';
import type { Kernel } from '../../kernel/kernel.ts';
import type { Principal } from '../../kernel/people/roles.ts';
import { decideCreate, decideEdit, refuseRecord, requireRole } from '../../kernel/records/decide.ts';
import { findState } from '../../kernel/records/kind.ts';
import { findAndLock } from '../../kernel/records/read.ts';
import type { WardRecord } from '../../kernel/records/record.ts';
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
    const made = creates.length > 0 ? await unit.commit(creates) : [];
    const created = made.flatMap(({ key }) => key ?? []);
    const edits = [];
    for (const one of planned.change) {
      const record = await findAndLock(unit.db, one.key);
      if (record?.revision !== one.seenRevision)
        throw refuseRequirements('requirements.import-moved', `${one.key} was changed meanwhile.`, {
          at: one.key,
        });
      edits.push(decideEdit(requirement, record, principal, { body: one.body, reason }));
    }
    if (edits.length > 0) await unit.commit(edits);
    await unit.emit(
      ...creates.map(({ id }) => ({ type: 'requirement.created', payload: { id } })),
      ...edits.map(({ record }) => ({ type: 'requirement.edited', payload: { id: record.id } })),
    );
    return {
      plan: planned,
      format: file.format,
      digest,
      done: { created, changed: planned.change.map(({ key }) => key) },
    };
  });
}

const asKnown = (row: Awaited<ReturnType<typeof requirementsOf>>[number]) => ({
  id: row.id,
  key: row.key,
  revision: row.revision,
  editable: findState(requirement, row.state)?.onEdit !== false,
  body: row.body,
});

function digestOf({ create, change }: ImportPlan): string {
  return createHash('sha256')
    .update(canonicalize({ create, change }) ?? '')
    .digest('hex');
}
