import { sql } from 'kysely'
import { type Db, jsonPage, type PageSize, type Statement } from '../../../platform/db/index.ts'

/** How the actor stands with a partner that they may see; `role`: null for who is no member. Undefined: not there for them. */
export function standingWith(db: Db, partnerId: string, userId: string) {
  return db
    .selectFrom('partners as p')
    .leftJoin('partner_members as m', (join) =>
      join.onRef('m.partner_id', '=', 'p.partner_id').on('m.user_id', '=', userId),
    )
    .select(['p.organization_name', 'm.role'])
    .where('p.partner_id', '=', partnerId)
    .where('p.deleted_at', 'is', null)
    .executeTakeFirst()
}

/** Someone who is there to be made a member. */
export function personExists(db: Db, userId: string) {
  return db.selectFrom('people').select('user_id').where('user_id', '=', userId).executeTakeFirst()
}

/** The role that someone has there, held until the commit. Undefined: they are no member. */
export function holdMember(db: Db, partnerId: string, userId: string) {
  return db
    .selectFrom('partner_members')
    .select('role')
    .where('partner_id', '=', partnerId)
    .where('user_id', '=', userId)
    .forUpdate()
    .executeTakeFirst()
}

/** `created` is told by xmax: 0 in a row that is new. An owner who steps down may fail at the commit: an_owner_remains. */
export async function putMember(db: Db, partnerId: string, userId: string, role: string) {
  return db
    .insertInto('partner_members')
    .values({ partner_id: partnerId, user_id: userId, role })
    .onConflict((conflict) => conflict.columns(['partner_id', 'user_id']).doUpdateSet({ role }))
    .returning(sql<boolean>`xmax = 0`.as('created'))
    .executeTakeFirstOrThrow()
}

/** Undefined: they were no member. */
export function deleteMember(db: Db, partnerId: string, userId: string) {
  return db
    .deleteFrom('partner_members')
    .where('partner_id', '=', partnerId)
    .where('user_id', '=', userId)
    .returning('role')
    .executeTakeFirst()
}

const MEMBER = `
  m.user_id, m.role, m.joined_at, (SELECT p.card FROM people p WHERE p.user_id = m.user_id) AS person`

/** A member as JSON text. $1: partner_id; $2: user_id. */
export const MEMBER_OF_PARTNER: Statement = {
  name: 'member_of_partner',
  text: `
    SELECT row_to_json(item)::text
    FROM (SELECT ${MEMBER} FROM partner_members m WHERE m.partner_id = $1 AND m.user_id = $2) item`,
}

/**
 * A page of a partner's members as JSON text, who has been there longest first. $1: partner_id; $2, $3: the cursor's
 * joined_at and user_id; $4: the filter's digest; $5: limit. A partner has some dozens of members, which are sorted.
 */
export function memberPage(size: PageSize): Statement {
  return {
    name: `members_of_partner_${size}`,
    text: jsonPage({
      show: '$5::int',
      sort: 'joined_at',
      key: ['joined_at::text', 'user_id'],
      digest: '$4',
      rows: `
        SELECT joined_at, user_id, row_to_json(page) AS item
        FROM (
          SELECT ${MEMBER} FROM partner_members m
          WHERE m.partner_id = $1 AND (m.joined_at, m.user_id) > ($2::timestamptz, $3::uuid)
          ORDER BY m.joined_at, m.user_id
          LIMIT ${size + 1}
        ) page`,
    }),
  }
}
