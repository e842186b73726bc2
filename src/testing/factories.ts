import { randomBytes, randomUUID } from 'node:crypto'
import { hashSync, type Options } from '@node-rs/argon2'
import type pg from 'pg'

/**
 * The least that a row needs, inserted past row security; whatever a test cares about is named in `values`, column by
 * column. Objects and arrays become JSON. Each answers the whole row, as text where the driver gives text.
 */
export type Values = Readonly<Record<string, unknown>>
export type Row = Readonly<Record<string, string>>
export type TestUser = {
  readonly id: string
  readonly email: string
  readonly password: string
  readonly row: Row
}

export const testPassword = 'a long enough passphrase'
const cheap: Options = { memoryCost: 8, timeCost: 1, parallelism: 1 }
const testPasswordHash = hashSync(testPassword, cheap)

/** Table and column names come from the test's own source. */
export async function insert(owner: pg.Pool, table: string, values: Values): Promise<Row> {
  const columns = Object.keys(values)
  const marks = columns.map((_, index) => `$${index + 1}`)
  const text = `INSERT INTO ${table} (${columns.join(', ')}) VALUES (${marks.join(', ')}) RETURNING *`
  const { rows } = await owner.query<Row>(text, Object.values(values).map(asParameter))
  return rows[0]!
}

/** A member with profile and settings; the other roles are granted too. Signs in with `testPassword`. */
export async function makeUser(owner: pg.Pool, values: Values = {}, ...roles: string[]): Promise<TestUser> {
  const name = unique('user')
  const row = await insert(owner, 'users', {
    email: `${name}@example.com`,
    username: name,
    full_name: 'Amina Wanjiru',
    password_hash: testPasswordHash,
    email_verified: true,
    ...values,
  })
  const { user_id } = row
  await insert(owner, 'user_profiles', { user_id })
  await insert(owner, 'user_settings', { user_id })
  for (const role_name of new Set(['member', ...roles]))
    await insert(owner, 'user_roles', { user_id, role_name })
  return { id: user_id!, email: row.email!, password: testPassword, row }
}

/** Free and published; `instructor_id` is a new coach unless given. */
export async function makeProgram(owner: pg.Pool, values: Values = {}): Promise<Row> {
  return insert(owner, 'programs', {
    title: 'Your first hundred customers',
    slug: unique('program'),
    instructor_id: values.instructor_id ?? (await makeUser(owner, {}, 'coach')).id,
    pricing_type: 'free',
    status: 'published',
    published_at: new Date(),
    ...values,
  })
}

export function makeModule(owner: pg.Pool, programId: string, values: Values = {}): Promise<Row> {
  return insert(owner, 'modules', {
    program_id: programId,
    title: 'Listen first',
    sequence_order: 1,
    ...values,
  })
}

export function makeLesson(owner: pg.Pool, moduleId: string, values: Values = {}): Promise<Row> {
  const text = { content_type: 'text', sequence_order: 1 }
  return insert(owner, 'lessons', { module_id: moduleId, title: 'Ten short talks', ...text, ...values })
}

export function makeEnrollment(
  owner: pg.Pool,
  userId: string,
  programId: string,
  values: Values = {},
): Promise<Row> {
  return insert(owner, 'enrollments', {
    user_id: userId,
    program_id: programId,
    payment_type: 'free',
    ...values,
  })
}

/** Published now by a new member unless told otherwise. */
export async function makePost(owner: pg.Pool, values: Values = {}): Promise<Row> {
  return insert(owner, 'posts', {
    author_id: 'author_id' in values ? values.author_id : (await makeUser(owner)).id,
    content: 'What I learnt on my first market day.',
    category: 'story',
    published_at: new Date(),
    ...values,
  })
}

export function makeComment(
  owner: pg.Pool,
  postId: string,
  authorId: string,
  values: Values = {},
): Promise<Row> {
  return insert(owner, 'comments', { post_id: postId, author_id: authorId, content: 'Well said.', ...values })
}

/** Virtual, published, a week from now. */
export async function makeEvent(owner: pg.Pool, values: Values = {}): Promise<Row> {
  return insert(owner, 'events', {
    title: 'Open evening',
    slug: unique('event'),
    organizer_id: values.organizer_id ?? (await makeUser(owner)).id,
    event_date: new Date(Date.now() + 7 * 86_400_000),
    timezone: 'Africa/Nairobi',
    location_type: 'virtual',
    status: 'published',
    ...values,
  })
}

export function makeTicket(owner: pg.Pool, eventId: string, values: Values = {}): Promise<Row> {
  return insert(owner, 'event_tickets', { event_id: eventId, name: 'Entry', price: 0, ...values })
}

export function makeTag(owner: pg.Pool, values: Values = {}): Promise<Row> {
  const slug = unique('tag')
  return insert(owner, 'tags', { name: slug, slug, category: 'skill', ...values })
}

/** A coach who can be found in the directory. */
export async function makeCoach(owner: pg.Pool, profile: Values = {}): Promise<TestUser> {
  const coach = await makeUser(owner, {}, 'coach')
  const values = { hourly_rate: 2500, currency: 'KES', availability_status: 'available', ...profile }
  const changes = Object.keys(values).map((column, index) => `${column} = $${index + 2}`)
  await owner.query(`UPDATE user_profiles SET ${changes.join(', ')} WHERE user_id = $1`, [
    coach.id,
    ...Object.values(values).map(asParameter),
  ])
  return coach
}

/** Open, handed in now. */
export function makeCoachApplication(owner: pg.Pool, userId: string, values: Values = {}): Promise<Row> {
  return insert(owner, 'coach_applications', {
    user_id: userId,
    motivation: 'I have taught tailors to price their work for six years.',
    experience: 'Two hundred traders, one by one.',
    specialties: ['Pricing'],
    languages: ['en', 'sw'],
    hourly_rate_minor: 250_000,
    currency: 'KES',
    ...values,
  })
}

/** An organisation with these people in these roles; the role `partner` goes with it. */
export async function makePartner(
  owner: pg.Pool,
  members: Readonly<Record<string, 'owner' | 'manager' | 'member'>> = {},
  values: Values = {},
): Promise<Row> {
  const organisation = { organization_name: 'Pwani Trust', slug: unique('partner'), partner_type: 'ngo' }
  const partner = await insert(owner, 'partners', { ...organisation, ...values })
  for (const [user_id, role] of Object.entries(members)) {
    await insert(owner, 'partner_members', { partner_id: partner.partner_id, user_id, role })
    await owner.query('SELECT settle_partner_role($1)', [user_id])
  }
  return partner
}

/** `prefix-` and enough chance that no two meet. */
export function unique(prefix: string): string {
  return `${prefix}-${randomBytes(6).toString('hex')}`
}

/** An id that no row has. */
export function unknownId(): string {
  return randomUUID()
}

function asParameter(value: unknown): unknown {
  const isJson =
    typeof value === 'object' && value !== null && !(value instanceof Date) && !Buffer.isBuffer(value)
  return isJson ? JSON.stringify(value) : value
}
