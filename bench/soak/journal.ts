// What Ward has acknowledged to somebody: the promise that every restart is held against.

export interface Journal {
  /** By key of the record, then by revision: the mark that this revision was given. */
  readonly revisions: Map<string, Map<number, string>>;
  readonly comments: Set<string>;
  /** Components by id of the SBOM. */
  readonly sboms: Map<string, number>;
  /** Records by name of the feed; `whole` once Ward has said that it has all. */
  readonly feeds: Map<string, { seed: number; records: number; whole: boolean }>;
  /** Answers that nobody should get. */
  readonly surprises: string[];
  acknowledged: number;
  /** Sent, and the answer never seen: may be there or not, but not halfway. */
  unanswered: number;
}

export function newJournal(): Journal {
  return {
    revisions: new Map(),
    comments: new Set(),
    sboms: new Map(),
    feeds: new Map(),
    surprises: [],
    acknowledged: 0,
    unanswered: 0,
  };
}

export function acknowledgeRevision(journal: Journal, key: string, revision: number, mark: string): void {
  const known = journal.revisions.get(key) ?? new Map<number, string>();
  if (known.has(revision))
    journal.surprises.push(`${key} revision ${revision} was acknowledged to two people`);
  known.set(revision, mark);
  journal.revisions.set(key, known);
  journal.acknowledged += 1;
}
