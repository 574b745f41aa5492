// The schema as sorted lines of text, so that two databases can be compared.
import type { Pool, PoolClient } from 'pg';

/** One line per column, constraint, index, trigger, view and function outside PostgreSQL's own schemas. */
export async function describeSchema(client: Pool | PoolClient): Promise<readonly string[]> {
  const found = await client.query<{ line: string }>(`
    WITH own AS (
      SELECT oid, nspname FROM pg_namespace WHERE nspname !~ '^pg_' AND nspname <> 'information_schema'
    )
    SELECT format('column %s.%s.%s %s%s%s', nspname, relname, attname, format_type(atttypid, atttypmod),
             CASE WHEN attnotnull THEN ' not null' END, ' = ' || pg_get_expr(adbin, adrelid)) AS line
      FROM own JOIN pg_class c ON relnamespace = own.oid AND relkind IN ('r', 'p', 'v', 'm', 'f')
      JOIN pg_attribute ON attrelid = c.oid AND attnum > 0 AND NOT attisdropped
      LEFT JOIN pg_attrdef ON adrelid = attrelid AND adnum = attnum
    UNION ALL SELECT format('constraint %s %s.%s %s', conname, nspname, conrelid::regclass, pg_get_constraintdef(k.oid))
      FROM own JOIN pg_constraint k ON connamespace = own.oid
    UNION ALL SELECT format('index %s', pg_get_indexdef(indexrelid))
      FROM own JOIN pg_class c ON relnamespace = own.oid JOIN pg_index ON indexrelid = c.oid
    UNION ALL SELECT format('trigger %s %s', tgenabled, pg_get_triggerdef(t.oid))
      FROM own JOIN pg_class c ON relnamespace = own.oid JOIN pg_trigger t ON tgrelid = c.oid AND NOT tgisinternal
    UNION ALL SELECT format('view %s.%s %s', nspname, relname, pg_get_viewdef(c.oid))
      FROM own JOIN pg_class c ON relnamespace = own.oid AND relkind IN ('v', 'm')
    UNION ALL SELECT format('function %s', pg_get_functiondef(p.oid))
      FROM own JOIN pg_proc p ON pronamespace = own.oid AND prokind IN ('f', 'p')
      WHERE NOT EXISTS (SELECT 1 FROM pg_depend d WHERE d.objid = p.oid AND d.deptype = 'e')
    UNION ALL SELECT format('sequence %s.%s %s', nspname, relname, format_type(seqtypid, NULL))
      FROM own JOIN pg_class c ON relnamespace = own.oid JOIN pg_sequence ON seqrelid = c.oid`);
  return found.rows.map((row) => row.line).sort();
}
