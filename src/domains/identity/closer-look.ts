import { type Actor, asSelf } from '../../platform/actor.ts'
import type { Services } from '../../platform/services.ts'
import { isBlockedBetween, personFound, personPage } from './queries/people.ts'
import { recordRead } from './staff-reads.ts'

const ID_LENGTH = 36
/** A member who is nobody: follows, blocks and mutes no one, and so sees what everybody signed in does. */
const ANY_MEMBER = asSelf('00000000-0000-0000-0000-000000000000')

type Page = { readonly user_id: string; readonly profile: Readonly<Record<string, unknown>> | null }

const OF_USERS: Readonly<Record<string, string>> = {
  email: 'users.email',
  phone_number: 'users.phone_number',
  member_since: 'users.created_at',
}
/** Made from what others did; nobody chooses who sees it. */
const DERIVED = ['is_coach', 'takes_messages']

/** Records which columns of a profile (as JSON text) staff see for being staff: a member in their place would not. */
export async function recordCloserLook({ db }: Services, actor: Actor, seen: string): Promise<void> {
  const { user_id: userId, profile } = pageOf(seen)
  if (userId === actor.userId || profile === null) return
  const shown = await db.textAs(ANY_MEMBER, personPage('user_id'), [userId])
  await db.transaction(actor, async (tx) => {
    const isBlocked = await isBlockedBetween(tx, actor.userId, userId)
    const others = shown === null || isBlocked ? null : pageOf(shown.slice(ID_LENGTH)).profile
    const columns = Object.keys(profile)
      .filter((field) => !DERIVED.includes(field))
      .filter((field) => profile[field] !== null && (others?.[field] ?? null) === null)
      .map((field) => OF_USERS[field] ?? `user_profiles.${field}`)
    if (columns.length > 0) await recordRead(tx, actor, [userId], columns)
  })
}

/** Records that staff see whom somebody follows, or who follows them, where a member in their place would see neither. */
export async function recordFollowsLook(
  { db }: Services,
  actor: Actor,
  userId: string,
  column: string,
): Promise<void> {
  if (userId === actor.userId) return
  const shown = await db.textAs(ANY_MEMBER, personFound('user_id'), [userId])
  await db.transaction(actor, async (tx) => {
    const isShown = shown !== null && (JSON.parse(shown) as { visible: boolean }).visible
    if (isShown && !(await isBlockedBetween(tx, actor.userId, userId))) return
    await recordRead(tx, actor, [userId], [column])
  })
}

/** Our own statement made it. */
function pageOf(text: string): Page {
  return JSON.parse(text) as Page
}
