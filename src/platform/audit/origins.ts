import { sql } from 'kysely'
import { UnopenableField } from '../crypto/fields.ts'
import type { Db } from '../db/index.ts'
import { auditingOf } from './auditing.ts'
import type { RetentionClass } from './entry.ts'
import { originContext } from './index.ts'
import { type KeyOwner, nameOf } from './origin-keys.ts'

export type ToldOrigin = { readonly ip?: string; readonly agent?: string; readonly reason?: string }

type Row = {
  readonly log_id: string
  readonly user_id: string | null
  readonly impersonating_user_id: string | null
  readonly timestamp: string
  readonly retention_class: string
  readonly origin_cipher: Buffer | null
}

/** Where rows came from, in their order, as far as it still opens; null where the key is gone. For staff: others get no keys. */
export async function originsOf(tx: Db, rows: readonly Row[]): Promise<(ToldOrigin | null)[]> {
  const sealed = rows.filter(({ origin_cipher }) => origin_cipher !== null)
  if (sealed.length === 0) return rows.map(() => null)
  const owners = sealed.map(ownerOf)
  const people = [...new Set(owners.flatMap(({ userId }) => userId ?? []))]
  const months = [...new Set(owners.flatMap((owner) => (owner.userId === null ? owner.month : [])))]
  const keys = new Map([...(await personKeys(tx, people)), ...(await monthKeys(tx, months))])
  return rows.map((row) => {
    const owner = ownerOf(row)
    const key = keys.get(nameOf(owner))
    return row.origin_cipher && key ? opened(tx, owner, key, row.log_id, row.origin_cipher) : null
  })
}

function opened(tx: Db, owner: KeyOwner, key: Buffer, logId: string, sealed: Buffer): ToldOrigin | null {
  try {
    const cipher = auditingOf(tx).originKeys.unwrap(owner, key)
    return JSON.parse(cipher.open(originContext(logId), sealed))
  } catch (error) {
    // Sealed with a key that was destroyed meanwhile, or altered: the MAC tells which.
    if (error instanceof UnopenableField) return null
    throw error
  }
}

function ownerOf({ user_id, impersonating_user_id, retention_class, timestamp }: Row): KeyOwner {
  const userId = impersonating_user_id ?? user_id
  if (userId !== null) return { userId }
  return {
    userId,
    retentionClass: retention_class as RetentionClass,
    month: `${new Date(timestamp).toISOString().slice(0, 7)}-01`,
  }
}

async function personKeys(tx: Db, people: readonly string[]): Promise<[string, Buffer][]> {
  if (people.length === 0) return []
  const { rows } = await sql<{ user_id: string; key_cipher: Buffer }>`
    SELECT user_id, key_cipher FROM audit_keys_of(${people}::uuid[])`.execute(tx)
  return rows.map(({ user_id, key_cipher }) => [user_id, key_cipher])
}

async function monthKeys(tx: Db, months: readonly string[]): Promise<[string, Buffer][]> {
  if (months.length === 0) return []
  const { rows } = await sql<{ retention_class: string; month: string; key_cipher: Buffer }>`
    SELECT retention_class, month, key_cipher FROM audit_month_keys_of(${months}::date[])`.execute(tx)
  return rows.map(({ retention_class, month, key_cipher }) => [`${retention_class} ${month}`, key_cipher])
}
