// What people do to records, each as: load, decide, commit. Used by the API, by rooms and by commands alike.
import { defineErrors, isWardError, type WardError } from '../errors.ts';
import type { Credential } from '../people/people.ts';
import type { Principal } from '../people/roles.ts';
import { canReadProduct } from '../people/roles.ts';
import { signedAct } from '../people/signed-act.ts';
import { refuseCommit } from './commit.ts';
import {
  decideCreate,
  decideEdit,
  decideTransition,
  refuseRecord,
  requireReadable,
  requireRole,
  requireStorable,
} from './decide.ts';
import type { KindDefinition } from './kind.ts';
import { findState } from './kind.ts';
import {
  authorsSinceApproval,
  findAndLock,
  findRecord,
  findRecords,
  readRecord,
  readRecords,
  readRevision,
} from './read.ts';
import type { Change, DomainEvent, Link, WardRecord } from './record.ts';
import type { Records, Tx, Unit } from './records.ts';

const refuseLink = defineErrors({
  'link.not-allowed': {
    status: 422,
    exit: 3,
    title: 'These two are not linked so',
    remedy: 'Choose one of the link types that the kind offers.',
  },
  'link.not-found': {
    status: 404,
    exit: 3,
    title: 'No such link',
    remedy: 'Reload the record; somebody may have ended the link.',
  },
  'link.fixed': {
    status: 409,
    exit: 3,
    title: 'This link does not change',
    remedy: 'Make a new record for the other one.',
  },
  'link.nothing-to-confirm': {
    status: 409,
    exit: 3,
    title: 'The link is not suspect',
    remedy: 'Reload the record.',
  },
});

export interface NewRecord {
  readonly kind: string;
  readonly productId: string | null;
  readonly body: unknown;
  readonly reason?: string | null;
  /** Links from the new record, by type and the far end's id or key. */
  readonly links?: readonly { readonly type: string; readonly to: string }[];
}

export async function createRecord(
  records: Records,
  principal: Principal,
  input: NewRecord,
): Promise<WardRecord> {
  const id = await records.write(principal, async (unit) => {
    const [made] = await decideRecords(records, unit, [input]);
    const { id, changes } = made as Decided;
    await unit.emit(createdEvent(made as Decided));
    await unit.commitLast(changes);
    return id;
  });
  return (await findRecord(records.db, id)) as WardRecord;
}

/** Inside a transaction that the caller holds. */
export async function createRecordIn(records: Records, unit: Unit, input: NewRecord): Promise<WardRecord> {
  const [record] = await createRecordsIn(records, unit, [input]);
  return record as WardRecord;
}

/** The same for many, in a few statements however many they are; given in their order. */
export async function createRecordsIn(
  records: Records,
  unit: Unit,
  inputs: readonly NewRecord[],
): Promise<WardRecord[]> {
  if (inputs.length === 0) return [];
  const made = await decideRecords(records, unit, inputs);
  await unit.emit(...made.map(createdEvent));
  await unit.commit(made.flatMap(({ changes }) => changes));
  const ids = made.map(({ id }) => id);
  const stored = new Map((await findRecords(unit.db, ids)).map((record) => [record.id, record]));
  return ids.map((id) => stored.get(id) as WardRecord);
}

interface Decided {
  readonly id: string;
  readonly kind: string;
  readonly changes: readonly Change[];
}

const createdEvent = ({ id, kind }: Decided): DomainEvent => ({ type: `${kind}.created`, payload: { id } });

async function decideRecords(records: Records, unit: Unit, inputs: readonly NewRecord[]): Promise<Decided[]> {
  const { db, principal } = unit;
  for (const productId of new Set(inputs.map((input) => input.productId)))
    if (productId !== null) await requireProduct(db, principal, productId);
  const named = [...new Set(inputs.flatMap(({ links = [] }) => links.map(({ to }) => to)))];
  const targets = await readRecords(db, principal, named);
  const byName = new Map(named.map((name, index) => [name, targets[index] as WardRecord]));
  return inputs.map(({ kind: name, productId, body, reason = null, links = [] }) => {
    const kind = records.kinds.get(name);
    const id = unit.newId();
    const create = decideCreate(kind, principal, { id, productId, body, reason });
    // Its key comes with the commit.
    const from = { id, kind: kind.kind, key: `the new ${kind.title.toLowerCase()}`, productId };
    const made = links.map(({ type, to: wanted }) => {
      const to = byName.get(wanted) as WardRecord;
      requireLinkType(kind, type, to);
      return { type: 'link' as const, id: unit.newId(), linkType: type, from, to };
    });
    return { id, kind: kind.kind, changes: [create, ...made] };
  });
}

export interface EditRecord {
  /** Revision that the author had on the screen. */
  readonly seenRevision: number;
  readonly body: unknown;
  readonly reason: string | null;
}

export function editRecord(
  records: Records,
  principal: Principal,
  idOrKey: string,
  input: EditRecord,
): Promise<WardRecord> {
  return records.write(principal, async (unit) => {
    const record = await lockRecord(unit.db, principal, idOrKey);
    requireSeen(record, input.seenRevision);
    const kind = records.kinds.get(record.kind);
    const change = decideEdit(kind, record, principal, input);
    await unit.emit({ type: `${record.kind}.edited`, payload: { id: record.id } });
    await unit.commitLast([change]);
    const { title, body, state } = change;
    const by = principal.personId;
    return {
      ...record,
      revision: record.revision + 1,
      title,
      body,
      state,
      authorId: by,
      updatedBy: by,
      updatedAt: unit.now,
    };
  });
}

export interface TransitionRequest {
  readonly seenRevision: number;
  readonly transition: string;
  readonly reason: string | null;
  /** Needed where the transition is a signature. */
  readonly credential?: Credential | undefined;
}

/**
 * Makes a transition; where it is a signature, the person re-authenticates first and the exact revision is signed in
 * the same transaction (21 CFR 11.50, 11.70, 11.200).
 */
export async function makeTransition(
  records: Records,
  principal: Principal,
  idOrKey: string,
  input: TransitionRequest,
): Promise<WardRecord> {
  const { transition, reason, credential } = input;
  const wanted = { record: idOrKey, seenRevision: input.seenRevision };
  const authentication = await authenticateFor(records, principal, [wanted], {
    transition,
    reason,
    credential,
  });
  return transitionOne(records, principal, wanted, { transition, reason, authentication });
}

export interface Transitioned {
  readonly done: readonly WardRecord[];
  readonly refused: readonly { readonly record: string; readonly error: WardError }[];
}

/**
 * The same transition for many records, after one re-authentication for the list that the person had before them (21 CFR
 * 11.200(a)(1)(i)): each record gets a signature of its own over its exact revision, in a transaction of its own. Throws when
 * the credential is wrong; what is refused for one record does not hold up the others.
 */
export async function makeTransitions(
  records: Records,
  principal: Principal,
  wanted: readonly { readonly record: string; readonly seenRevision: number }[],
  input: Omit<TransitionRequest, 'seenRevision'>,
): Promise<Transitioned> {
  const outcome = { done: [] as WardRecord[], refused: [] as { record: string; error: WardError }[] };
  const open: (typeof wanted)[number][] = [];
  let authentication: string | null = null;
  const refuseOne = (record: string, error: unknown) => {
    if (!isWardError(error)) throw error;
    outcome.refused.push({ record, error });
  };
  for (const one of wanted) {
    try {
      await requirePossible(records, principal, one, input);
      open.push(one);
    } catch (error) {
      refuseOne(one.record, error);
    }
  }
  if (open.length > 0) authentication = await authenticateFor(records, principal, open, input);
  for (const one of open) {
    try {
      outcome.done.push(await transitionOne(records, principal, one, { ...input, authentication }));
    } catch (error) {
      refuseOne(one.record, error);
    }
  }
  return outcome;
}

type Seen = { readonly record: string; readonly seenRevision: number };

async function requirePossible(
  records: Records,
  principal: Principal,
  { record, seenRevision }: Seen,
  input: { readonly transition: string; readonly reason: string | null },
) {
  const seen = await readRecord(records.db, principal, record);
  const { transition } = decideTransition(records.kinds.get(seen.kind), seen, principal, {
    transition: input.transition,
    reason: input.reason,
    authorIds: await authorsSinceApproval(records.db, seen.id),
  });
  requireSeen(seen, seenRevision);
  return { seen, transition };
}

/** Asked before the password is checked, so that nobody types it for what is refused anyway. Null where nothing is signed. */
async function authenticateFor(
  records: Records,
  principal: Principal,
  wanted: readonly Seen[],
  input: Omit<TransitionRequest, 'seenRevision'>,
): Promise<string | null> {
  const acts: string[] = [];
  for (const one of wanted) {
    const { seen, transition } = await requirePossible(records, principal, one, input);
    if (!transition.signature) continue;
    acts.push(signedAct({ recordId: seen.id, revision: seen.revision, transition: transition.id }));
    if (principal.personId === null || principal.via !== 'session' || !input.credential) {
      throw refuseRecord(
        'signature.needed',
        `"${transition.title}" is a signature: prove again that it is you.`,
        { at: seen.key },
      );
    }
  }
  if (acts.length === 0) return null;
  // What a passkey proves is this very list: a challenge for one record signs no other.
  return records.people.reauthenticate(
    principal.personId as string,
    input.credential as Credential,
    new Date(),
    acts.join('; '),
  );
}

function transitionOne(
  records: Records,
  principal: Principal,
  wanted: Seen,
  input: {
    readonly transition: string;
    readonly reason: string | null;
    readonly authentication: string | null;
  },
): Promise<WardRecord> {
  return records.write(principal, async (unit) => {
    const record = await lockRecord(unit.db, principal, wanted.record);
    requireSeen(record, wanted.seenRevision);
    const kind = records.kinds.get(record.kind);
    const decided = decideTransition(kind, record, principal, {
      transition: input.transition,
      reason: input.reason,
      authorIds: await authorsSinceApproval(unit.db, record.id),
    });
    const revision = await readRevision(unit.db, record.id, record.revision);
    const signature =
      decided.transition.signature && input.authentication !== null
        ? {
            meaning: decided.transition.signature,
            signerName: principal.name,
            revisionHash: revision?.hash ?? '',
            authentication: input.authentication,
          }
        : null;
    const { to, id } = decided.transition;
    await unit.emit({ type: `${record.kind}.${id}`, payload: { id: record.id, state: to } });
    await unit.commitLast([
      { type: 'transition', record, transition: id, to, reason: decided.reason, signature },
    ]);
    return { ...record, state: to, updatedBy: principal.personId, updatedAt: unit.now };
  });
}

/** Ward itself moves a record: a re-opening, an expiry. The transition must be one of the kind's `system` ones. */
export function moveBySystem(
  records: Records,
  unit: Unit,
  record: WardRecord,
  transition: string,
  reason: string,
): Promise<void> {
  return moveManyBySystem(records, unit, [{ record, transition, reason }]);
}

export async function moveManyBySystem(
  records: Records,
  unit: Unit,
  moves: readonly { readonly record: WardRecord; readonly transition: string; readonly reason: string }[],
): Promise<void> {
  if (moves.length === 0) return;
  const changes = moves.map(({ record, transition, reason }) => {
    const asked = { transition, reason, authorIds: [] };
    const decided = decideTransition(records.kinds.get(record.kind), record, unit.principal, asked);
    const { to } = decided.transition;
    return { type: 'transition' as const, record, transition, to, reason: decided.reason, signature: null };
  });
  await unit.emit(
    ...changes.map(({ record, transition, to }) => ({
      type: `${record.kind}.${transition}`,
      payload: { id: record.id, state: to },
    })),
  );
  await unit.commit(changes);
}

export function addLink(
  records: Records,
  principal: Principal,
  from: string,
  type: string,
  to: string,
): Promise<void> {
  return records.write(principal, async (unit) => {
    const source = await readRecord(unit.db, principal, from);
    const target = await readRecord(unit.db, principal, to);
    const kind = records.kinds.get(source.kind);
    requireRole(principal, kind.rights.edit, source.productId, `link ${source.key}`);
    requireLinkType(kind, type, target);
    requireLooseLink(kind, type);
    const locked = await lockRecord(unit.db, principal, source.id);
    const left = leaveApproval(kind, locked, `Linked: ${type} ${target.key}.`);
    await unit.emit({ type: 'link.made', payload: { from: source.id, to: target.id, link: type } });
    await unit.commitLast([
      { type: 'link', id: unit.newId(), linkType: type, from: locked, to: target },
      ...left,
    ]);
  });
}

/**
 * Ends a link, or confirms a suspect one at the far end's present revision; with `seen` only when that is the revision which
 * the person had before them.
 */
export async function changeLink(
  records: Records,
  principal: Principal,
  linkId: string,
  act: 'end' | 'confirm',
  reason: string | null,
  seen?: number,
): Promise<void> {
  requireStorable(reason ?? '', '$.reason');
  return records.write(principal, async (unit) => {
    const row = await unit.db
      .selectFrom('link')
      .selectAll()
      .where('id', '=', linkId)
      .where('ended_at', 'is', null)
      .forUpdate()
      .executeTakeFirst();
    if (!row) throw refuseLink('link.not-found', 'There is no such link, or it has ended.');
    const link: Link = {
      id: row.id,
      type: row.type,
      fromId: row.from_id,
      toId: row.to_id,
      seenRevision: row.seen_revision,
    };
    const source = await readRecord(unit.db, principal, link.fromId);
    const target = await readRecord(unit.db, principal, link.toId);
    requireRole(
      principal,
      records.kinds.get(source.kind).rights.edit,
      source.productId,
      `change the links of ${source.key}`,
    );
    const changes: Change[] = [];
    if (act === 'confirm') {
      if (seen !== undefined) requireSeen(target, seen);
      if (link.seenRevision >= target.revision)
        throw refuseLink('link.nothing-to-confirm', `${target.key} has not moved since.`);
      changes.push({ type: 'confirm-link', link, from: source, to: target });
    } else {
      const kind = records.kinds.get(source.kind);
      requireLooseLink(kind, link.type);
      const locked = await lockRecord(unit.db, principal, source.id);
      changes.push({ type: 'unlink', link, from: locked, reason });
      changes.push(...leaveApproval(kind, locked, `Link ended: ${link.type} ${target.key}.`));
    }
    await unit.emit({
      type: act === 'confirm' ? 'link.confirmed' : 'link.ended',
      payload: { from: source.id, to: target.id, link: link.type },
    });
    await unit.commitLast(changes);
  });
}

function requireLooseLink(kind: KindDefinition, type: string): void {
  if (!kind.links.find((known) => known.type === type)?.fixed) return;
  throw refuseLink(
    'link.fixed',
    `"${type}" was set when the ${kind.title.toLowerCase()} was made and does not change.`,
  );
}

/** What a record is linked to belongs to what was approved: a changed link does what an edit does. */
function leaveApproval(kind: KindDefinition, record: WardRecord, reason: string): Change[] {
  const state = findState(kind, record.state);
  if (state?.onEdit === false) {
    throw refuseRecord(
      'record.locked',
      `${record.key} is ${state.title.toLowerCase()}; its links do not change.`,
      {
        at: record.key,
      },
    );
  }
  if (state?.onEdit === undefined || state.onEdit === record.state) return [];
  return [
    { type: 'transition', record, transition: 'links-changed', to: state.onEdit, reason, signature: null },
  ];
}

/** Everyone who may write anything on the product may comment; a comment stays as it was said. */
export async function addComment(
  records: Records,
  principal: Principal,
  idOrKey: string,
  text: string,
): Promise<void> {
  requireStorable(text, '$.text');
  return records.write(principal, async (unit) => {
    const record = await readRecord(unit.db, principal, idOrKey);
    requireRole(principal, COMMENTERS, record.productId, 'comment');
    await unit.commitLast([{ type: 'comment', record, text }]);
  });
}

const COMMENTERS = [
  'security-lead',
  'safety-risk-manager',
  'developer',
  'tester',
  'incident-handler',
  'release-manager',
  'quality',
  'administrator',
] as const;

async function lockRecord(db: Tx, principal: Principal, idOrKey: string): Promise<WardRecord> {
  return requireReadable(await findAndLock(db, idOrKey), principal, idOrKey.slice(0, 60));
}

function requireSeen(record: WardRecord, seenRevision: number): void {
  if (record.revision === seenRevision) return;
  throw refuseStale(record, seenRevision);
}

const refuseStale = (record: WardRecord, seen: number) =>
  refuseCommit(
    'record.stale-revision',
    `${record.key} is at revision ${record.revision}; you saw revision ${seen}.`,
    {
      at: `${record.key}@${seen}`,
      detail: { key: record.key, seenRevision: seen, currentRevision: record.revision },
    },
  );

function requireLinkType(kind: KindDefinition, type: string, target: WardRecord): void {
  const link = kind.links.find((known) => known.type === type);
  if (link?.to.includes(target.kind)) return;
  const offered = kind.links.map((known) => `${known.type} (${known.to.join(', ')})`).join('; ') || 'none';
  throw refuseLink(
    'link.not-allowed',
    `A ${kind.title.toLowerCase()} has no link "${type}" to a ${target.kind}. It offers: ${offered}.`,
  );
}

async function requireProduct(db: Tx, principal: Principal, productId: string): Promise<void> {
  const product = await findRecord(db, productId);
  if (product?.kind === 'product' && canReadProduct(principal, product.id)) {
    if (product.state !== 'retired') return;
    throw refuseRecord('record.locked', `${product.key} is retired; nothing can be added to it.`, {
      at: product.key,
    });
  }
  throw refuseRecord('record.wrong-product', 'There is no such product.', { at: '$.productId' });
}
