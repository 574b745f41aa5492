// A record as the rest of Ward sees it, and the changes that can be made to it.

export type Json = string | number | boolean | null | Json[] | JsonObject;
export type JsonObject = { [key: string]: Json };

export interface WardRecord {
  /** UUID v7. */
  readonly id: string;
  readonly kind: string;
  /** Human key that never changes: `THR-12`. */
  readonly key: string;
  readonly productId: string | null;
  /** Revision of the body, from 1; a change of state makes none. */
  readonly revision: number;
  readonly state: string;
  readonly title: string;
  readonly body: JsonObject;
  /** Author of the current revision; null when Ward made it. */
  readonly authorId: string | null;
  readonly createdAt: Date;
  readonly createdBy: string | null;
  readonly updatedAt: Date;
  readonly updatedBy: string | null;
}

export interface Link {
  readonly id: string;
  readonly type: string;
  readonly fromId: string;
  readonly toId: string;
  /** Revision of the far end that was seen when the link was made or last confirmed. */
  readonly seenRevision: number;
}

/** A decided change, ready to be committed: nothing in it is checked again but what concurrency can spoil. */
export type Change =
  | {
      readonly type: 'create';
      readonly id: string;
      readonly kind: string;
      readonly productId: string | null;
      readonly title: string;
      readonly body: JsonObject;
      readonly state: string;
      readonly reason: string | null;
    }
  | {
      readonly type: 'edit';
      readonly record: WardRecord;
      readonly title: string;
      readonly body: JsonObject;
      readonly state: string;
      readonly reason: string | null;
    }
  | {
      readonly type: 'transition';
      readonly record: WardRecord;
      readonly transition: string;
      readonly to: string;
      readonly reason: string | null;
      /** Present when the transition is a signature over the exact revision. */
      readonly signature: SignatureContent | null;
    }
  | {
      readonly type: 'sign';
      readonly record: WardRecord;
      readonly signature: SignatureContent;
    }
  | {
      readonly type: 'link';
      readonly id: string;
      readonly linkType: string;
      readonly from: RecordRef;
      readonly to: WardRecord;
    }
  | { readonly type: 'unlink'; readonly link: Link; readonly from: RecordRef; readonly reason: string | null }
  | { readonly type: 'confirm-link'; readonly link: Link; readonly from: RecordRef; readonly to: WardRecord }
  | { readonly type: 'comment'; readonly record: RecordRef; readonly text: string }
  /** Something that is not a record but belongs in the ledger: access, an import, a token. */
  | {
      readonly type: 'note';
      readonly action: string;
      readonly productId: string | null;
      readonly record: string | null;
      readonly content: JsonObject;
    };

export type RecordRef = Pick<WardRecord, 'id' | 'kind' | 'key' | 'productId'>;

/** What 21 CFR 11.50 asks to be shown with a signature, and 11.70 to be bound to the record. */
export interface SignatureContent {
  readonly meaning: 'author' | 'review' | 'approve';
  /** Printed name of the signer at that time. */
  readonly signerName: string;
  /** Content hash of the revision that was signed, hex. */
  readonly revisionHash: string;
  /** How the person proved to be present: `password`, `password+totp`. */
  readonly authentication: string;
}

/** An event for other rooms, written in the same transaction as the change that caused it. */
export interface DomainEvent {
  readonly type: string;
  readonly payload: JsonObject;
}
