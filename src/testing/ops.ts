import { listRoutes, openApiDocument } from '../app/route-list.ts'
import type { OpsCommand } from '../ops/index.ts'
import { readConfig } from '../platform/config.ts'
import { createLog } from '../platform/log.ts'
import { TEST_SECRET, type TestDatabase } from './database.ts'

/** Runs an ops command on a test database; answers the lines that it prints. Words as an operator would type them. */
export function answerOf(
  command: OpsCommand,
  database: TestDatabase,
  ...words: readonly string[]
): Promise<string[]> {
  return answerWith({}, command, database, ...words)
}

/** The same with variables of the environment. */
export async function answerWith(
  env: Readonly<Record<string, string>>,
  command: OpsCommand,
  database: TestDatabase,
  ...words: readonly string[]
): Promise<string[]> {
  const lines: string[] = []
  await tellOf({ command, database, env, print: (line) => void lines.push(line) }, ...words)
  return lines
}

type Told = {
  readonly command: OpsCommand
  readonly database: TestDatabase
  /** Variables as an operator would set them. */
  readonly env?: Readonly<Record<string, string>>
  print(line: string): void
}

/** The same for a command that prints and then fails. */
export async function tellOf(
  { command, database, env, print }: Told,
  ...words: readonly string[]
): Promise<void> {
  const { appUrl: DATABASE_URL, ownerUrl: DATABASE_OWNER_URL } = database
  const config = readConfig({
    NODE_ENV: 'test',
    LOG_LEVEL: 'silent',
    SECRET_KEY: TEST_SECRET,
    DATABASE_URL,
    DATABASE_OWNER_URL,
    ...env,
  })
  await command.run({
    config,
    log: createLog(config),
    args: words.filter((word) => word !== '--yes'),
    listRoutes,
    openApiDocument,
    yes: words.includes('--yes'),
    print,
  })
}
