// Who is no longer believed, as a list that Ward signs.
import type { RevocationList } from '@ward/device/identity/revocations.ts';
import { sql } from 'kysely';
import type { Kernel } from '../../kernel/kernel.ts';

/** A promise to units: by then there is a newer list. */
const NEXT_WITHIN_S = 3_600;

/** Its number is that of the newest revocation, and 1 more than none, so that the first list has one. */
export async function readRevocations({ db, now }: Kernel): Promise<RevocationList> {
  const { rows } = await sql<{ id: string; kind: string; value: string }>`
    select id, kind, value from fleet_revocation order by id`.execute(db);
  const of = (kind: string) => rows.filter((row) => row.kind === kind).map(({ value }) => value);
  const issuedAt = Math.floor(now().getTime() / 1_000);
  return {
    number: Number(rows.at(-1)?.id ?? 0) + 1,
    issuedAt,
    nextBy: issuedAt + NEXT_WITHIN_S,
    certificates: of('certificate'),
    tokens: of('token'),
    persons: of('person'),
    issuers: [],
  };
}
