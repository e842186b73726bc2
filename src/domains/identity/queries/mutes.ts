import { type Db, jsonPage, type PageSize, type Statement } from '../../../platform/db/index.ts'

export async function insertMute(db: Db, muterId: string, mutedId: string): Promise<void> {
  await db
    .insertInto('user_mutes')
    .values({ muter_id: muterId, muted_id: mutedId })
    .onConflict((conflict) => conflict.doNothing())
    .execute()
}

export async function deleteMute(db: Db, muterId: string, mutedId: string): Promise<void> {
  await db.deleteFrom('user_mutes').where('muter_id', '=', muterId).where('muted_id', '=', mutedId).execute()
}

/**
 * A page of the cards of those whom a person has muted as JSON text, newest first. $1: whose; $2: limit; $3, $4: the
 * cursor's created_at and muted_id; $5: the filter's digest. As with blocks, the person's rows are sorted.
 */
export function mutePage(size: PageSize): Statement {
  return {
    name: `mutes_of_person_${size}`,
    text: jsonPage({
      show: '$2::int',
      sort: 'muted_at',
      key: ['created_at::text', 'muted_id'],
      digest: '$5',
      rows: `
        SELECT m.created_at, m.muted_id, p.card AS item
        FROM user_mutes m JOIN people p ON p.user_id = m.muted_id
        WHERE m.muter_id = $1 AND (m.created_at, m.muted_id) < ($3::timestamptz, $4::uuid)
        ORDER BY m.created_at DESC, m.muted_id DESC
        LIMIT ${size + 1}`,
    }),
  }
}

/** 'true' when nobody is kept from a person by their mutes or by a block, theirs or another's. $1: whose. Three looks. */
export const HEARS_EVERYBODY: Statement = {
  name: 'hears_everybody',
  text: 'SELECT hears_everybody($1)::text',
}
