import { OperatorError } from '../../platform/errors.ts'

export type GenerateOptions = { readonly users: number; readonly seed: number; readonly now: number }

const DAY = 86_400_000
const USAGE = 'npm run ops -- generate --users 100000 --seed 1 [--now 2026-01-31] [--yes]'

/** Throws OperatorError. `today` in milliseconds. */
export function readOptions(args: readonly string[], today: number): GenerateOptions {
  const given = new Map<string, string>()
  for (let at = 0; at < args.length; at += 2) {
    const [name, value] = [args[at]!, args[at + 1]]
    if (!['--users', '--seed', '--now'].includes(name) || value === undefined) {
      throw new OperatorError(`unexpected ${JSON.stringify(name)}: expected ${USAGE}`)
    }
    given.set(name, value)
  }
  return {
    users: whole('--users', given.get('--users') ?? '100000', 100, 1_000_000),
    seed: whole('--seed', given.get('--seed') ?? '1', 0, 4_294_967_295),
    now: dayOf(given.get('--now'), today),
  }
}

function whole(name: string, text: string, least: number, most: number): number {
  const value = Number(text)
  if (/^\d+$/.test(text) && value >= least && value <= most) return value
  throw new OperatorError(
    `${name} is ${JSON.stringify(text)}: expected a whole number from ${least} to ${most}`,
  )
}

function dayOf(text: string | undefined, today: number): number {
  const latest = today - (today % DAY)
  if (text === undefined) return latest
  const day = /^\d{4}-\d\d-\d\d$/.test(text) ? Date.parse(`${text}T00:00:00Z`) : Number.NaN
  if (day <= latest && day > Date.UTC(2010, 0, 1)) return day
  throw new OperatorError(
    `--now is ${JSON.stringify(text)}: expected a day such as 2026-01-31, not later than today`,
  )
}
