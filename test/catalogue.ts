import type pg from 'pg'

/** What a database holds, by name: `column users.email` → `character varying(255) NOT NULL`. Months of partitions left out. */
export type Catalogue = ReadonlyMap<string, string>

const OURS = `c.relnamespace IN ('public'::regnamespace, to_regnamespace('analytics')) AND NOT c.relispartition
  AND c.relname <> 'schema_migrations'
  AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e')`

const OBJECTS = `
  SELECT format('%s %s', CASE c.relkind WHEN 'v' THEN 'view' ELSE 'table' END, c.oid::regclass) AS name, '' AS definition
  FROM pg_class c WHERE c.relkind IN ('r', 'p', 'v') AND ${OURS}
  UNION ALL
  SELECT format('column %s.%s', c.oid::regclass, a.attname), concat_ws(' ', format_type(a.atttypid, a.atttypmod),
    CASE WHEN a.attnotnull THEN 'NOT NULL' END, CASE WHEN a.attidentity <> '' THEN 'GENERATED AS IDENTITY' END,
    CASE WHEN a.attgenerated <> '' THEN 'GENERATED AS ' || pg_get_expr(f.adbin, f.adrelid)
      ELSE 'DEFAULT ' || pg_get_expr(f.adbin, f.adrelid) END)
  FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
  LEFT JOIN pg_attrdef f ON f.adrelid = c.oid AND f.adnum = a.attnum
  WHERE c.relkind IN ('r', 'p', 'v') AND ${OURS}
  UNION ALL
  SELECT format('constraint %s.%s', c.oid::regclass, k.conname), pg_get_constraintdef(k.oid)
  FROM pg_class c JOIN pg_constraint k ON k.conrelid = c.oid AND k.contype IN ('p', 'u', 'x', 'c', 'f') WHERE ${OURS}
  UNION ALL
  SELECT format('index %s', x.relname), regexp_replace(pg_get_indexdef(i.indexrelid), ' INDEX .* ON (ONLY )?(public\\.)?', ' INDEX ON ')
  FROM pg_class c JOIN pg_index i ON i.indrelid = c.oid JOIN pg_class x ON x.oid = i.indexrelid
  WHERE ${OURS} AND NOT EXISTS (SELECT FROM pg_constraint k WHERE k.conindid = i.indexrelid AND k.conrelid = c.oid)`

export async function catalogueOf(owner: pg.ClientBase | pg.Pool): Promise<Catalogue> {
  const { rows } = await owner.query<{ name: string; definition: string }>(OBJECTS)
  return new Map(rows.map((row) => [row.name, row.definition]))
}
