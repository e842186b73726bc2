import type { Actor } from '../../platform/actor.ts'
import { type CursorFilter, decodeCursor, filterDigest, LAST_ID, PAGE } from '../../platform/cursor.ts'
import { type PageSize, pageSize, type Statement } from '../../platform/db/index.ts'
import { forbidden } from '../../platform/errors.ts'
import type { Services } from '../../platform/services.ts'
import { findPerson } from '../identity/index.ts'
import { bookmarkPage, followFeed, postsOfAuthor, projectsOfPerson } from './queries/lists.ts'

const NEWEST = ['infinity', LAST_ID] as const

type PageRequest = { readonly cursor?: string; readonly limit?: number }

/** What those have published whom the actor follows, newest first, as JSON text. */
export function readFollowFeed(services: Services, actor: Actor, request: PageRequest): Promise<string> {
  const list = { sort: 'published_at', filter: { following: true }, of: followFeed }
  return readList(services, actor, actor.userId, list, request)
}

/** The posts that the actor has bookmarked and that are still to be seen, newest bookmark first, as JSON text. */
export function readBookmarks(services: Services, actor: Actor, request: PageRequest): Promise<string> {
  return readList(
    services,
    actor,
    actor.userId,
    { sort: 'bookmarked_at', filter: {}, of: bookmarkPage },
    request,
  )
}

/** What somebody has published, newest first, as JSON text. 404 `person.not_found`, 403 `person.hidden`. */
export async function readPostsOf(
  services: Services,
  actor: Actor | null,
  person: string,
  request: PageRequest,
): Promise<string> {
  const userId = await visiblePerson(services, actor, person)
  const list = { sort: 'published_at', filter: { author: userId }, of: postsOfAuthor }
  return readList(services, actor, userId, list, request)
}

/** Somebody's approved projects, newest first, as JSON text. 404 `person.not_found`, 403 `person.hidden`. */
export async function readProjectsOf(
  services: Services,
  actor: Actor | null,
  person: string,
  request: PageRequest,
): Promise<string> {
  const userId = await visiblePerson(services, actor, person)
  const list = { sort: 'projects', filter: { person: userId }, of: projectsOfPerson }
  return readList(services, actor, userId, list, request)
}

async function visiblePerson(services: Services, actor: Actor | null, person: string): Promise<string> {
  const { user_id, visible } = await findPerson(services, actor, person)
  if (!visible) throw forbidden('person.hidden', 'This person does not show you what they do.')
  return user_id
}

type List = {
  readonly sort: string
  readonly filter: CursorFilter
  readonly of: (size: PageSize) => Statement
}

async function readList(
  { db }: Services,
  actor: Actor | null,
  whose: string,
  { sort, filter, of }: List,
  { cursor, limit = PAGE }: PageRequest,
): Promise<string> {
  const place = cursor ? decodeCursor(cursor, { sort, filter, length: 2 }) : NEWEST
  const values = [whose, limit, ...place, filterDigest(filter)]
  const statement = of(pageSize(limit))
  return (await (actor ? db.textAs(actor, statement, values) : db.text(statement, values))) ?? ''
}
