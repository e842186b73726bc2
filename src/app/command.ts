import { type Config, readConfig } from '../platform/config.ts'
import { OperatorError } from '../platform/errors.ts'
import { createLog, type Logger } from '../platform/log.ts'

/** `args` are the words after the command. Resolves when the command is done, or when its servers run. */
export type Command = (context: CommandContext) => Promise<void>
export type CommandContext = {
  readonly config: Config
  readonly log: Logger
  readonly args: readonly string[]
}

/** Runs the command named by the first word; whatever goes wrong ends the process with exit code 1. */
export async function runCommand(words: readonly string[], commands: Readonly<Record<string, Command>>) {
  const [name = '', ...args] = words
  try {
    const command = Object.hasOwn(commands, name) ? commands[name] : undefined
    if (!command) throw new OperatorError(`${unknown(name)}: expected ${Object.keys(commands).join(', ')}`)
    const config = readConfig(process.env)
    await command({ config, log: createLog(config), args })
  } catch (error) {
    process.stderr.write(`${describe(error)}\n`)
    process.exitCode = 1
  }
}

function unknown(name: string): string {
  return name === '' ? 'no command given' : `unknown command ${JSON.stringify(name)}`
}

/** One line for what the operator can put right; the whole stack for a fault of ours. */
function describe(error: unknown): string {
  if (error instanceof OperatorError) return error.message.replaceAll(/\s*\n\s*/g, ' ')
  return error instanceof Error ? String(error.stack) : String(error)
}
