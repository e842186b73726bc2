import pg from 'pg'
import { MigrationError } from './migration-files.ts'
import type { SqlStatement } from './sql-statements.ts'

/** Runs a file's statements one by one; the first failure becomes a MigrationError with file, line, statement, reason. */
export async function runScript(
  client: pg.Client,
  script: { readonly name: string; readonly statements: readonly SqlStatement[] },
): Promise<void> {
  for (const statement of script.statements) {
    try {
      await client.query(statement.text)
    } catch (error) {
      throw new MigrationError(explain(script.name, statement, error), { cause: error })
    }
  }
}

function explain(file: string, statement: SqlStatement, error: unknown): string {
  const reason = error instanceof Error ? error.message : String(error)
  if (!(error instanceof pg.DatabaseError))
    return `${file}, line ${statement.line}: ${reason}: ${shortened(statement.text)}`
  const details = [error.detail, error.hint, error.where?.split('\n')[0]].filter(Boolean).join('; ')
  const cause = `${reason} (${error.code})${details && ` [${details}]`}`
  return `${file}, line ${lineOf(statement, error)}: ${cause}: ${shortened(statement.text)}`
}

function lineOf(statement: SqlStatement, error: pg.DatabaseError): number {
  const before = [...statement.text].slice(0, Number(error.position ?? 1) - 1)
  return statement.line + before.filter((character) => character === '\n').length
}

function shortened(text: string): string {
  const line = text.replace(/\s+/g, ' ')
  return line.length > 200 ? `${line.slice(0, 200)}…` : line
}
