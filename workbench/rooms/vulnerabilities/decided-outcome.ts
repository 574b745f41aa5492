// `decideSources` of knowledge as SQL, because a list of findings is sorted, counted and paged in the database; a test holds the
// two against each other. Reads the row `f` of the derived findings and `rel`; gives one column, `outcome`.
import { sql } from 'kysely';
import { DECIDING_ECOSYSTEMS } from '../../knowledge/matching/decide-sources.ts';

/** The packages that the components of the row are, in ecosystems whose own records decide. */
const OWN_PACKAGES = sql`component_identity ci join component_version cv on cv.id = ci.version_id
  join package p on p.id = cv.package_id and p.ecosystem = any(${[...DECIDING_ECOSYSTEMS]}::text[])`;

const OF_THE_ROW = sql`ci.component_id = any(f.component_ids)`;

/** A record of the same flaw about the component's own package and release, whatever it says of the version. */
const ECOSYSTEM_SPEAKS = sql`exists (select 1 from ${OWN_PACKAGES}
  join affected af on af.package_id = p.id and (af.scope = '' or af.scope = cv.scope)
  join advisory ad on ad.id = af.advisory_id and ad.withdrawn is null
  join alias_member al on al.ext_id = ad.ext_id and al.group_id = f.group_id
  where ${OF_THE_ROW})`;

const ECOSYSTEM_WATCHES = sql`exists (select 1 from ${OWN_PACKAGES}
  join coverage co on co.ecosystem = p.ecosystem or co.ecosystem like p.ecosystem || ':%' where ${OF_THE_ROW})`;

/** Safety class C (IEC 62304): the wider of two ranges counts. */
const WIDER = sql`coalesce((select pr.body->>'safetyClass' = 'C' from record pr where pr.id = rel.product_id), false)`;

export const decidedOutcome = sql`select case
  when f.package_hit then 'affected'
  when f.package_speaks or ${ECOSYSTEM_SPEAKS} then case
    when f.product_hit and ${WIDER} then 'affected'
    when f.package_speaks then 'undetermined' else 'not-affected' end
  when f.product_hit and not f.tied_hit and ${ECOSYSTEM_WATCHES} then 'undetermined'
  when f.product_hit then 'affected' else 'undetermined' end as outcome`;
