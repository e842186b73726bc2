import { OperatorError } from '../src/platform/errors.ts'

type Bench = (args: readonly string[]) => Promise<void>

/** One file a benchmark, loaded when it is asked for. */
const BENCHES: Readonly<Record<string, () => Promise<Bench>>> = {
  'access-patterns': async () => (await import('./access-patterns/index.ts')).accessPatterns,
  audit: async () => (await import('./audit.ts')).auditBench,
  coaches: async () => (await import('./coaches.ts')).coaches,
  images: async () => (await import('./images.ts')).images,
  notifications: async () => (await import('./notifications/index.ts')).notifications,
  privacy: async () => (await import('./privacy/index.ts')).privacy,
  keys: async () => (await import('./keys.ts')).keys,
  profiles: async () => (await import('./profiles.ts')).profiles,
  search: async () => (await import('./search.ts')).search,
  'sign-in': async () => (await import('./sign-in/index.ts')).signInStorm,
  streams: async () => (await import('./streams/index.ts')).streams,
  telling: async () => (await import('./telling/index.ts')).telling,
  web: async () => (await import('./web/index.ts')).web,
}

/** From node:util's parseArgs: its message says which option, and what is expected. */
function isUnknownOption(error: unknown): error is Error {
  return error instanceof Error && 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS_')
}

const [name = '', ...args] = process.argv.slice(2)
try {
  const bench = Object.hasOwn(BENCHES, name) ? BENCHES[name] : undefined
  if (!bench)
    throw new OperatorError(
      `unknown benchmark ${JSON.stringify(name)}: expected ${Object.keys(BENCHES).join(', ')}`,
    )
  await (await bench())(args)
} catch (error) {
  if (!(error instanceof OperatorError) && !isUnknownOption(error)) throw error
  process.stderr.write(`${error.message}\n`)
  process.exitCode = 1
}
