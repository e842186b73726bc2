import { writeFileSync } from 'node:fs'
import { type Needles, needlesOf } from '../../domains/privacy/index.ts'
import { createFieldCipher } from '../../platform/crypto/fields.ts'
import { keyRingOf } from '../../platform/crypto/key-ring.ts'
import { secretKeyOf } from '../../platform/crypto/secret-key.ts'
import type { Database } from '../../platform/db/index.ts'
import { OperatorError } from '../../platform/errors.ts'
import { asOwner } from '../as-owner.ts'
import type { OpsContext } from '../index.ts'
import { optionsOf } from './words.ts'

const USAGE = 'npm run ops -- privacy needles --person amina --file needles.json'

export const needlesAction = {
  summary: 'write what tells of somebody into a file, before they are erased',
  async run(context: OpsContext): Promise<void> {
    const { person, file } = optionsOf(context.args, ['person', 'file'], USAGE)
    if (!person[0] || !file[0]) throw new OperatorError(`something is missing: expected ${USAGE}`)
    const path = file[0]
    await asOwner(context, async (database) => {
      const taken = await takeNeedles(context, database, person[0]!)
      // It holds what the erasure removes: for its owner's eyes, and to be deleted after the scan.
      writeFileSync(path, `${JSON.stringify(taken, null, 2)}\n`, { mode: 0o600 })
      context.print(
        `${taken.needles.length} needles of ${taken.user_id} in ${path}; delete it after the scan`,
      )
      for (const { what } of taken.needles) context.print(`  ${what}`)
    })
  },
}

export async function takeNeedles(
  { config }: OpsContext,
  database: Database,
  login: string,
): Promise<Needles> {
  const fields = createFieldCipher(keyRingOf({ ...config, secretKey: secretKeyOf(config) }))
  const taken = await needlesOf(database, fields, login)
  if (!taken)
    throw new OperatorError(`nobody is called ${JSON.stringify(login)}: expected an id, address or username`)
  return taken
}
