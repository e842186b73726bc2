import type { Migration } from './migration-files.ts'
import type { SqlStatement } from './sql-statements.ts'

type Rule = {
  readonly pattern: RegExp
  /** Whose table: a rule holds only for tables that another file created. Absent: it holds always. */
  readonly table?: RegExp
  readonly why: string
}

const NAME = String.raw`(?:only\s+)?(?:if\s+exists\s+)?(?:"?\w+"?\.)?"?(\w+)"?`
const ALTERED = new RegExp(String.raw`^alter\s+table\s+${NAME}`, 'i')
const CREATED = /^create\s+(?:unlogged\s+)?table\s+(?:if\s+not\s+exists\s+)?(?:"?\w+"?\.)?"?(\w+)"?/i

const alter = (change: RegExp, why: string): Rule => ({
  pattern: new RegExp(String.raw`^alter\s+table\b[\s\S]*?\b${change.source}`, 'i'),
  table: ALTERED,
  why,
})

const RULES: readonly Rule[] = [
  {
    pattern: /^create\s+(?:unique\s+)?index\s+(?!concurrently)/i,
    table: new RegExp(String.raw`\bon\s+${NAME}`, 'i'),
    why: 'CREATE INDEX stops writes for as long as it builds: CONCURRENTLY, in a file without a transaction',
  },
  {
    pattern: /^drop\s+index\s+(?!concurrently)/i,
    why: 'DROP INDEX waits for and then stops every reader: CONCURRENTLY',
  },
  {
    pattern: /^reindex\b(?![\s\S]*\bconcurrently\b)/i,
    why: 'REINDEX stops writes: CONCURRENTLY',
  },
  {
    pattern: /^(?:cluster\b|vacuum\s*\(?[^;]*\bfull\b)/i,
    why: 'a rewrite stops every reader for as long as it takes',
  },
  {
    pattern: /^lock\b/i,
    table: new RegExp(String.raw`^lock\s+(?:table\s+)?${NAME}`, 'i'),
    why: 'LOCK TABLE stops others until the commit',
  },
  {
    pattern: /^(?:truncate|drop\s+table)\b/i,
    table: new RegExp(String.raw`^(?:truncate|drop)\s+(?:table\s+)?${NAME}`, 'i'),
    why: 'it destroys data and stops every reader',
  },
  alter(
    /add\s+(?:column\s+)?(?!constraint\b|primary\b|unique\b|foreign\b|check\b|exclude\b)[\s\S]*?\bdefault\s+(?!null|true|false|now\s*\(|current_|'|-?\d|array\[\]|\(?'[^']*'::)/,
    'ADD COLUMN with a volatile default rewrites the table: add it without, fill it in batches, then set the default',
  ),
  alter(/add\s+(?:column\s+)?[\s\S]*?\bgenerated\b/, 'a generated column rewrites the table'),
  alter(
    /set\s+not\s+null/,
    'SET NOT NULL scans the table under an exclusive lock: first a CHECK … NOT VALID, validated',
  ),
  alter(
    /alter\s+(?:column\s+)?\S+\s+(?:set\s+data\s+)?type\b/,
    'a new type rewrites the table: a new column, filled in batches',
  ),
  alter(
    /add\s+(?:constraint\s+\S+\s+)?(?:check|foreign\s+key)\b(?![\s\S]*\bnot\s+valid\b)/,
    'a constraint scans the table under a lock: NOT VALID, then VALIDATE CONSTRAINT',
  ),
  alter(
    /add\s+(?:constraint\s+\S+\s+)?(?:unique|primary\s+key|exclude)\b(?![\s\S]*\busing\s+index\b)/,
    'the constraint builds its index under a lock: build it CONCURRENTLY, then ADD … USING INDEX',
  ),
  alter(
    /add\s+(?:column\s+)?[\s\S]*?\breferences\b(?![\s\S]*\bnot\s+valid\b)/,
    'a new foreign key locks both tables: ADD CONSTRAINT … NOT VALID',
  ),
  alter(
    /drop\s+(?:column\s+)?(?!constraint\b|not\b|default\b|expression\b|identity\b)\w+/,
    'code that still runs may read the column: contract only after it is gone',
  ),
  alter(/rename\b/, 'code that still runs knows the old name'),
  alter(
    /(?:attach|detach)\s+partition\b(?![\s\S]*\bconcurrently\b)/,
    'it locks the parent: a matching CHECK first, or CONCURRENTLY',
  ),
  { pattern: /^alter\s+type\b[\s\S]*\brename\b/i, why: 'code that still runs knows the old name' },
]

/**
 * Refuses what would stop the readers or writers of a table that is already live: one line a fault, with file and line.
 * A statement with `-- safe: <why>` right above it passes. Tables of the same file are empty, so nothing on them counts.
 */
export function lintMigrations(migrations: readonly Migration[]): string[] {
  return migrations.flatMap((migration) => [
    ...headFaults(migration),
    ...repeatFaults(migration),
    ...statementFaults(migration),
  ])
}

function headFaults({ name, text }: Migration): string[] {
  const head = /^(?:--[^\n]*\n)+/.exec(text)?.[0] ?? ''
  return [
    ...(/^-- why: \S/im.test(head) ? [] : [`${name}:1: say why in the first lines: -- Why: …`]),
    ...(/^-- locks: \S/im.test(head) ? [] : [`${name}:1: say what it locks in the first lines: -- Locks: …`]),
  ]
}

/** Without a transaction a file may stop half-way: run again, it must not trip over what it did the first time. */
function repeatFaults({ name, inTransaction, statements }: Migration): string[] {
  if (inTransaction) return []
  const dropped = new Set<string>()
  const faults: string[] = []
  for (const { text, line } of statements) {
    const drop = /^drop\s+index\s+concurrently\s+if\s+exists\s+(\S+)/i.exec(text)?.[1]
    if (drop) dropped.add(drop)
    const create = /^create\s+(?:unique\s+)?index\s+concurrently\s+(?:if\s+not\s+exists\s+)?(\S+)/i.exec(
      text,
    )?.[1]
    if (create && !dropped.has(create)) {
      faults.push(
        `${name}:${line}: a failed build leaves an invalid index: DROP INDEX CONCURRENTLY IF EXISTS ${create} first`,
      )
    }
  }
  return faults
}

function statementFaults({ name, statements }: Migration): string[] {
  const own = new Set(statements.flatMap(({ text }) => CREATED.exec(text)?.[1]?.toLowerCase() ?? []))
  return statements
    .filter(({ comment }) => !/^-- safe: \S/im.test(comment))
    .flatMap((statement) => faultOf(statement, own).map((why) => `${name}:${statement.line}: ${why}`))
}

function faultOf({ text }: SqlStatement, own: ReadonlySet<string>): string[] {
  const code = text.replace(/--[^\n]*/g, '')
  const rule = RULES.find(
    ({ pattern, table }) => pattern.test(code) && !own.has(table?.exec(code)?.[1]?.toLowerCase() ?? ''),
  )
  return rule ? [rule.why] : []
}
