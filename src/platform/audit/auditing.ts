import type { ReadyConfig } from '../config.ts'
import type { FieldCipher } from '../crypto/fields.ts'
import type { Db } from '../db/index.ts'
import { type AuditMacs, auditMacs } from './macs.ts'
import { createOriginKeys, type OriginKeys } from './origin-keys.ts'

/** What a connection needs to write audit rows: it is handed to `connect`, and every transaction carries it. */
export class Auditing {
  readonly macs: AuditMacs
  readonly originKeys: OriginKeys

  constructor(config: Pick<ReadyConfig, 'auditKeys' | 'secretKey'>, fields: FieldCipher) {
    this.macs = auditMacs(config)
    this.originKeys = createOriginKeys(fields)
  }
}

/** Throws where the connection was opened without. */
export function auditingOf({ auditing }: Pick<Db, 'auditing'>): Auditing {
  if (auditing instanceof Auditing) return auditing
  throw new Error('this connection has no keys to sign audit rows with')
}
