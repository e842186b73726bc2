import { OperatorError } from '../src/platform/errors.ts'

type Bench = (args: readonly string[]) => Promise<void>

/** One file a benchmark, loaded when it is asked for. */
const BENCHES: Readonly<Record<string, () => Promise<Bench>>> = {
  'access-patterns': async () => (await import('./access-patterns/index.ts')).accessPatterns,
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
  if (!(error instanceof OperatorError)) throw error
  process.stderr.write(`${error.message}\n`)
  process.exitCode = 1
}
