// The shapes that the records API answers with: one source for server, typed client and command line.
import { z } from '@hono/zod-openapi';
import { PasskeyAssertion } from '../people/contract.ts';

const Json = z.record(z.string(), z.unknown());
const Instant = z.iso.datetime();
export const PersonRef = z.object({ id: z.uuid(), name: z.string() });

export const KindView = z
  .object({
    kind: z.string(),
    key: z.string(),
    title: z.string(),
    plural: z.string(),
    purpose: z.string(),
    clause: z.string(),
    scope: z.enum(['product', 'organisation', 'either']),
    titleField: z.string(),
    machineMade: z.boolean(),
    states: z.array(
      z.object({
        id: z.string(),
        title: z.string(),
        tone: z.enum(['open', 'attention', 'settled', 'ended']),
      }),
    ),
    links: z.array(
      z.object({ type: z.string(), title: z.string(), inverse: z.string(), to: z.array(z.string()) }),
    ),
    editReason: z.union([z.enum(['always', 'never']), z.array(z.string())]),
    /** JSON Schema (draft 2020-12) of the body: the form is drawn from it. */
    schema: Json,
    createRoles: z.array(z.string()),
  })
  .openapi('Kind');
export type KindView = z.infer<typeof KindView>;

export const RecordSummary = z
  .object({
    id: z.uuid(),
    kind: z.string(),
    key: z.string(),
    productId: z.uuid().nullable(),
    productTitle: z.string().nullable(),
    title: z.string(),
    state: z.string(),
    revision: z.number().int(),
    updatedAt: Instant,
    updatedBy: PersonRef.nullable(),
  })
  .openapi('RecordSummary');
export type RecordSummary = z.infer<typeof RecordSummary>;

export const RecordList = z.object({
  items: z.array(RecordSummary),
  next: z.string().nullable(),
  total: z.number().int(),
});

export const ActionView = z.object({
  id: z.string(),
  title: z.string(),
  to: z.string(),
  signature: z.enum(['author', 'review', 'approve']).nullable(),
  reasonNeeded: z.boolean(),
  effect: z.string().nullable(),
  allowed: z.boolean(),
  whyNot: z.object({ code: z.string(), message: z.string() }).nullable(),
  /** Who could do it instead, when it is refused. */
  others: z.array(PersonRef),
});
export type ActionView = z.infer<typeof ActionView>;

export const LinkView = z.object({
  id: z.uuid(),
  type: z.string(),
  title: z.string(),
  direction: z.enum(['out', 'in']),
  seenRevision: z.number().int(),
  suspect: z.boolean(),
  other: RecordSummary,
});
export type LinkView = z.infer<typeof LinkView>;

export const SignatureView = z.object({
  meaning: z.enum(['author', 'review', 'approve']),
  signer: PersonRef,
  signerName: z.string(),
  at: Instant,
  revision: z.number().int(),
  revisionHash: z.string(),
  authentication: z.string(),
  /** False when the record has a newer revision: the signature does not carry over. */
  current: z.boolean(),
});
export type SignatureView = z.infer<typeof SignatureView>;

export const RecordView = RecordSummary.extend({
  body: Json,
  author: PersonRef.nullable(),
  createdAt: Instant,
  createdBy: PersonRef.nullable(),
  mayEdit: z.boolean(),
  mayLink: z.boolean(),
  mayComment: z.boolean(),
  actions: z.array(ActionView),
  links: z.array(LinkView),
  signatures: z.array(SignatureView),
}).openapi('Record');
export type RecordView = z.infer<typeof RecordView>;

/** One line of a record's history; revisions, steps, links, comments and signatures alike. */
export const HistoryEntry = z
  .object({
    seq: z.number().int(),
    at: Instant,
    actor: PersonRef.nullable(),
    action: z.string(),
    revision: z.number().int().nullable(),
    /** What was written, without the body of revisions (that is read by the revision route). */
    content: Json,
    hash: z.string(),
  })
  .openapi('HistoryEntry');
export type HistoryEntry = z.infer<typeof HistoryEntry>;
export const HistoryPage = z.object({ items: z.array(HistoryEntry), next: z.number().int().nullable() });

export const FieldDifferenceView = z.object({
  path: z.string(),
  label: z.string(),
  change: z.enum(['added', 'removed', 'changed']),
  before: z.unknown(),
  after: z.unknown(),
  words: z.array(z.object({ kind: z.enum(['kept', 'added', 'removed']), text: z.string() })).nullable(),
});
export type FieldDifferenceView = z.infer<typeof FieldDifferenceView>;

export const RevisionView = z
  .object({
    key: z.string(),
    revision: z.number().int(),
    at: Instant,
    author: PersonRef.nullable(),
    title: z.string(),
    state: z.string(),
    reason: z.string().nullable(),
    hash: z.string(),
    body: Json,
    /** Revision that it is compared with; null for the first. */
    against: z.number().int().nullable(),
    differences: z.array(FieldDifferenceView),
  })
  .openapi('Revision');
export type RevisionView = z.infer<typeof RevisionView>;

export const LedgerPage = z.object({
  items: z.array(
    HistoryEntry.extend({
      record: z.uuid().nullable(),
      key: z.string().nullable(),
      product: z.uuid().nullable(),
    }),
  ),
  next: z.number().int().nullable(),
  origin: z.string(),
  verifierKey: z.string(),
  size: z.number().int(),
});
export type LedgerPage = z.infer<typeof LedgerPage>;

const Key = z.string().min(1).max(60);
export const CreateRequest = z.object({
  kind: z.string().max(60),
  productId: z.uuid().nullable(),
  body: Json,
  reason: z.string().max(2_000).nullish(),
  links: z
    .array(z.object({ type: z.string().max(60), to: Key }))
    .max(50)
    .optional(),
});
export const EditRequest = z.object({
  seenRevision: z.number().int().min(1),
  body: Json,
  reason: z.string().max(2_000).nullish(),
});
export const TransitionRequestBody = z.object({
  seenRevision: z.number().int().min(1),
  transition: z.string().max(60),
  reason: z.string().max(2_000).nullish(),
  password: z.string().max(200).optional(),
  totp: z.string().max(20).optional(),
  /** Instead of password and code; its challenge was asked for this record, revision and transition. */
  passkey: PasskeyAssertion.optional(),
});
export const LinkRequest = z.object({ type: z.string().max(60), to: Key });
export const LinkChange = z.object({
  act: z.enum(['end', 'confirm']),
  reason: z.string().max(2_000).nullish(),
});
export const CommentRequest = z.object({ text: z.string().trim().min(1).max(10_000) });
export const Done = z.object({ done: z.literal(true) });
export const KeyParam = z.object({ key: Key });
