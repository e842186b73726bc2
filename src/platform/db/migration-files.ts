import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { OperatorError } from '../errors.ts'
import { type SqlStatement, splitStatements } from './sql-statements.ts'

export type Migration = {
  readonly version: number
  /** The file's name, `V002__identity.sql`. */
  readonly name: string
  /** The whole file, line ends as `\n`. */
  readonly text: string
  /** SHA-256 of `text`. */
  readonly checksum: string
  /** `-- migrate: no-transaction`: statements such as CREATE INDEX CONCURRENTLY refuse to run in one. */
  readonly inTransaction: boolean
  readonly statements: readonly SqlStatement[]
}

/** One line to show; nothing of what it concerns was applied. */
export class MigrationError extends OperatorError {
  override readonly name = 'MigrationError'
}

const FILE = /^V(\d{3,})__[a-z0-9_]+\.sql$/
const NO_TRANSACTION = /^-- migrate: no-transaction\s*$/m

/** The migrations of a folder in order. Throws MigrationError for a name that is none or a version that is there twice. */
export function readMigrations(folder: string): Migration[] {
  const migrations = readdirSync(folder)
    .filter((file) => file.endsWith('.sql'))
    .map((file) => parseMigration(file, readFileSync(join(folder, file), 'utf8')))
    .sort((a, b) => a.version - b.version)
  const twice = migrations.find((migration, index) => migration.version === migrations[index - 1]?.version)
  if (twice) throw new MigrationError(`${twice.name}: version ${twice.version} is there twice`)
  return migrations
}

export function parseMigration(name: string, text: string): Migration {
  const version = FILE.exec(name)?.[1]
  if (version === undefined)
    throw new MigrationError(`${name}: expected a name such as V012__what_it_does.sql`)
  const script = text.replaceAll('\r\n', '\n')
  return {
    version: Number(version),
    name,
    text: script,
    checksum: createHash('sha256').update(script).digest('hex'),
    inTransaction: !NO_TRANSACTION.test(script),
    statements: splitStatements(script),
  }
}
