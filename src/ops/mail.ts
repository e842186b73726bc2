import { readFile } from 'node:fs/promises'
import { buffer } from 'node:stream/consumers'
import { takeMailReport } from '../domains/notifications/index.ts'
import { createCache } from '../platform/cache/index.ts'
import { systemClock } from '../platform/clock.ts'
import { secretKeyOf } from '../platform/crypto/secret-key.ts'
import { parseReport } from '../platform/delivery/index.ts'
import { OperatorError } from '../platform/errors.ts'
import { asOwner } from './as-owner.ts'
import type { OpsCommand } from './index.ts'

const USAGE =
  'npm run ops -- mail bounce [--recipient bounces+…@example.org] [--file report.eml] [--yes] < report.eml'

export const mailCommand: OpsCommand = {
  summary:
    'bounce: take a report of a mail server from the standard input, as its pipe; --recipient: the envelope’s',
  words: 'own',
  async run(context) {
    const { recipient, file } = readWords(context.args)
    const raw = file === undefined ? await buffer(process.stdin) : await readFile(file)
    if (!context.yes) {
      const report = parseReport(raw)
      const what =
        report?.kind === 'bounce' ? `bounce, status ${report.status}` : (report?.kind ?? 'no report')
      return context.print(`${what}; nothing was changed, add --yes`)
    }
    await asOwner(context, async (db) => {
      const { log } = context
      const config = { ...context.config, secretKey: secretKeyOf(context.config) }
      const cache = createCache(config, { log })
      try {
        const services = { db, cache, log, clock: systemClock, config }
        context.print(await takeMailReport(services, raw, recipient))
      } finally {
        await cache.close()
      }
    })
  },
}

function readWords(words: readonly string[]): { recipient?: string; file?: string } {
  const [what, ...rest] = words
  if (what !== 'bounce' || rest.length % 2 !== 0) throw new OperatorError(`expected ${USAGE}`)
  const given: { recipient?: string; file?: string } = {}
  for (let at = 0; at < rest.length; at += 2) {
    if (rest[at] === '--recipient') given.recipient = rest[at + 1]!
    else if (rest[at] === '--file') given.file = rest[at + 1]!
    else throw new OperatorError(`unexpected ${JSON.stringify(rest[at])}: expected ${USAGE}`)
  }
  return given
}
