// Vulnerabilities of two releases side by side: which came with the later one and which it does not have any more.
import { sql } from 'kysely';
import type { Kernel } from '../../kernel/kernel.ts';
import type { Principal } from '../../kernel/people/roles.ts';
import type { WardRecord } from '../../kernel/records/record.ts';
import { type FindingRow, listFindings } from './list-findings.ts';

/** Findings that are compared of each release; with more the answer says that it is not whole. */
const COMPARED = 20_000;

export interface FlawDifference {
  readonly introduced: readonly FindingRow[];
  readonly fixed: readonly FindingRow[];
  /** Not found any more where the component is still there and is not watched: nothing is known of it. */
  readonly unknown: readonly FindingRow[];
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
  const gone = left.items.filter((row) => !present.has(key(row)));
  const unwatched = gone.length === 0 ? new Set<string>() : await unwatchedNames(db, after.id);
  const isUnknown = ({ component, place }: FindingRow) =>
    [component, place.slice(place.indexOf(':') + 1)].some((name) => unwatched.has(name.toLowerCase()));
  return {
    introduced,
    fixed: gone.filter((row) => !isUnknown(row)),
    unknown: gone.filter(isUnknown),
    remaining: right.items.length - introduced.length,
    whole: left.next === null && right.next === null,
  };
}

/** Names of the components of a release that nothing is known of, with and without their group. */
async function unwatchedNames(db: Kernel['db'], releaseId: string): Promise<Set<string>> {
  const { rows } = await sql<{ name: string; whole: string }>`
    select distinct lower(c.name) as name, lower(concat_ws('/', c.group_name, c.name)) as whole
    from sbom s join component c on c.sbom_id = s.id and c.not_watched is not null
    where s.release_id = ${releaseId}::uuid and s.superseded_at is null`.execute(db);
  return new Set(rows.flatMap(({ name, whole }) => [name, whole]));
}
