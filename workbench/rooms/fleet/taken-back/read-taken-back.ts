// Who was taken back, why, by whom and until when; and what Ward issued to people and machines that is still good.
import { sql } from 'kysely';
import type { Kernel } from '../../../kernel/kernel.ts';
import { holdsRole, type Principal, readableProducts } from '../../../kernel/people/roles.ts';
import type { IssuedList, TakenBackList } from '../contract.ts';
import { FLEET_ROLES } from '../fleet-roles.ts';
import type { RevocationKind } from '../revocable.ts';
import { readFill } from '../revocations.ts';

const PAGE = 100;
export const MOST_ISSUED = 500;

/** What belongs to a unit is for those who may read its product; what belongs to none, for everybody in the house. */
function readable(principal: Principal) {
  const products = readableProducts(principal);
  const column = sql.ref('u.product_id');
  return products === 'all'
    ? sql<boolean>`true`
    : sql<boolean>`(${column} is null or ${column} = any(${[...products]}::uuid[]))`;
}

interface TakenRow {
  id: string;
  kind: RevocationKind;
  value: string;
  why: string;
  at: Date;
  by_id: string | null;
  ends_at: Date | null;
  left_at: Date | null;
  role: string | null;
  holder: string | null;
  serial: string | null;
}

/** Newest first, before `before` (an id of this list). */
export async function listTakenBack(
  kernel: Kernel,
  principal: Principal,
  before: number | null,
): Promise<TakenBackList> {
  const { db, people } = kernel;
  const [{ rows }, fill] = await Promise.all([
    sql<TakenRow>`select r.id, r.kind, r.value, r.why, r.at, r.by_id, r.ends_at, r.left_at,
        coalesce(c.role, t.role) as role, coalesce(c.holder, t.person) as holder, u.serial
      from fleet_revocation r
        left join fleet_certificate c on r.kind = 'certificate' and c.serial = r.value
        left join fleet_token t on r.kind = 'token' and t.jti = r.value
        left join unit u on u.id = coalesce(c.unit_id, t.unit_id)
      where (${before}::bigint is null or r.id < ${before}) and ${readable(principal)}
      order by r.id desc limit ${PAGE + 1}`.execute(db),
    readFill(kernel),
  ]);
  const page = rows.slice(0, PAGE);
  const names = await people.find(page.flatMap(({ by_id }) => by_id ?? []));
  return {
    items: page.map(({ kind, value, why, at, by_id, ends_at, left_at, role, holder, serial }) => ({
      ...{ kind, value, role, holder, unit: serial, why },
      at: at.toISOString(),
      by: by_id === null ? null : (names.get(by_id)?.name ?? null),
      endsAt: ends_at?.toISOString() ?? null,
      leftAt: left_at?.toISOString() ?? null,
    })),
    next: rows.length > PAGE ? (page.at(-1)?.id ?? null) : null,
    fill: {
      kinds: fill.kinds.map(({ nextLeaves, ...kind }) => ({
        ...kind,
        nextLeaves: nextLeaves?.toISOString() ?? null,
      })),
      percent: Math.floor((fill.bytes * 100) / fill.mostBytes),
      nearlyFull: fill.nearlyFull,
    },
    mayTakeBack: holdsRole(principal, FLEET_ROLES, null),
  };
}

interface IssuedRow {
  kind: 'certificate' | 'token';
  value: string;
  role: string;
  holder: string;
  serial: string | null;
  product_id: string | null;
  issued_at: Date;
  ends_at: Date;
}

/** Tokens of people, and certificates of consoles, laptops and clinics, that have not ended and were not taken back; the soonest to end first. */
export async function listIssued(kernel: Kernel, principal: Principal): Promise<IssuedList> {
  const now = kernel.now().toISOString();
  const { rows } = await sql<IssuedRow>`
    select i.*, u.serial, u.product_id from (
      select 'token' as kind, jti as value, role, person as holder, unit_id, issued_at, ends_at from fleet_token
        where ends_at > ${now}::timestamptz
      union all
      select 'certificate', serial, role, holder, unit_id, issued_at, ends_at from fleet_certificate
        where ends_at > ${now}::timestamptz and role <> 'unit'
    ) i left join unit u on u.id = i.unit_id
    where not exists (select 1 from fleet_revocation r where r.kind = i.kind and r.value = i.value)
      and ${readable(principal)}
    order by i.ends_at, i.value limit ${MOST_ISSUED}`.execute(kernel.db);
  return {
    items: rows.map(({ kind, value, role, holder, serial, product_id, issued_at, ends_at }) => ({
      ...{ kind, value, role, holder, unit: serial },
      issuedAt: issued_at.toISOString(),
      endsAt: ends_at.toISOString(),
      mayTakeBack: holdsRole(principal, FLEET_ROLES, product_id),
    })),
  };
}

/** Product of the unit that a token or certificate is for; null when it is for none, or unknown. And whether it is a unit's own certificate. */
export async function aboutRevocable(
  { db }: Kernel,
  kind: RevocationKind,
  value: string,
): Promise<{ readonly productId: string | null; readonly unit: string | null }> {
  const { rows } = await sql<{ product_id: string | null; unit: string | null }>`
    select u.product_id, case when i.role = 'unit' then u.serial end as unit from (
      select 'token' as kind, jti as value, role, unit_id from fleet_token
      union all select 'certificate', serial, role, unit_id from fleet_certificate
    ) i left join unit u on u.id = i.unit_id where i.kind = ${kind} and i.value = ${value}`.execute(db);
  return { productId: rows[0]?.product_id ?? null, unit: rows[0]?.unit ?? null };
}
