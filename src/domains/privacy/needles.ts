import type { FieldCipher } from '../../platform/crypto/fields.ts'
import type { Database, Db } from '../../platform/db/index.ts'
import { openShippingAddress } from '../commerce/index.ts'
import { openPhone } from '../identity/index.ts'
import { type Person, personNamed, phoneCipherOf, shippingAddressesOf } from './queries/needles.ts'
import { rowsOf } from './queries/rows.ts'

/** What a scan looks for: a text that is one person's and nobody else's. */
export type Needle = { readonly what: string; readonly text: string }
export type Needles = { readonly user_id: string; readonly needles: readonly Needle[] }

const PHRASES = 10
/** Shorter texts stand in other people's rows too. */
const SHORTEST_PHRASE = 20
const LONGEST_PHRASE = 80
const SHORTEST = 4

/** Where people write what is not for everybody: each goes with its person. */
const PRIVATE_TEXT: readonly {
  readonly table: string
  readonly owner: string
  readonly columns: readonly string[]
}[] = [
  { table: 'messages', owner: 'sender_id', columns: ['content'] },
  { table: 'user_profiles', owner: 'user_id', columns: ['bio', 'mission_statement'] },
  { table: 'coach_applications', owner: 'user_id', columns: ['motivation', 'experience'] },
  { table: 'coaching_sessions', owner: 'mentee_id', columns: ['topic', 'notes', 'action_items'] },
  { table: 'coaching_sessions', owner: 'coach_id', columns: ['coach_notes'] },
  {
    table: 'session_feedback',
    owner: 'submitted_by',
    columns: ['feedback_text', 'highlights', 'improvements'],
  },
  { table: 'project_collaboration_requests', owner: 'user_id', columns: ['message'] },
  { table: 'assessment_submissions', owner: 'user_id', columns: ['answers'] },
  { table: 'orders', owner: 'user_id', columns: ['notes'] },
  { table: 'subscriptions', owner: 'user_id', columns: ['cancellation_note'] },
  { table: 'event_registrations', owner: 'user_id', columns: ['metadata'] },
  { table: 'privacy_requests', owner: 'user_id', columns: ['details'] },
]

/** Somebody's name, address, handle, phone number, where things are sent to, and ten phrases of their own private text. */
export async function needlesOf(
  database: Database,
  fields: FieldCipher,
  login: string,
): Promise<Needles | undefined> {
  return database.transaction(
    null,
    async (tx) => {
      const person = await personNamed(tx, login)
      if (!person) return undefined
      const facts = [
        ...known(person),
        ...(await phoneOf(tx, fields, person.user_id)),
        ...(await addressesOf(tx, fields, person.user_id)),
      ]
      const needles = distinct([...facts, ...(await phrasesOf(tx, person.user_id))])
      return { user_id: person.user_id, needles: needles.slice(0, distinct(facts).length + PHRASES) }
    },
    { isolation: 'repeatable read', readOnly: true },
  )
}

function known({ full_name, email, username }: Person): Needle[] {
  return [
    { what: 'name', text: full_name },
    { what: 'e-mail', text: email },
    ...(username === null ? [] : [{ what: 'username', text: username }]),
  ]
}

async function phoneOf(tx: Db, fields: FieldCipher, userId: string): Promise<Needle[]> {
  const cipher = await phoneCipherOf(tx, userId)
  return cipher === null ? [] : [{ what: 'phone', text: openPhone(fields, userId, cipher) }]
}

/** Its lines, sealed or not. A town or a country is many people's. */
async function addressesOf(tx: Db, fields: FieldCipher, userId: string): Promise<Needle[]> {
  const texts: string[] = []
  for (const { order_id, address } of await shippingAddressesOf(tx, userId)) {
    collect(typeof address === 'string' ? openShippingAddress(fields, order_id, address) : address, texts)
  }
  return texts
    .filter((text) => text.length >= 8 && /\d/.test(text))
    .map((text) => ({ what: 'address', text }))
}

async function phrasesOf(tx: Db, userId: string): Promise<Needle[]> {
  const phrases: Needle[] = []
  for (const place of PRIVATE_TEXT) {
    for (const text of await textsIn(tx, place, userId)) {
      const phrase = text
        .split(/[\n\r]/)
        .map((line) => line.trim())
        .find((line) => line.length >= SHORTEST_PHRASE)
      if (phrase !== undefined) phrases.push({ what: `phrase of ${place.table}`, text: shortened(phrase) })
    }
  }
  return spread(phrases)
}

/** Of as many tables as there are: the first of each, then the second … */
function spread(phrases: readonly Needle[]): Needle[] {
  const lists = [...Map.groupBy(phrases, ({ what }) => what).values()]
  const longest = Math.max(0, ...lists.map((list) => list.length))
  return Array.from({ length: longest }, (_, at) => lists.flatMap((list) => list[at] ?? [])).flat()
}

function shortened(phrase: string): string {
  if (phrase.length <= LONGEST_PHRASE) return phrase
  return phrase.slice(0, phrase.lastIndexOf(' ', LONGEST_PHRASE) || LONGEST_PHRASE)
}

type Place = { readonly table: string; readonly owner: string; readonly columns: readonly string[] }

async function textsIn(tx: Db, { table, owner, columns }: Place, userId: string): Promise<string[]> {
  const texts: string[] = []
  const source = { table, columns, foundBy: { how: 'column', columns: [owner] } } as const
  for await (const lot of rowsOf(tx, source, userId)) {
    for (const row of lot) collect(JSON.parse(row), texts)
  }
  return texts
}

/** Every text in a value, however deep. */
function collect(value: unknown, into: string[]): void {
  if (typeof value === 'string') into.push(value.trim())
  else if (typeof value === 'object' && value !== null)
    for (const one of Object.values(value)) collect(one, into)
}

function distinct(needles: readonly Needle[]): Needle[] {
  const seen = new Set<string>()
  return needles.filter(({ text }) => {
    const folded = text.toLowerCase()
    if (folded.length < SHORTEST || seen.has(folded)) return false
    seen.add(folded)
    return true
  })
}
