import { sql } from 'kysely'
import type { Db } from '../../../platform/db/index.ts'

export type Person = { user_id: string; full_name: string; email: string; username: string | null }

/** By id, address or username, for the operator. */
export async function personNamed(db: Db, login: string): Promise<Person | undefined> {
  const { rows } = await sql<Person>`
    SELECT u.user_id, u.full_name, u.email, u.username FROM users u
    WHERE u.erased_at IS NULL
      AND (u.user_id::text = lower(${login}) OR u.email = lower(${login}) OR lower(u.username) = lower(${login}))`.execute(
    db,
  )
  return rows[0]
}

export async function phoneCipherOf(db: Db, userId: string): Promise<Buffer | null> {
  const row = await db
    .selectFrom('users')
    .select('phone_cipher')
    .where('user_id', '=', userId)
    .executeTakeFirst()
  return row?.phone_cipher ?? null
}

/** A JSON string where it is sealed. */
export async function shippingAddressesOf(
  db: Db,
  userId: string,
): Promise<{ order_id: string; address: unknown }[]> {
  return db
    .selectFrom('orders')
    .select(['order_id', sql<unknown>`shipping_address`.as('address')])
    .where('user_id', '=', userId)
    .where('shipping_address', 'is not', null)
    .execute()
}
