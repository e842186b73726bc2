import type { Actor } from '../../platform/actor.ts'
import { notFound } from '../../platform/errors.ts'
import type { Services } from '../../platform/services.ts'
import { onlineAmong } from './presence.ts'
import { type Handle, personFound, personPage } from './queries/people.ts'

const ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i
const ID_LENGTH = 36

/**
 * A profile as JSON text, as far as it shows itself to this reader. 404 `person.not_found`, also for whom they have
 * blocked: the one statement gives neither of the two.
 */
export async function readPerson(services: Services, actor: Actor | null, person: string): Promise<string> {
  const { db } = services
  const statement = personPage(handleOf(person))
  const text = await (actor ? db.textAs(actor, statement, [person]) : db.text(statement, [person]))
  if (text === null) throw notFound('person')
  const online = await isOnline(services, text.slice(0, ID_LENGTH).trim())
  return `{"online":${online},${text.slice(ID_LENGTH + 1)}`
}

/** Who an address names: `visible` says whether the reader sees more than the card. 404 `person.not_found`. */
export async function findPerson(
  { db }: Services,
  actor: Actor | null,
  person: string,
): Promise<{ user_id: string; visible: boolean }> {
  const statement = personFound(handleOf(person))
  const text = await (actor ? db.textAs(actor, statement, [person]) : db.text(statement, [person]))
  if (text === null) throw notFound('person')
  return JSON.parse(text)
}

/** What has the form of an id is one: a username of that form leads nobody to another person. */
function handleOf(person: string): Handle {
  return ID.test(person) ? 'user_id' : 'username'
}

async function isOnline(services: Services, sharer: string): Promise<boolean | null> {
  if (sharer === '') return null
  const online = await onlineAmong(services, [sharer])
  return online?.has(sharer) ?? null
}
