import type { Static } from 'typebox'
import { type Actor, isStaff } from '../../platform/actor.ts'
import { decodeCursor, filterDigest, LAST_ID, PAGE } from '../../platform/cursor.ts'
import { pageSize } from '../../platform/db/index.ts'
import { forbidden } from '../../platform/errors.ts'
import { publishFact } from '../../platform/facts/index.ts'
import type { Services } from '../../platform/services.ts'
import { recordFollowsLook } from './closer-look.ts'
import { findPerson } from './people.ts'
import { onlineAmong } from './presence.ts'
import { deleteFollow, followPage, insertFollow, type Side } from './queries/follows.ts'
import { changeRelation } from './relations.ts'
import type { Follows, PersonCard } from './schemas/people.ts'

const NEWEST = ['infinity', LAST_ID] as const
const NAMED_BY: Readonly<Record<Side, string>> = {
  followers_of: 'user_connections.follower_id',
  followed_by: 'user_connections.following_id',
}

/**
 * Follows somebody; the second time changes nothing. 404 `person.not_found`, also for who has blocked the actor; 409
 * `person.blocked` for whom the actor blocks, `person.is_oneself`.
 */
export function follow(services: Services, actor: Actor, userId: string): Promise<void> {
  return changeRelation(services, actor, { userId, blockers: 'hidden' }, async (tx) => {
    await insertFollow(tx, actor.userId, userId)
    await publishFact(tx, {
      name: 'identity.follow_created',
      actor: actor.userId,
      reference: { type: 'person', id: actor.userId },
      recipients: [userId],
      once: `identity.follow_created ${actor.userId} ${userId}`,
    })
  })
}

/** Nothing happens where there was none. */
export function unfollow({ db }: Services, actor: Actor, userId: string): Promise<void> {
  return db.transaction(actor, (tx) => deleteFollow(tx, actor.userId, userId))
}

/** Ends that somebody follows the actor; nothing happens where nobody did. */
export function removeFollower({ db }: Services, actor: Actor, userId: string): Promise<void> {
  return db.transaction(actor, (tx) => deleteFollow(tx, userId, actor.userId))
}

type FollowsRequest = { readonly cursor?: string; readonly limit?: number }

/**
 * The people on one side of someone's follows, newest first. 404 `person.not_found`; 403 `person.hidden` where the
 * reader sees their card alone. Where staff see more than a member would, it leaves a trace.
 */
export async function readFollows(
  services: Services,
  actor: Actor | null,
  side: Side,
  person: string,
  { cursor, limit = PAGE }: FollowsRequest,
): Promise<Static<typeof Follows>> {
  const { db } = services
  const { user_id, visible } = await findPerson(services, actor, person)
  if (!visible) throw forbidden('person.hidden', 'This person does not show you whom they know.')
  if (actor !== null && isStaff(actor)) await recordFollowsLook(services, actor, user_id, NAMED_BY[side])
  const filter = { user_id }
  const key = cursor ? decodeCursor(cursor, { sort: side, filter, length: 2 }) : NEWEST
  const statement = followPage(side, pageSize(limit))
  const values = [user_id, limit, ...key, filterDigest(filter)]
  const text = await (actor ? db.textAs(actor, statement, values) : db.text(statement, values))
  return withPresence(services, JSON.parse(text ?? ''))
}

type FoundPage = {
  readonly items: readonly {
    readonly card: Static<typeof PersonCard>
    readonly shows_presence: boolean | null
  }[]
  readonly next_cursor: string | null
}

async function withPresence(
  services: Services,
  { items, next_cursor }: FoundPage,
): Promise<Static<typeof Follows>> {
  const sharers = items.filter((item) => item.shows_presence).map(({ card }) => card.user_id)
  const online = await onlineAmong(services, sharers)
  return {
    items: items.map(({ card, shows_presence }) => ({
      ...card,
      online: shows_presence && online ? online.has(card.user_id) : null,
    })),
    next_cursor,
  }
}
