import type { Auditing } from './audit/index.ts'
import type { Cache } from './cache/index.ts'
import type { Clock } from './clock.ts'
import type { ReadyConfig } from './config.ts'
import type { FieldCipher } from './crypto/fields.ts'
import type { Database } from './db/index.ts'
import type { Mailer, SmsSender } from './delivery/index.ts'
import type { Images } from './images/index.ts'
import type { Logger } from './log.ts'
import type { Metrics } from './metrics/index.ts'
import type { PushSender } from './push/index.ts'
import type { Storage } from './storage/index.ts'

/** What every domain's `routes(services)` receives. `db` connects as app_user. */
export type Services = {
  readonly config: ReadyConfig
  readonly db: Database
  readonly cache: Cache
  readonly storage: Storage
  readonly images: Images
  /** Seals personal values before they reach the database. */
  readonly fields: FieldCipher
  /** Signs audit rows and seals where they came from; `db` carries it already. */
  readonly auditing: Auditing
  readonly mail: Mailer
  readonly sms: SmsSender
  readonly push: PushSender
  readonly log: Logger
  readonly metrics: Metrics
  readonly clock: Clock
}
