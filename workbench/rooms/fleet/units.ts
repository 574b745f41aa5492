// Units: registered before they are enrolled, listed with what they run and what is known of their audit trail.
import { sql } from 'kysely';
import type { Kernel } from '../../kernel/kernel.ts';
import type { Principal } from '../../kernel/people/roles.ts';
import { canReadProduct } from '../../kernel/people/roles.ts';
import type { Json, WardRecord } from '../../kernel/records/record.ts';
import type { Unit as Work } from '../../kernel/records/records.ts';
import { emergenciesToReview } from './emergencies/read-emergencies.ts';
import { refuseFleet } from './errors.ts';
import type { UnitReport } from './report.ts';
import type { UnitState } from './tables.ts';

export interface NewUnit {
  readonly serial: string;
  readonly hardwareId: string;
  readonly site: string;
  /** Id of the clinic's issuer, e.g. `st-mary`; empty: none. */
  readonly clinic: string;
}

/** Registers the units or none. Refuses `fleet.serial-taken` naming the first that is known, or stands in the list twice. */
export async function registerUnits(
  { records }: Kernel,
  principal: Principal,
  product: WardRecord,
  units: readonly NewUnit[],
): Promise<readonly string[]> {
  return records.write(principal, async (work) => {
    const serials = units.map(({ serial }) => serial);
    const known = await work.db
      .selectFrom('unit')
      .select('serial')
      .where('serial', 'in', serials)
      .executeTakeFirst();
    const twice = serials.find((serial, at) => serials.indexOf(serial) !== at);
    if (known)
      throw refuseFleet('fleet.serial-taken', `${known.serial} is registered already.`, { at: known.serial });
    if (twice !== undefined)
      throw refuseFleet('fleet.serial-taken', `${twice} stands in the list twice.`, { at: twice });
    const ids = units.map(() => work.newId());
    await work.db
      .insertInto('unit')
      .values(
        units.map(({ serial, hardwareId, site, clinic }, at) => ({
          id: ids[at] as string,
          product_id: product.id,
          serial,
          site,
          hardware_id: hardwareId,
          clinic,
          state: 'expected' as const,
          registered_at: work.now,
          registered_by: principal.personId,
        })),
      )
      .execute();
    await noteUnits(work, product.id, 'fleet.units-registered', { serials });
    return ids;
  });
}

/** What is done with units stands in the ledger, with who did it. */
export async function noteUnits(
  work: Work,
  productId: string,
  action: string,
  content: { readonly [name: string]: Json },
): Promise<void> {
  await work.commit([{ type: 'note', action, productId, record: null, content: { ...content } }]);
}

export interface UnitRow {
  readonly id: string;
  readonly productId: string;
  readonly serial: string;
  readonly site: string;
  readonly hardwareId: string;
  readonly state: UnitState;
  readonly lastSeenAt: Date | null;
  readonly runsVersion: string | null;
  readonly release: { readonly key: string; readonly title: string } | null;
  readonly report: UnitReport | null;
  readonly certificateEndsAt: Date | null;
  readonly audit: {
    readonly sequence: number;
    readonly verifiedAt: Date | null;
    readonly problem: string | null;
    readonly problemAt: Date | null;
    readonly breaks: number;
  };
  readonly campaign: { readonly key: string; readonly step: string; readonly detail: string | null } | null;
  readonly service: string | null;
  /** Emergency accesses that nobody has reviewed. */
  readonly toReview: number;
}

export interface UnitFilter {
  readonly text?: string | undefined;
  readonly state?: string | undefined;
  /** Key of a release, or `unknown`. */
  readonly release?: string | undefined;
  /** Only those that somebody should look at. */
  readonly attention?: boolean | undefined;
}

/** Units of a product in the order of their serial numbers, after `after`. Silent for this long is worth a look. */
export const SILENT_AFTER_HOURS = 48;

export async function listUnits(
  { db, now }: Kernel,
  productId: string,
  filter: UnitFilter,
  after: string | null,
  limit: number,
): Promise<readonly UnitRow[]> {
  const silent = new Date(now().getTime() - SILENT_AFTER_HOURS * 3_600_000).toISOString();
  const { rows } = await sql<Joined>`${SELECT}
    where u.product_id = ${productId}
      and (${after}::text is null or u.serial > ${after})
      and (${filter.text ?? null}::text is null or u.serial ilike ${like(filter.text)} or u.site ilike ${like(filter.text)})
      and (${filter.state ?? null}::text is null or u.state = ${filter.state ?? null})
      and (${filter.release ?? null}::text is null
        or (${filter.release ?? null} = 'unknown' and u.release_id is null) or r.key = ${filter.release ?? null})
      and (not ${filter.attention ?? false} or ${attention(silent)})
    order by u.serial limit ${limit}`.execute(db);
  return rows.map(toUnit);
}

const attention = (silent: string) => sql`(u.audit_problem is not null
  or (u.state = 'enrolled' and (u.last_seen_at is null or u.last_seen_at < ${silent}::timestamptz))
  or w.many > 0
  or (u.state = 'enrolled' and u.report->'vault'->>'state' in ('damaged', 'closed'))
  or (u.state = 'enrolled' and (u.report->>'auditWritable') = 'false')
  or (u.state = 'enrolled' and (u.report->>'hardwareId') <> u.hardware_id)
  or exists (select 1 from campaign_unit f where f.unit_id = u.id and f.step = 'failed'
    and f.changed_at = (select max(changed_at) from campaign_unit l where l.unit_id = u.id)))`;

const like = (text: string | undefined) => `%${(text ?? '').replace(/[\\%_]/g, (sign) => `\\${sign}`)}%`;

export interface FleetCounts {
  readonly units: number;
  readonly enrolled: number;
  readonly attention: number;
  readonly audit: { readonly verified: number; readonly broken: number; readonly none: number };
  readonly toReview: number;
  readonly releases: readonly {
    readonly key: string | null;
    readonly title: string | null;
    readonly units: number;
  }[];
}

export async function countUnits({ db, now }: Kernel, productId: string): Promise<FleetCounts> {
  const silent = new Date(now().getTime() - SILENT_AFTER_HOURS * 3_600_000).toISOString();
  const [{ rows: counts }, { rows: releases }] = await Promise.all([
    sql<Omit<FleetCounts, 'audit' | 'releases'> & { verified: number; broken: number; none: number }>`
      select count(*)::int as units, count(*) filter (where state = 'enrolled')::int as enrolled,
        count(*) filter (where ${attention(silent)})::int as attention,
        count(*) filter (where audit_problem is not null)::int as broken,
        count(*) filter (where audit_problem is null and audit_verified_at is not null)::int as verified,
        count(*) filter (where audit_problem is null and audit_verified_at is null)::int as none,
        coalesce(sum(w.many), 0)::int as "toReview"
      from unit u ${WAITING} where product_id = ${productId}`.execute(db),
    sql<{ key: string | null; title: string | null; units: number }>`
      select r.key, r.title, count(*)::int as units from unit u left join record r on r.id = u.release_id
      where u.product_id = ${productId} and u.state = 'enrolled' group by r.key, r.title order by units desc, r.key`.execute(
      db,
    ),
  ]);
  const { verified = 0, broken = 0, none = 0, ...rest } = counts[0] ?? {};
  return {
    units: 0,
    enrolled: 0,
    attention: 0,
    toReview: 0,
    ...rest,
    audit: { verified, broken, none },
    releases,
  };
}

/** Refuses `fleet.no-unit` when there is none or the person may not see its product. */
export async function readUnit({ db }: Kernel, principal: Principal, serial: string): Promise<UnitRow> {
  const { rows } = await sql<Joined>`${SELECT} where u.serial = ${serial.toUpperCase()}`.execute(db);
  const unit = rows[0] && toUnit(rows[0]);
  if (!unit || !canReadProduct(principal, unit.productId))
    throw refuseFleet('fleet.no-unit', `There is no unit ${serial.slice(0, 40)}.`, {
      at: serial.slice(0, 40),
    });
  return unit;
}

interface Joined {
  id: string;
  product_id: string;
  serial: string;
  site: string;
  hardware_id: string;
  state: UnitState;
  last_seen_at: Date | null;
  runs_version: string | null;
  report: UnitReport | null;
  certificate_ends_at: Date | null;
  audit_sequence: string;
  audit_verified_at: Date | null;
  audit_problem: string | null;
  audit_problem_at: Date | null;
  release_key: string | null;
  release_title: string | null;
  campaign_key: string | null;
  step: string | null;
  detail: string | null;
  service: string | null;
  to_review: number;
  breaks: number;
}

/** Counted once for each unit, whatever asks for it. */
const WAITING = sql`cross join lateral (select ${emergenciesToReview} as many offset 0) w`;

const SELECT = sql`select u.*, r.key as release_key, r.title as release_title,
    c.key as campaign_key, c.step, c.detail, s.state as service, w.many as to_review,
    (select count(*)::int from unit_trail_break b where b.unit_id = u.id) as breaks
  from unit u left join record r on r.id = u.release_id
    left join lateral (select k.key, m.step, m.detail from campaign_unit m join record k on k.id = m.campaign_id
      where m.unit_id = u.id order by m.changed_at desc limit 1) c on true
    left join lateral (select state from service_request q
      where q.unit_id = u.id and q.state in ('requested', 'open') limit 1) s on true ${WAITING}`;

function toUnit(row: Joined): UnitRow {
  return {
    id: row.id,
    productId: row.product_id,
    serial: row.serial,
    site: row.site,
    hardwareId: row.hardware_id,
    state: row.state,
    lastSeenAt: row.last_seen_at,
    runsVersion: row.runs_version,
    release: row.release_key === null ? null : { key: row.release_key, title: row.release_title ?? '' },
    report: row.report,
    certificateEndsAt: row.certificate_ends_at,
    audit: {
      sequence: Number(row.audit_sequence),
      verifiedAt: row.audit_verified_at,
      problem: row.audit_problem,
      problemAt: row.audit_problem_at,
      breaks: row.breaks,
    },
    campaign:
      row.campaign_key === null ? null : { key: row.campaign_key, step: row.step ?? '', detail: row.detail },
    service: row.service,
    toReview: row.to_review,
  };
}
