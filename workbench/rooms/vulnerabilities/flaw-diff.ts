// Vulnerabilities of two releases side by side: which came with the later one and which it does not have any more.
import type { Kernel } from '../../kernel/kernel.ts';
import type { Principal } from '../../kernel/people/roles.ts';
import type { WardRecord } from '../../kernel/records/record.ts';
import { type FindingRow, listFindings } from './list-findings.ts';

/** Findings that are compared of each release; with more the answer says that it is not whole. */
const COMPARED = 20_000;

export interface FlawDifference {
  readonly introduced: readonly FindingRow[];
  readonly fixed: readonly FindingRow[];
  readonly remaining: number;
  readonly whole: boolean;
}

/** A finding is the same in both when the vulnerability and the component are; its version may differ. */
export async function diffFlaws(
  db: Kernel['db'],
  principal: Principal,
  before: WardRecord,
  after: WardRecord,
  now: Date,
): Promise<FlawDifference> {
  const of = (release: WardRecord) =>
    listFindings(db, principal, { releaseId: release.id }, 0, COMPARED, now);
  const [left, right] = [await of(before), await of(after)];
  const key = ({ group_id, place }: FindingRow) => `${group_id} ${place}`;
  const known = new Set(left.items.map(key));
  const present = new Set(right.items.map(key));
  const introduced = right.items.filter((row) => !known.has(key(row)));
  return {
    introduced,
    fixed: left.items.filter((row) => !present.has(key(row))),
    remaining: right.items.length - introduced.length,
    whole: left.next === null && right.next === null,
  };
}
