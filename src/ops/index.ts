import type { Config } from '../platform/config.ts'
import { OperatorError } from '../platform/errors.ts'
import type { RouteRule } from '../platform/http/index.ts'
import type { Logger } from '../platform/log.ts'

export type OpsContext = {
  readonly config: Config
  readonly log: Logger
  /** The words after the command, without --yes. */
  readonly args: readonly string[]
  /** False: a dry run. A command that changes or deletes data says what it would do, and does nothing. */
  readonly yes: boolean
  /** The server's routes with what they ask, told by app/, which ops may not import. */
  listRoutes(target: { config: Config; log: Logger }): Promise<readonly RouteRule[]>
  /** The API's description, as JSON text; told by app/ too. */
  openApiDocument(target: { config: Config; log: Logger }): Promise<string>
  /** One line of the command's answer, on stdout; the log is for what happens beside it. */
  print(line: string): void
}

export type OpsCommand = {
  readonly summary: string
  /** What it takes beside --yes; 'own': it reads its words itself, and refuses what it does not know. */
  readonly words?: readonly string[] | 'own'
  /** Throws OperatorError for what the operator can put right; any error ends in exit code 1. */
  run(context: OpsContext): Promise<void>
}

type Load = () => Promise<OpsCommand>

/** One file a command, loaded when it is asked for. */
const COMMANDS: Readonly<Record<string, Load>> = {
  audit: async () => (await import('./audit.ts')).auditCommand,
  counters: async () => (await import('./counters.ts')).countersCommand,
  demo: async () => (await import('./demo.ts')).demoCommand,
  generate: async () => (await import('./generate.ts')).generateCommand,
  'grant-role': async () => (await import('./grant-role.ts')).grantRoleCommand,
  keys: async () => (await import('./keys.ts')).keysCommand,
  mail: async () => (await import('./mail.ts')).mailCommand,
  media: async () => (await import('./media.ts')).mediaCommand,
  migrate: async () => (await import('./migrate.ts')).migrateCommand,
  openapi: async () => (await import('./openapi.ts')).openApiCommand,
  partitions: async () => (await import('./partitions.ts')).partitionsCommand,
  privacy: async () => (await import('./privacy.ts')).privacyCommand,
  retention: async () => (await import('./retention.ts')).retentionCommand,
  routes: async () => (await import('./routes.ts')).routesCommand,
  schema: async () => (await import('./schema.ts')).schemaCommand,
}

/** `ops <command> [--yes] [words]`. Without a command, or with `help`: the list. */
export async function runOps(context: Omit<OpsContext, 'yes' | 'print'>): Promise<void> {
  const [name = 'help', ...words] = context.args
  const print = (line: string) => void process.stdout.write(`${line}\n`)
  if (name === 'help' || name === '--help') return list(print)
  const load = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined
  if (!load) {
    const known = Object.keys(COMMANDS).join(', ')
    throw new OperatorError(`unknown operation ${JSON.stringify(name)}: expected ${known}`)
  }
  const command = await load()
  const args = words.filter((word) => word !== '--yes')
  refuseUnknown(name, args, command.words ?? [])
  await command.run({ ...context, args, yes: words.includes('--yes'), print })
}

/** A mistyped option must not be taken for none: what follows may change data. */
function refuseUnknown(name: string, args: readonly string[], known: readonly string[] | 'own'): void {
  if (known === 'own') return
  const unknown = args.find((word) => !known.includes(word))
  if (unknown === undefined) return
  const usage = ['npm run ops --', name, ...known.map((word) => `[${word}]`), '[--yes]'].join(' ')
  throw new OperatorError(`unexpected ${JSON.stringify(unknown)}: expected ${usage}`)
}

async function list(print: (line: string) => void): Promise<void> {
  print('npm run ops -- <command> [--yes]')
  for (const [name, load] of Object.entries(COMMANDS)) print(`  ${name.padEnd(14)} ${(await load()).summary}`)
}
