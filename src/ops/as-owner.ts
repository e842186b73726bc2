import { Auditing } from '../platform/audit/index.ts'
import { createFieldCipher } from '../platform/crypto/fields.ts'
import { keyRingOf } from '../platform/crypto/key-ring.ts'
import { secretKeyOf } from '../platform/crypto/secret-key.ts'
import { connect, type Database } from '../platform/db/index.ts'
import { joinAsOwner } from '../platform/db/open.ts'
import { OperatorError } from '../platform/errors.ts'
import type { OpsContext } from './index.ts'

/** The database as its owner, for the length of `work`; the one that `start` runs, if it does. */
export async function asOwner(
  { config, log }: OpsContext,
  work: (database: Database) => Promise<void>,
): Promise<void> {
  const opened = await joinAsOwner(config, log)
  try {
    const keys = { ...config, secretKey: secretKeyOf(config) }
    const database = connect({
      url: opened.ownerUrl,
      poolSize: 2,
      prepared: config.preparedStatements,
      applicationName: 'bcn ops',
      auditing: new Auditing(keys, createFieldCipher(keyRingOf(keys))),
    })
    await work(database)
      .catch(explain)
      .finally(() => database.close())
  } finally {
    await opened.stop()
  }
}

const UNDEFINED_TABLE = '42P01'
const UNDEFINED_FUNCTION = '42883'

/** Throws the error again; a table or function of ours that is not there is the operator's to put right. */
export function explain(error: unknown): never {
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  if (code !== UNDEFINED_TABLE && code !== UNDEFINED_FUNCTION) throw error
  throw new OperatorError('the database is not at this version: run npm run ops -- migrate --yes')
}
