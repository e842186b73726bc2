import { type Db, jsonPage, type PageSize, type Statement } from '../../../platform/db/index.ts'

/** Once per pair. The counts follow by delta (R15); a trigger refuses it across a block. */
export async function insertFollow(db: Db, followerId: string, followingId: string): Promise<void> {
  await db
    .insertInto('user_connections')
    .values({ follower_id: followerId, following_id: followingId })
    .onConflict((conflict) => conflict.doNothing())
    .execute()
}

export async function deleteFollow(db: Db, followerId: string, followingId: string): Promise<void> {
  await db
    .deleteFrom('user_connections')
    .where('follower_id', '=', followerId)
    .where('following_id', '=', followingId)
    .execute()
}

/** Who follows a person, or whom they follow: the function that the database answers with (V018). */
export type Side = 'followers_of' | 'followed_by'

/**
 * A page of people as JSON text, the newest follow first, each with whether the reader may see their presence. $1: the
 * person; $2: limit; $3, $4: the cursor's created_at and connection_id; $5: the filter's digest. Walks
 * idx_connections_following (_follower) from the cursor, and stops after the page.
 */
export function followPage(side: Side, size: PageSize): Statement {
  return {
    name: `${side}_${size}`,
    text: jsonPage({
      show: '$2::int',
      sort: side,
      key: ['created_at::text', 'connection_id'],
      digest: '$5',
      rows: `
        SELECT created_at, connection_id, json_build_object('card', card, 'shows_presence', shows_presence) AS item
        FROM ${side}($1, $3, $4, ${size + 1})`,
    }),
  }
}
