// Turns records and ledger rows into what the API answers.
import { z } from 'zod';
import type { LedgerRow } from '../ledger/ledger.ts';
import type { PersonSummary } from '../people/people.ts';
import type { Principal } from '../people/roles.ts';
import { holdsRole } from '../people/roles.ts';
import type {
  ActionView,
  HistoryEntry,
  KindView,
  LinkView,
  RecordSummary,
  RecordView,
  SignatureView,
} from './contract.ts';
import { allowedActions, mayEdit } from './decide.ts';
import type { FieldDifference } from './difference.ts';
import type { KindDefinition } from './kind.ts';
import type { LinkView as LinkRow } from './read.ts';
import { authorsSinceApproval, linksOf } from './read.ts';
import type { JsonObject, WardRecord } from './record.ts';
import type { Records } from './records.ts';

export type Names = ReadonlyMap<string, PersonSummary>;

export function personRef(names: Names, id: string | null): { id: string; name: string } | null {
  return id === null ? null : { id, name: names.get(id)?.name ?? 'Unknown person' };
}

const schemas = new WeakMap<KindDefinition, Record<string, unknown>>();

/** JSON Schema of a kind's body, made once. */
export function schemaOf(kind: KindDefinition): Record<string, unknown> {
  let schema = schemas.get(kind);
  if (!schema) {
    schema = z.toJSONSchema(kind.schema, { io: 'input', unrepresentable: 'any' }) as Record<string, unknown>;
    schemas.set(kind, schema);
  }
  return schema;
}

export function presentKind(kind: KindDefinition): KindView {
  return {
    kind: kind.kind,
    key: kind.key,
    title: kind.title,
    plural: kind.plural,
    purpose: kind.purpose,
    clause: kind.clause,
    scope: kind.scope,
    titleField: kind.titleField,
    machineMade: kind.machineMade ?? false,
    states: kind.states.map(({ id, title, tone }) => ({ id, title, tone })),
    links: kind.links.map((link) => ({ ...link, to: [...link.to] })),
    editReason: typeof kind.editReason === 'string' ? kind.editReason : [...kind.editReason],
    schema: schemaOf(kind),
    createRoles: [...kind.rights.create],
  };
}

/** Summaries with product titles and names, in two queries however many there are. */
export async function presentSummaries(
  records: Records,
  items: readonly WardRecord[],
): Promise<RecordSummary[]> {
  const names = await records.people.find([...new Set(items.flatMap((item) => item.updatedBy ?? []))]);
  const titles = await productTitles(records, items);
  return items.map((item) => summary(item, titles, names));
}

async function productTitles(records: Records, items: readonly WardRecord[]): Promise<Map<string, string>> {
  const ids = [...new Set(items.flatMap((item) => item.productId ?? []))];
  if (ids.length === 0) return new Map();
  const rows = await records.db.selectFrom('record').select(['id', 'title']).where('id', 'in', ids).execute();
  return new Map(rows.map((row) => [row.id, row.title]));
}

function summary(item: WardRecord, titles: ReadonlyMap<string, string>, names: Names): RecordSummary {
  return {
    id: item.id,
    kind: item.kind,
    key: item.key,
    productId: item.productId,
    productTitle: item.productId === null ? null : (titles.get(item.productId) ?? null),
    title: item.title,
    state: item.state,
    revision: item.revision,
    updatedAt: item.updatedAt.toISOString(),
    updatedBy: personRef(names, item.updatedBy),
  };
}

export async function presentRecord(
  records: Records,
  principal: Principal,
  record: WardRecord,
  signatures: readonly LedgerRow[],
): Promise<RecordView> {
  const kind = records.kinds.get(record.kind);
  const [links, authorIds] = await Promise.all([
    linksOf(records.db, principal, record.id),
    authorsSinceApproval(records.db, record.id),
  ]);
  const people = [record.authorId, record.createdBy, ...signatures.map((row) => row.actor)].filter(
    (id) => id !== null,
  );
  const names = await records.people.find([...new Set(people)]);
  const [own, ...others] = await presentSummaries(records, [record, ...links.map((link) => link.other)]);
  return {
    ...(own as RecordSummary),
    body: record.body,
    author: personRef(names, record.authorId),
    createdAt: record.createdAt.toISOString(),
    createdBy: personRef(names, record.createdBy),
    mayEdit: mayEdit(kind, record, principal),
    mayLink: kind.links.length > 0 && holdsRole(principal, kind.rights.edit, record.productId),
    mayComment: principal.grants.some(
      (grant) => grant.role !== 'auditor' && grant.role !== 'supplier-contact',
    ),
    actions: await actionsOf(records, kind, record, principal, authorIds),
    links: links.map((link, index) => linkView(records, record, link, others[index] as RecordSummary)),
    signatures: signatures.map((row) => signatureView(row, record, names)),
  };
}

async function actionsOf(
  records: Records,
  kind: KindDefinition,
  record: WardRecord,
  principal: Principal,
  authorIds: readonly string[],
): Promise<ActionView[]> {
  const actions = allowedActions(kind, record, principal, authorIds);
  return Promise.all(
    actions.map(async (action) => {
      const transition = kind.transitions.find(
        (known) => known.id === action.id && known.from.includes(record.state),
      );
      const except = action.signature === 'approve' ? [...authorIds] : [];
      if (principal.personId) except.push(principal.personId);
      const holders =
        action.allowed || !transition
          ? []
          : await records.people.holders(transition.roles, record.productId, except);
      return { ...action, others: holders.slice(0, 10).map(({ id, name }) => ({ id, name })) };
    }),
  );
}

function linkView(records: Records, record: WardRecord, link: LinkRow, other: RecordSummary): LinkView {
  const fromKind = link.direction === 'out' ? record.kind : other.kind;
  const definition = records.kinds.find(fromKind)?.links.find((known) => known.type === link.type);
  const title = definition ? (link.direction === 'out' ? definition.title : definition.inverse) : link.type;
  return {
    id: link.id,
    type: link.type,
    title,
    direction: link.direction,
    seenRevision: link.seenRevision,
    suspect: link.suspect,
    other,
  };
}

function signatureView(row: LedgerRow, record: WardRecord, names: Names): SignatureView {
  const content = row.value as {
    meaning: SignatureView['meaning'];
    signerName: string;
    revisionHash: string;
    authentication: string;
  };
  return {
    meaning: content.meaning,
    signer: personRef(names, row.actor) ?? {
      id: '00000000-0000-0000-0000-000000000000',
      name: content.signerName,
    },
    signerName: content.signerName,
    at: row.at,
    revision: row.revision ?? 0,
    revisionHash: content.revisionHash,
    authentication: content.authentication,
    current: row.revision === record.revision,
  };
}

export function presentEntry(row: LedgerRow, names: Names): HistoryEntry {
  const { body: _body, ...content } = row.value as JsonObject & { body?: unknown };
  return {
    seq: row.seq,
    at: row.at,
    actor: personRef(names, row.actor),
    action: row.action,
    revision: row.revision,
    content,
    hash: row.hash,
  };
}

/** Gives each difference the field's title from the kind's schema: `Steps 3 › Text`. */
export function labelled(kind: KindDefinition, differences: readonly FieldDifference[]) {
  return differences.map((one) => ({
    ...one,
    words: one.words === null ? null : [...one.words],
    label: labelOf(schemaOf(kind), one.path),
  }));
}

interface JsonSchema {
  readonly title?: string;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly items?: JsonSchema;
}

function labelOf(schema: JsonSchema, path: string): string {
  const parts = path.slice(1).match(/\.[^.[]+|\[\d+\]/g) ?? [];
  const labels: string[] = [];
  let place: JsonSchema | undefined = schema;
  for (const part of parts) {
    if (part.startsWith('[')) {
      place = place?.items;
      labels.push(String(Number(part.slice(1, -1)) + 1));
    } else {
      const name = part.slice(1);
      place = place?.properties?.[name];
      labels.push(place?.title ?? humanise(name));
    }
  }
  return labels.join(' › ');
}

/** `intendedUse` → `Intended use`. */
export function humanise(name: string): string {
  const words = name
    .replace(/([a-z])([A-Z])/g, '$1 $2')
    .replace(/[-_]/g, ' ')
    .toLowerCase();
  return words.charAt(0).toUpperCase() + words.slice(1);
}
