// Who is no longer believed, as a list that Ward signs.
import type { RevocationList } from '@ward/device/identity/revocations.ts';
import { sql } from 'kysely';
import type { Kernel } from '../../kernel/kernel.ts';

/** A promise to units: by then there is a newer list. */
const NEXT_WITHIN_S = 3_600;

/**
 * Its number is the time of the newest revocation with how many there were: it rises with each, and what is taken back after Ward was put back from a
 * copy has a higher one than anything before, so that units take it. 1 when there is none.
 */
export async function readRevocations({ db, now }: Kernel): Promise<RevocationList> {
  const { rows } = await sql<{ id: string; kind: string; value: string; at: Date }>`
    select id, kind, value, at from fleet_revocation order by id`.execute(db);
  const newest = rows.reduce((latest, { at }) => Math.max(latest, at.getTime()), 0);
  const of = (kind: string) => rows.filter((row) => row.kind === kind).map(({ value }) => value);
  const issuedAt = Math.floor(now().getTime() / 1_000);
  return {
    number: newest + Number(rows.at(-1)?.id ?? 0) + 1,
    issuedAt,
    nextBy: issuedAt + NEXT_WITHIN_S,
    certificates: of('certificate'),
    tokens: of('token'),
    persons: of('person'),
    issuers: [],
  };
}
