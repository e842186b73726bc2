import { type Db, jsonPage, type PageSize, type Statement } from '../../../platform/db/index.ts'

/** True when it is new. A trigger ends the follows between the two, in this transaction. */
export async function insertBlock(db: Db, blockerId: string, blockedId: string): Promise<boolean> {
  const { numInsertedOrUpdatedRows } = await db
    .insertInto('user_blocks')
    .values({ blocker_id: blockerId, blocked_id: blockedId })
    .onConflict((conflict) => conflict.doNothing())
    .executeTakeFirst()
  return numInsertedOrUpdatedRows === 1n
}

/** True when there was one. */
export async function deleteBlock(db: Db, blockerId: string, blockedId: string): Promise<boolean> {
  const { numDeletedRows } = await db
    .deleteFrom('user_blocks')
    .where('blocker_id', '=', blockerId)
    .where('blocked_id', '=', blockedId)
    .executeTakeFirst()
  return numDeletedRows === 1n
}

/**
 * A page of the cards of those whom a person has blocked as JSON text, newest first. $1: whose; $2: limit; $3, $4: the
 * cursor's created_at and blocked_id; $5: the filter's digest. The primary key gives the person's rows, some dozens,
 * which are sorted.
 */
export function blockPage(size: PageSize): Statement {
  return {
    name: `blocks_of_person_${size}`,
    text: jsonPage({
      show: '$2::int',
      sort: 'blocked_at',
      key: ['created_at::text', 'blocked_id'],
      digest: '$5',
      rows: `
        SELECT b.created_at, b.blocked_id, p.card AS item
        FROM user_blocks b JOIN people p ON p.user_id = b.blocked_id
        WHERE b.blocker_id = $1 AND (b.created_at, b.blocked_id) < ($3::timestamptz, $4::uuid)
        ORDER BY b.created_at DESC, b.blocked_id DESC
        LIMIT ${size + 1}`,
    }),
  }
}
