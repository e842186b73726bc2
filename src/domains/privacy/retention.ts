import type { Database } from '../../platform/db/index.ts'
import { inBatches, type Task } from '../../platform/jobs/index.ts'
import { beginRun, deleteOldRuns, endRun, noteProgress } from './queries/retention.ts'
import { RETENTION_RULES, type RetentionRule, type RetentionServices } from './retention-rules.ts'

const BATCH = 500

export type RuleRun = {
  readonly rule: RetentionRule
  /** What has had its time, when the run began; null: the rule counts nothing. */
  readonly found: number | null
  readonly done: number
}

type Options = {
  readonly services: RetentionServices
  readonly signal: AbortSignal
  readonly dryRun?: boolean
  readonly rules?: readonly RetentionRule[]
  /** Called when a rule could not be carried out; the others go on. Without it, it is thrown. */
  onFailure?(rule: RetentionRule, error: unknown): void
}

/**
 * Executes §10.1 rule by rule, each in batches of its own transactions with a report row of what it found and did. Ended
 * anywhere it is begun again: what is gone is not found. `db` is app_worker's or the owner's.
 */
export async function retain(db: Database, options: Options): Promise<RuleRun[]> {
  const runs: RuleRun[] = []
  for (const rule of options.rules ?? RETENTION_RULES) {
    if (options.signal.aborted) break
    try {
      runs.push(await runRule(db, rule, options))
    } catch (error) {
      if (!options.onFailure) throw error
      options.onFailure(rule, error)
    }
  }
  if (!options.dryRun) await deleteOldRuns(db.anonymous)
  return runs
}

async function runRule(
  db: Database,
  rule: RetentionRule,
  { services, signal, dryRun = false }: Options,
): Promise<RuleRun> {
  const { count, sweep, batch = BATCH } = rule
  const found = count ? await db.transaction(null, count, { readOnly: true }) : null
  if (!sweep) return { rule, found, done: 0 }
  const runId = await beginRun(db.anonymous, rule.name, dryRun, found ?? 0)
  if (dryRun) return { rule, found, done: 0 }
  let done = 0
  await inBatches(batch, signal, async (size) => {
    const taken = await db.transaction(null, (tx) => sweep(tx, size, services))
    done += taken
    if (taken > 0) await noteProgress(db.anonymous, runId, done)
    return taken
  })
  if (!signal.aborted) await endRun(db.anonymous, runId)
  return { rule, found, done }
}

/** In the small hours of East Africa, after the partitions of the coming months were made. */
export const retention: Task = {
  name: 'privacy.retain.v1',
  schedule: '11 0 * * *',
  async run(_payload, { db, services, log, signal }) {
    const failed: string[] = []
    const runs = await retain(db, {
      services,
      signal,
      onFailure(rule, error) {
        failed.push(rule.name)
        log.error({ err: error, rule: rule.name }, 'a rule of retention could not be carried out')
      },
    })
    const done = Object.fromEntries(
      runs.filter((run) => run.done > 0).map((run) => [run.rule.name, run.done]),
    )
    if (Object.keys(done).length > 0) log.info(done, 'what had its time is gone')
    if (failed.length > 0) throw new Error(`retention failed: ${failed.join(', ')}`)
  },
}
