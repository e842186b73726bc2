import { listRoutes, openApiDocument } from '../app/route-list.ts'
import type { OpsCommand } from '../ops/index.ts'
import { readConfig } from '../platform/config.ts'
import { createLog } from '../platform/log.ts'
import type { TestDatabase } from './database.ts'

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
  const { appUrl: DATABASE_URL, ownerUrl: DATABASE_OWNER_URL } = database
  const config = readConfig({
    NODE_ENV: 'test',
    LOG_LEVEL: 'silent',
    DATABASE_URL,
    DATABASE_OWNER_URL,
    ...env,
  })
  const lines: string[] = []
  await command.run({
    config,
    log: createLog(config),
    args: words.filter((word) => word !== '--yes'),
    listRoutes,
    openApiDocument,
    yes: words.includes('--yes'),
    print: (line) => void lines.push(line),
  })
  return lines
}
