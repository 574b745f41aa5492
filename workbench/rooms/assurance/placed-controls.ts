// The controls of a product with their evidence in one release, from the records and their links.
import type { Kysely } from 'kysely';
import { sql } from 'kysely';
import type { Tables } from '../../kernel/database/schema.ts';
import type { WardRecord } from '../../kernel/records/record.ts';
import { RUNNING_COMPONENT, type RunningComponent } from '../system/index.ts';
import { latestRun, type Run } from '../testing/index.ts';
import type { ControlFacts, Flaw, Proof } from './count-controls.ts';

type Db = Kysely<Tables>;

/** Far more than a product has; what is beyond is left out, the oldest come first. */
const MOST_CONTROLS = 5_000;
const MOST_FLAWS = 20_000;

export interface ReleaseEvidence {
  readonly controls: readonly ControlFacts[];
  readonly flaws: readonly Flaw[];
}

/** `controls`: those of the product. */
export async function readEvidence(
  db: Db,
  release: WardRecord,
  controls: readonly ProductControl[],
): Promise<ReleaseEvidence> {
  const [proofs, flaws] = await Promise.all([readProofs(db, release), readFlaws(db, release)]);
  return {
    controls: controls.map(({ id, ...control }) => ({ ...control, proofs: proofs.get(id) ?? [] })),
    flaws,
  };
}

export type ProductControl = Omit<ControlFacts, 'proofs'> & { readonly id: string };

export async function readControls(db: Db, productId: string): Promise<ProductControl[]> {
  const { rows } = await sql<ProductControl>`
    select id, key, title, state, coalesce(body->>'implementation', '') as implementation,
      array(select jsonb_array_elements_text(coalesce(body->'places', '[]'))) as places
    from record where kind = 'control' and product_id = ${productId}::uuid
      and state in ('planned', 'implemented', 'verified') order by number limit ${MOST_CONTROLS}`.execute(db);
  return rows;
}

/** By control. A result counts in the release that it is linked to; the one that ran last is the latest. */
async function readProofs(db: Db, release: WardRecord): Promise<Map<string, Proof[]>> {
  const { rows } = await sql<
    Omit<Proof, 'result' | 'outcome'> & { control_id: string; runs: (Run & { key: string })[] }
  >`
    with chain as (
      select l.to_id as control_id, l.from_id as verification_id, null::text as through, c.revision > l.seen_revision as suspect
      from link l join record c on c.id = l.to_id and c.kind = 'control' and c.product_id = ${release.productId}::uuid
      where l.type = 'verifies' and l.ended_at is null
      union all
      select d.to_id, v.from_id, q.key, c.revision > d.seen_revision or q.revision > v.seen_revision
      from link d join record c on c.id = d.to_id and c.kind = 'control' and c.product_id = ${release.productId}::uuid
      join record q on q.id = d.from_id and q.kind = 'requirement' and q.state <> 'obsolete'
      join link v on v.to_id = q.id and v.type = 'verifies' and v.ended_at is null
      where d.type = 'demands' and d.ended_at is null
    )
    select chain.control_id, v.key as verification, v.state = 'approved' as approved, chain.through, chain.suspect,
      array(select jsonb_build_object('key', r.key, 'number', r.number, 'outcome', r.body->>'outcome', 'ranOn',
          coalesce(r.body->>'ranOn', to_char(r.created_at at time zone 'UTC', 'YYYY-MM-DD')))
        from link o join record r on r.id = o.from_id and r.kind = 'result' and r.state = 'recorded'
        join link i on i.from_id = r.id and i.type = 'in' and i.ended_at is null and i.to_id = ${release.id}::uuid
        where o.to_id = v.id and o.type = 'of' and o.ended_at is null) as runs
    from chain join record v on v.id = chain.verification_id and v.kind = 'verification' and v.state <> 'obsolete'
    order by chain.through nulls first, v.number`.execute(db);
  const proofs = new Map<string, Proof[]>();
  for (const { control_id, runs, ...chain } of rows) {
    const latest = latestRun(runs);
    const proof = { ...chain, result: latest?.key ?? null, outcome: latest?.outcome ?? null };
    proofs.set(control_id, [...(proofs.get(control_id) ?? []), proof]);
  }
  return proofs;
}

/** Components of the SBOMs in force, and what a person's finding names where no SBOM stands behind it. */
async function readFlaws(db: Db, release: WardRecord): Promise<Flaw[]> {
  const { rows } = await sql<
    {
      assessment: string;
      vulnerability: string;
    } & RunningComponent
  >`
    with judged as (
      select a.key, a.number, f.id, f.body, p.place, p.release_id
      from record a join link j on j.from_id = a.id and j.type = 'judges' and j.ended_at is null
      join record f on f.id = j.to_id and f.kind = 'finding'
      left join finding_place p on p.finding_id = f.id
      where a.kind = 'assessment' and a.product_id = ${release.productId}::uuid and a.state = 'approved'
        and a.body->>'status' = 'affected'
        and (p.release_id = ${release.id}::uuid or (p.release_id is null and (f.body->>'releaseId' = ${release.id}
          or exists (select 1 from link i where i.from_id in (a.id, f.id) and i.type in ('in', 'at') and i.ended_at is null
            and i.to_id = ${release.id}::uuid))))
    )
    select j.key as assessment, coalesce(j.body->>'vulnerability', '') as vulnerability, ${RUNNING_COMPONENT}, j.number
    from judged j join sbom s on s.release_id = ${release.id}::uuid and s.superseded_at is null
    join component c on c.sbom_id = s.id and c.place = j.place
    union all
    select j.key, coalesce(j.body->>'vulnerability', ''), j.body->>'component', null,
      case when j.body->>'component' like 'pkg:%' then j.body->>'component' end,
      case when j.body->>'component' like 'cpe:%' then array[j.body->>'component'] else '{}' end, '{}', j.number
    from judged j where j.place is null and coalesce(j.body->>'component', '') <> ''
    order by number, name limit ${MOST_FLAWS}`.execute(db);
  return rows.map(({ assessment, vulnerability, name, group, purl, cpes, elements }) => ({
    assessment,
    vulnerability,
    component: { name, group, purl, cpes, elements },
  }));
}
