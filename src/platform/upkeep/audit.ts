import pg from 'pg'
import { monthsToVerify } from '../audit/months.ts'
import { sealAudit } from '../audit/seal.ts'
import { type AuditMonth, deleteOldChecks, insertCheck } from '../audit/seal-rows.ts'
import { verifyMonth } from '../audit/verify.ts'
import type { JobContext, Task } from '../jobs/index.ts'
import type { Metrics } from '../metrics/index.ts'

/** Sealing each minute, and a check of all that may still change each night. */
export function auditUpkeep(metrics: Pick<Metrics, 'counter'>): readonly Task[] {
  const sealed = metrics.counter('audit_rows_sealed_total', 'Audit rows that were linked to their chain')
  const problems = metrics.counter(
    'audit_problems_total',
    'Audit rows and seals that a check found altered, removed or inserted',
  )
  return [
    {
      name: 'platform.seal_audit.v1',
      schedule: '* * * * *',
      async run(_payload, { db, services: { storage }, signal }) {
        sealed.add((await sealAudit({ db, storage, signal })).rows)
      },
    },
    {
      name: 'platform.verify_audit.v1',
      schedule: '20 3 * * *',
      run: (_payload, context) => verifyAll(context, (count) => problems.add(count)),
    },
  ]
}

/** Under a wrong key every row is one that was touched: a night of them would fill the disk. */
const TOLD = 100

async function verifyAll(
  { db, services, log, signal }: JobContext,
  count: (problems: number) => void,
): Promise<void> {
  const { storage, auditing, config } = services
  const client = new pg.Client({
    connectionString: config.databaseWorkerUrl,
    application_name: 'bcn audit check',
  })
  client.on('error', () => {}) // The statement that meets it reports it.
  await client.connect()
  try {
    let told = 0
    const report = (month: AuditMonth, problem: object) => {
      if (told++ < TOLD) log.error({ ...month, ...problem }, 'the audit was touched')
    }
    for (const month of await monthsToVerify(client, storage)) {
      if (signal.aborted) return
      const verdict = await verifyMonth({ client, storage, macs: auditing.macs, report }, month)
      count(verdict.problems)
      await insertCheck(db.anonymous, verdict)
    }
    if (told > TOLD) log.error({ more: told - TOLD }, 'more of the audit was touched: run ops audit verify')
    await deleteOldChecks(db.anonymous)
  } finally {
    await client.end()
  }
}
