import { type Actor, isStaff } from '../../platform/actor.ts'
import type { Statement } from '../../platform/db/index.ts'
import { notFound } from '../../platform/errors.ts'
import type { Services } from '../../platform/services.ts'
import { recordCloserLook } from './closer-look.ts'
import { onlineAmong } from './presence.ts'
import { type Handle, personFound, personPage, RENAMED_PERSON } from './queries/people.ts'

const ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i
const ID_LENGTH = 36

/** `movedTo`: how someone is addressed who had this username. */
type PersonPage = { readonly text: string } | { readonly movedTo: string }

/**
 * A profile as JSON text, as far as it shows itself to this reader. 404 `person.not_found`, also for who has blocked
 * them: the one statement gives neither of the two. Where staff see more than a member would, it leaves a trace.
 */
export async function readPerson(
  services: Services,
  actor: Actor | null,
  person: string,
): Promise<PersonPage> {
  const text = await readText(services, actor, personPage(handleOf(person)), person)
  if (text === null) return { movedTo: await presentNameOf(services, actor, person) }
  if (actor !== null && isStaff(actor)) await recordCloserLook(services, actor, text.slice(ID_LENGTH))
  const online = await isOnline(services, text.slice(0, ID_LENGTH).trim())
  return { text: `{"online":${online},${text.slice(ID_LENGTH + 1)}` }
}

/** Who an address names: `visible` says whether the reader sees more than the card. 404 `person.not_found`. */
export async function findPerson(
  services: Services,
  actor: Actor | null,
  person: string,
): Promise<{ user_id: string; visible: boolean }> {
  const text = await readText(services, actor, personFound(handleOf(person)), person)
  if (text === null) throw notFound('person')
  return JSON.parse(text)
}

async function presentNameOf(services: Services, actor: Actor | null, name: string): Promise<string> {
  const movedTo = await readText(services, actor, RENAMED_PERSON, name)
  if (movedTo === null) throw notFound('person')
  return movedTo
}

function readText({ db }: Services, actor: Actor | null, statement: Statement, person: string) {
  return actor ? db.textAs(actor, statement, [person]) : db.text(statement, [person])
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
