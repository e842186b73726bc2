import pg from 'pg'

/**
 * Something that is taken off a table before the load and put back afterwards, from its own definition. Kept in the
 * table generate_pending from the moment it is gone until it is back: whatever happens between, the next run knows.
 */
export type Definition = {
  readonly position: number
  readonly kind: 'trigger' | 'constraint' | 'index' | 'foreign_key'
  readonly relation: string
  readonly name: string
  readonly definition: string
}

/** Takes triggers, foreign keys, keys and indexes off the tables: all of it, recorded, or nothing. */
export async function takeOff(owner: pg.Client, tables: readonly string[]): Promise<Definition[]> {
  await owner.query('BEGIN')
  try {
    await owner.query(CREATE_PENDING)
    await owner.query(RECORD, [tables])
    const definitions = await pendingDefinitions(owner)
    for (const one of inDroppingOrder(definitions)) await owner.query(dropping(one))
    await owner.query('COMMIT')
    return definitions
  } catch (error) {
    await owner.query('ROLLBACK')
    throw error
  }
}

export async function isPending(owner: pg.Client): Promise<boolean> {
  const { rows } = await owner.query(`SELECT to_regclass('public.generate_pending') IS NOT NULL AS pending`)
  return rows[0].pending
}

export async function pendingDefinitions(owner: pg.Client): Promise<Definition[]> {
  return (await owner.query<Definition>('SELECT * FROM generate_pending ORDER BY position')).rows
}

/** After a load that was cut short: the tables empty again, and everything back on them. */
export async function undo(owner: pg.Client, tables: readonly string[]): Promise<void> {
  const definitions = await pendingDefinitions(owner)
  for (const one of definitions.filter(({ kind }) => kind === 'foreign_key')) {
    await owner.query(
      `ALTER TABLE ${one.relation} DROP CONSTRAINT IF EXISTS ${pg.escapeIdentifier(one.name)}`,
    )
  }
  await owner.query(`TRUNCATE ${tables.map((table) => pg.escapeIdentifier(table)).join(', ')}`)
  for (const one of definitions.filter(({ kind }) => kind !== 'foreign_key')) await putBack(owner, one)
  for (const one of definitions.filter(({ kind }) => kind === 'foreign_key')) await putBack(owner, one)
  await forget(owner, definitions)
}

/** Puts one thing back, unless it is there. A foreign key of a plain table comes back unproven: see `prove`. */
export async function putBack(owner: pg.Client, one: Definition): Promise<void> {
  if (await isThere(owner, one)) return
  await owner.query(restoring(one, await isPartitioned(owner, one.relation)))
}

/** Reads the whole table to prove a foreign key that came back unproven; holds off neither readers nor writers. */
export async function prove(owner: pg.Client, { relation, name, definition }: Definition): Promise<void> {
  if (definition.endsWith('NOT VALID')) return
  await owner.query(`ALTER TABLE ${relation} VALIDATE CONSTRAINT ${pg.escapeIdentifier(name)}`)
}

/** Throws unless everything is back and valid; then forgets that anything was taken off. */
export async function forget(owner: pg.Client, definitions: readonly Definition[]): Promise<void> {
  for (const one of definitions.filter(({ kind }) => kind === 'foreign_key')) await prove(owner, one)
  const { rows } = await owner.query<{ relation: string; name: string }>(MISSING)
  if (rows.length > 0) {
    throw new Error(
      `not as it was before: ${rows.map(({ relation, name }) => `${name} of ${relation}`).join(', ')}`,
    )
  }
  await owner.query('DROP TABLE generate_pending')
}

const DEFINITIONS = `
  SELECT 'trigger' AS kind, t.tgrelid::regclass::text AS relation, t.tgname AS name, pg_get_triggerdef(t.oid) AS definition,
         1 AS step, t.oid
  FROM pg_trigger t WHERE t.tgrelid = ANY ($1::regclass[]) AND NOT t.tgisinternal AND t.tgenabled = 'O'
  UNION ALL
  SELECT CASE c.contype WHEN 'f' THEN 'foreign_key' ELSE 'constraint' END, c.conrelid::regclass::text, c.conname,
         pg_get_constraintdef(c.oid), CASE c.contype WHEN 'f' THEN 4 ELSE 2 END, c.oid
  FROM pg_constraint c
  WHERE c.conparentid = 0
    AND ((c.contype IN ('p', 'u', 'x') AND c.conrelid = ANY ($1::regclass[]))
      OR (c.contype = 'f' AND (c.conrelid = ANY ($1::regclass[]) OR c.confrelid = ANY ($1::regclass[]))))
  UNION ALL
  SELECT 'index', i.indrelid::regclass::text, x.relname, pg_get_indexdef(i.indexrelid), 3, i.indexrelid
  FROM pg_index i JOIN pg_class x ON x.oid = i.indexrelid
  WHERE i.indrelid = ANY ($1::regclass[]) AND NOT x.relispartition
    AND NOT EXISTS (SELECT FROM pg_constraint c WHERE c.conindid = i.indexrelid AND c.contype IN ('p', 'u', 'x'))`

const CREATE_PENDING = `
  CREATE TABLE generate_pending (
    position int PRIMARY KEY, kind text NOT NULL, relation text NOT NULL, name text NOT NULL, definition text NOT NULL)`

/** In the order of their making, so that what PostgreSQL names itself (indexes of partitions) gets the same names again. */
const RECORD = `
  INSERT INTO generate_pending
  SELECT row_number() OVER (ORDER BY step, oid), kind, relation, name, definition FROM (${DEFINITIONS}) d`

/** By name and validity: the text may differ harmlessly, since PostgreSQL prints an expression otherwise the second time. */
const MISSING = `
  SELECT p.relation, p.name FROM generate_pending p
  WHERE NOT CASE p.kind
    WHEN 'trigger' THEN EXISTS (
      SELECT FROM pg_trigger WHERE tgrelid = p.relation::regclass AND tgname = p.name AND tgenabled = 'O')
    WHEN 'index' THEN EXISTS (
      SELECT FROM pg_index i JOIN pg_class x ON x.oid = i.indexrelid
      WHERE i.indrelid = p.relation::regclass AND x.relname = p.name AND i.indisvalid)
    ELSE EXISTS (
      SELECT FROM pg_constraint WHERE conrelid = p.relation::regclass AND conname = p.name
        AND (convalidated OR p.definition LIKE '%NOT VALID')) END`

function inDroppingOrder(definitions: readonly Definition[]): Definition[] {
  const rank = { foreign_key: 0, trigger: 1, index: 2, constraint: 3 }
  return [...definitions].sort((a, b) => rank[a.kind] - rank[b.kind])
}

function dropping({ kind, relation, name }: Definition): string {
  const quoted = pg.escapeIdentifier(name)
  if (kind === 'trigger') return `ALTER TABLE ${relation} DISABLE TRIGGER ${quoted}`
  if (kind === 'index') return `DROP INDEX ${quoted}`
  return `ALTER TABLE ${relation} DROP CONSTRAINT ${quoted}`
}

function restoring({ kind, relation, name, definition }: Definition, partitioned: boolean): string {
  const quoted = pg.escapeIdentifier(name)
  if (kind === 'trigger') return `ALTER TABLE ${relation} ENABLE TRIGGER ${quoted}`
  // The definition of a partitioned index says ON ONLY; without ONLY those of the partitions are made with it.
  if (kind === 'index') return asWritten(definition).replace(' ON ONLY ', ' ON ')
  const unproven =
    kind === 'foreign_key' && !partitioned && !definition.endsWith('NOT VALID') ? ' NOT VALID' : ''
  return `ALTER TABLE ${relation} ADD CONSTRAINT ${quoted} ${definition}${unproven}`
}

/** `status IN ('a', 'b')` is printed with casts that, read again, would be printed otherwise: say it as it was said at first. */
function asWritten(definition: string): string {
  return definition.replaceAll(
    /\((\w+)\)::text = ANY \(\(ARRAY\[((?:'[^']*'::character varying(?:, )?)+)\]\)::text\[\]\)/g,
    (_, column: string, values: string) => `${column} IN (${values.replaceAll('::character varying', '')})`,
  )
}

async function isThere(owner: pg.Client, { kind, relation, name }: Definition): Promise<boolean> {
  if (kind === 'trigger') return false
  const { rowCount } = await owner.query(
    kind === 'index'
      ? 'SELECT FROM pg_index WHERE indrelid = $1::regclass AND indexrelid = to_regclass($2)'
      : 'SELECT FROM pg_constraint WHERE conrelid = $1::regclass AND conname = $2',
    [relation, kind === 'index' ? pg.escapeIdentifier(name) : name],
  )
  return rowCount === 1
}

async function isPartitioned(owner: pg.Client, relation: string): Promise<boolean> {
  const { rows } = await owner.query(`SELECT relkind = 'p' AS is FROM pg_class WHERE oid = $1::regclass`, [
    relation,
  ])
  return rows[0].is
}
