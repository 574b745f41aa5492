// Who is no longer believed, as a list that Ward signs.
import type { RevocationList } from '@ward/device/identity/revocations.ts';
import { sql } from 'kysely';
import type { Kernel } from '../../kernel/kernel.ts';
import type { Principal } from '../../kernel/people/roles.ts';

/** What can be taken back beside units, and what names it. */
const NAMED = {
  /** Of a console, a service laptop or a clinic's issuer: its serial number. */
  certificate: /^[0-9a-f]{2,40}$/,
  /** Its `jti`. */
  token: /^[\x21-\x7e]{1,64}$/,
  /** `sub` of tokens. */
  person: /^person:[\x21-\x7e]{1,120}$/,
} as const;
export type RevocationKind = keyof typeof NAMED;
export const REVOCATION_KINDS = Object.keys(NAMED) as RevocationKind[];

export const namesRevocable = (kind: RevocationKind, value: string): boolean => NAMED[kind].test(value);

/** Units hear of it with their next report. False when it was taken back before. `value` names one of its kind (`namesRevocable`). */
export function revoke(
  kernel: Kernel,
  principal: Principal,
  { kind, value, why }: { kind: RevocationKind; value: string; why: string },
): Promise<boolean> {
  return kernel.records.write(principal, async (work) => {
    const row = await work.db
      .insertInto('fleet_revocation')
      .values({ kind, value, why, at: work.now, by_id: principal.personId })
      .onConflict((conflict) => conflict.doNothing())
      .returning('id')
      .executeTakeFirst();
    if (!row) return false;
    const content = { kind, value, why };
    await work.commitLast([
      { type: 'note', action: 'fleet.revoked', productId: null, record: null, content },
    ]);
    return true;
  });
}

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
