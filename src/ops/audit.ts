import pg from 'pg'
import { fitsAnyRow } from '../platform/audit/fitting-keys.ts'
import { Auditing, RETENTION_CLASSES } from '../platform/audit/index.ts'
import { monthsToVerify } from '../platform/audit/months.ts'
import type { AuditMonth } from '../platform/audit/seal-rows.ts'
import type { Verdict } from '../platform/audit/verdict.ts'
import { type Problem, type Verifier, verifyMonth } from '../platform/audit/verify.ts'
import { createFieldCipher } from '../platform/crypto/fields.ts'
import { keyRingOf } from '../platform/crypto/key-ring.ts'
import { secretKeyOf } from '../platform/crypto/secret-key.ts'
import { joinAsOwner } from '../platform/db/open.ts'
import { OperatorError } from '../platform/errors.ts'
import { createStorage } from '../platform/storage/index.ts'
import { explain } from './as-owner.ts'
import { adopt } from './audit-adopt.ts'
import type { OpsCommand, OpsContext } from './index.ts'

const USAGE =
  'npm run ops -- audit verify [--class security] [--month 2026-11] [--json], or audit adopt [--yes]'

export const auditCommand: OpsCommand = {
  summary:
    'verify: is every audit row as it was written? adopt --yes: sign rows from before rows were signed',
  words: 'own',
  run: (context) => {
    const [verb, ...words] = context.args
    if (verb === 'verify') return withOwner(context, (parts) => verify(context, parts, wantedOf(words)))
    if (verb === 'adopt' && words.length === 0) return adopt(context)
    throw new OperatorError(`unexpected ${JSON.stringify(context.args.join(' '))}: expected ${USAGE}`)
  },
}

type AuditParts = Omit<Verifier, 'report'>

type Wanted = { readonly only: Partial<AuditMonth>; readonly json: boolean }

/** Reads every row; nothing is written. Problems are named as they are found. Throws when there is one. */
async function verify({ print }: OpsContext, parts: AuditParts, { only, json }: Wanted): Promise<void> {
  if (!(await fitsAnyRow(parts.client, parts.macs)))
    throw new OperatorError(
      'no row of the audit fits AUDIT_KEYS or SECRET_KEY: expected the keys that signed it, unless every row was altered',
    )
  const report = (month: AuditMonth, problem: Problem) =>
    print(json ? JSON.stringify({ ...month, ...problem }) : describe(month, problem))
  const verdicts: Verdict[] = []
  for (const month of await monthsToVerify(parts.client, parts.storage)) {
    if (only.retention_class !== undefined && month.retention_class !== only.retention_class) continue
    if (only.month !== undefined && month.month !== only.month) continue
    const verdict = await verifyMonth({ ...parts, report }, month)
    verdicts.push(verdict)
    if (json) print(JSON.stringify(verdict))
    else if (verdict.rows + verdict.seals > 0) print(`  ${summary(verdict)}`)
  }
  const problems = verdicts.reduce((sum, one) => sum + one.problems, 0)
  const rows = verdicts.reduce((sum, one) => sum + one.rows, 0)
  if (problems > 0) throw new OperatorError(`the audit was touched: ${problems} problems in ${rows} rows`)
  if (only.month !== undefined && verdicts.length === 0)
    throw new OperatorError(`the audit has nothing of ${only.month.slice(0, 7)}: neither rows nor seals`)
  if (!json) print(`the audit is whole: ${rows} rows`)
}

const WORDS: Readonly<Record<Problem['kind'], string>> = {
  altered: 'was altered',
  removed: 'was removed',
  inserted: 'was inserted past the application',
  seal_altered: 'was altered',
  seal_missing: 'is missing in the chain',
  tail_cut: 'was cut off: only its copy outside is left',
  copy_missing: 'has no copy outside any more',
}

function describe({ retention_class, month }: AuditMonth, { kind, logId, seal }: Problem): string {
  const what = logId === undefined ? `seal ${seal}` : `row ${logId}`
  return `${retention_class} ${month.slice(0, 7)}: ${what} ${WORDS[kind]}`
}

function summary({ retention_class, month, rows, seals, unsealed, problems }: Verdict): string {
  const state = problems === 0 ? 'whole' : `${problems} problems`
  return `${retention_class.padEnd(9)} ${month.slice(0, 7)}: ${rows} rows, ${seals} seals, ${unsealed} not sealed yet: ${state}`
}

function wantedOf(words: readonly string[]): Wanted {
  const only: { retention_class?: string; month?: string } = {}
  let json = false
  for (let at = 0; at < words.length; at++) {
    const word = words[at]
    if (word === '--json') json = true
    else if (word === '--class' && RETENTION_CLASSES.some((one) => one === words[at + 1]))
      only.retention_class = words[++at]!
    else if (word === '--month' && /^\d{4}-(0[1-9]|1[0-2])$/.test(words[at + 1] ?? ''))
      only.month = `${words[++at]}-01`
    else throw new OperatorError(`unexpected ${JSON.stringify(word)}: expected ${USAGE}`)
  }
  return { only, json }
}

async function withOwner(
  { config, log }: OpsContext,
  work: (parts: AuditParts) => Promise<void>,
): Promise<void> {
  const opened = await joinAsOwner(config, log)
  const keys = { ...config, secretKey: secretKeyOf(config) }
  const client = new pg.Client({ connectionString: opened.ownerUrl, application_name: 'bcn ops' })
  client.on('error', () => {}) // The statement that meets it reports it.
  try {
    await client.connect()
    const { macs } = new Auditing(keys, createFieldCipher(keyRingOf(keys)))
    await work({ client, storage: await createStorage(keys), macs }).catch(explain)
  } finally {
    await client.end()
    await opened.stop()
  }
}
