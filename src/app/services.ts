import { Auditing } from '../platform/audit/index.ts'
import { createCache } from '../platform/cache/index.ts'
import { systemClock } from '../platform/clock.ts'
import type { ReadyConfig } from '../platform/config.ts'
import { createFieldCipher } from '../platform/crypto/fields.ts'
import { keyRingOf } from '../platform/crypto/key-ring.ts'
import { connect } from '../platform/db/index.ts'
import { createMailer, createSmsSender } from '../platform/delivery/index.ts'
import { createImages } from '../platform/images/index.ts'
import type { Logger } from '../platform/log.ts'
import { createMetrics } from '../platform/metrics/index.ts'
import { createPush } from '../platform/push/index.ts'
import type { Services } from '../platform/services.ts'
import { createStorage } from '../platform/storage/index.ts'
import type { Parts } from './shutdown.ts'

/** The parts that domains are given. Opens no connection: what is down shows in readiness, not in the start. */
export async function openServices(config: ReadyConfig, log: Logger, parts: Parts): Promise<Services> {
  const metrics = createMetrics()
  const cache = createCache(config, { log, metrics: metrics.cache })
  parts.add('cache', () => cache.close())
  const fields = createFieldCipher(keyRingOf(config))
  const auditing = new Auditing(config, fields)
  const db = connect({
    url: config.databaseUrl,
    poolSize: config.databasePoolSize,
    prepared: config.preparedStatements,
    statementTimeoutMs: config.statementTimeoutMs,
    applicationName: 'bcn server',
    metrics: metrics.database,
    auditing,
  })
  parts.add('database connections', () => db.close())
  const mail = createMailer(config)
  parts.add('mail', () => mail.close())
  const sms = createSmsSender(config)
  const push = createPush(config, { clock: systemClock })
  parts.add('push', () => push.close())
  const images = createImages({ log, metrics })
  parts.add('images', () => images.close())
  warnOfTwins(config, log)
  return {
    config,
    db,
    cache,
    storage: await createStorage(config),
    images,
    fields,
    auditing,
    mail,
    sms,
    push,
    log,
    metrics,
    clock: systemClock,
  }
}

/** Everything else works without them, so that production does not stop; but nobody can verify or reset anything. */
function warnOfTwins({ env, smtpUrl, africasTalking }: ReadyConfig, log: Logger): void {
  if (env !== 'production') return
  if (smtpUrl === null) log.warn('SMTP_URL is not set: mail is written into the outbox and reaches nobody')
  if (africasTalking === null) log.warn('AFRICASTALKING_USERNAME is not set: SMS are written into the outbox')
}
