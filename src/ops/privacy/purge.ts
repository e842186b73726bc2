import { setTimeout as sleep } from 'node:timers/promises'
import { isErasureDone, operatorsPerson, purgeNow } from '../../domains/privacy/index.ts'
import type { Database } from '../../platform/db/index.ts'
import { OperatorError } from '../../platform/errors.ts'
import { asOwner } from '../as-owner.ts'
import type { OpsContext } from '../index.ts'
import { optionsOf } from './words.ts'

const USAGE = 'npm run ops -- privacy purge --person amina [--yes]'
const PATIENCE_MS = 60_000

export const purgeAction = {
  summary: 'erase somebody who waits for it, now: the way back ends',
  async run(context: OpsContext): Promise<void> {
    const { person } = optionsOf(context.args, ['person'], USAGE)
    const [login] = person
    if (login === undefined) throw new OperatorError(`something is missing: expected ${USAGE}`)
    await asOwner(context, async (database) => {
      const found = await operatorsPerson(database, login)
      if (!found) throw new OperatorError(`nobody is called ${JSON.stringify(login)}`)
      if (!context.yes)
        return context.print(`would erase ${found.user_id} for good; nothing was changed, add --yes`)
      const erasureId = await purgeNow(database, found.user_id)
      if (erasureId === undefined)
        throw new OperatorError('they have not asked to be erased: that is theirs to do, in their settings')
      await untilDone(database, [erasureId])
      context.print(`${found.user_id} is erased; the certificate is ${erasureId}`)
    })
  },
}

/** The worker erases: it has the cache, the mail and the keys. */
export async function untilDone(database: Database, erasureIds: readonly string[]): Promise<void> {
  const waiting = new Set(erasureIds)
  for (const deadline = Date.now() + PATIENCE_MS; Date.now() < deadline; await sleep(200)) {
    for (const id of waiting) if (await isErasureDone(database.anonymous, id)) waiting.delete(id)
    if (waiting.size === 0) return
  }
  throw new OperatorError(
    `asked for, and ${waiting.size} not done within a minute: is a worker running? It is done when one is`,
  )
}
