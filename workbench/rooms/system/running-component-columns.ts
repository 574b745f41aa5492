// The columns of a component `c` that tell where it runs: the shape is `RunningComponent`.
import { sql } from 'kysely';

/** A property without a value names no element. */
export const RUNNING_COMPONENT = sql`c.name, c.group_name as "group", c.purl, c.cpes,
  array(select property->>'value' from jsonb_array_elements(
    case jsonb_typeof(c.detail->'properties') when 'array' then c.detail->'properties' else '[]' end) property
    where property->>'name' = 'ward:element' and property->>'value' is not null) as elements`;
