import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { type Client, clientOf, signedIn, startApp, type TestApp } from '../../testing/client.ts'
import { createTestDatabase, type TestDatabase } from '../../testing/database.ts'
import { insert, makeUser, type TestUser, unique } from '../../testing/factories.ts'
import { markPresent } from './presence.ts'
import { Person, Profile } from './schemas/people.ts'

const VISIBILITIES = ['public', 'members_only', 'private'] as const
const READERS = [
  'stranger',
  'member',
  'follower',
  'followed',
  'blocker',
  'blocked',
  'staff',
  'blocked_staff',
  'oneself',
] as const

type Visibility = (typeof VISIBILITIES)[number]
type Reader = (typeof READERS)[number]
type Settings = {
  readonly profile_visibility: Visibility
  readonly show_activity: boolean
  readonly allow_messages: 'all' | 'connections_only' | 'off'
}
type Choices = Settings & { readonly show_email: boolean; readonly show_phone: boolean }
type Body = Record<string, unknown>

const MEMBERS: readonly Reader[] = ['member', 'follower', 'followed', 'staff', 'blocked_staff', 'oneself']
const CLOSEST: readonly Reader[] = ['staff', 'blocked_staff', 'oneself']
const SEES: Readonly<Record<Visibility, readonly Reader[]>> = {
  public: ['stranger', ...MEMBERS],
  members_only: MEMBERS,
  private: CLOSEST,
}

const FILLED = {
  brand_name: 'secret brand',
  tagline: 'secret tagline',
  bio: 'secret bio',
  mission_statement: 'secret mission',
  occupation: 'secret occupation',
  industry: 'secret industry',
  years_experience: 17,
  location: { country: 'KE', city: 'secret city' },
  social_links: { website: 'https://secret.example' },
  skills: ['secret skill'],
  certifications: [{ name: 'secret certificate' }],
  portfolio_urls: [{ title: 'secret work', url: 'https://secret.example/work' }],
  cover_photo_url: 'secret-cover',
}

describe('a profile', () => {
  let database: TestDatabase
  let app: TestApp
  let amina: TestUser
  let blocked: TestUser
  let clients: Record<Reader, Client>
  before(async () => {
    database = await createTestDatabase()
    app = await startApp(database)
    const { owner } = database
    amina = await makeUser(owner, { phone_number: '+254 ••• secret', username: unique('Amina') }, 'coach')
    await owner.query(
      `UPDATE user_profiles p SET (${Object.keys(FILLED).join(', ')}) =
         (SELECT ${Object.keys(FILLED).join(', ')} FROM jsonb_populate_record(p, $2)),
         profile_photo_url = 'the-photo', post_count = 3, follower_count = 4, following_count = 5, hourly_rate = 2000
       WHERE user_id = $1`,
      [amina.id, JSON.stringify(FILLED)],
    )
    const people = {
      member: await makeUser(owner),
      follower: await makeUser(owner),
      followed: await makeUser(owner),
      blocker: await makeUser(owner),
      blocked: await makeUser(owner),
      staff: await makeUser(owner, {}, 'admin'),
      blocked_staff: await makeUser(owner, {}, 'super_admin'),
      oneself: amina,
    }
    blocked = people.blocked
    const follows = (follower_id: string, following_id: string) =>
      insert(owner, 'user_connections', { follower_id, following_id })
    const blocks = (blocker_id: string, blocked_id: string) =>
      insert(owner, 'user_blocks', { blocker_id, blocked_id })
    await follows(people.follower.id, amina.id)
    await follows(amina.id, people.followed.id)
    await blocks(people.blocker.id, amina.id)
    await blocks(amina.id, people.blocked.id)
    await blocks(amina.id, people.blocked_staff.id)
    await insert(owner, 'user_mutes', { muter_id: people.member.id, muted_id: amina.id })
    const signed = await Promise.all(Object.values(people).map((user) => signedIn(app, user)))
    clients = {
      stranger: clientOf(app),
      ...(Object.fromEntries(Object.keys(people).map((name, n) => [name, signed[n]])) as Record<
        Exclude<Reader, 'stranger'>,
        Client
      >),
    }
    markPresent(app.services, amina.id)
  })
  after(async () => {
    await app.close()
    await database.close()
  })

  test('is looked at in each of its fields', () => {
    const looked = expected('member', { ...[...everyChoice('public')][0]! })
    assert.deepEqual(Object.keys(looked).sort(), Object.keys(Person.properties).sort())
    assert.deepEqual(Object.keys(looked.profile as Body).sort(), Object.keys(Profile.properties).sort())
  })

  for (const profile_visibility of VISIBILITIES)
    for (const reader of READERS)
      test(`that is ${profile_visibility} shows ${reader} what its owner chose, and no byte more`, async () => {
        let address = amina.id
        for (const choices of everyChoice(profile_visibility)) {
          await choose(choices)
          address = address === amina.id ? amina.row.username! : amina.id
          const { status, body, text } = await clients[reader].get<Body>(`/api/v1/people/${address}`)
          if (reader === 'blocked') {
            assert.deepEqual([status, body.code], [404, 'person.not_found'])
            continue
          }
          assert.equal(status, 200, text)
          assert.deepEqual(body, expected(reader, choices))
          if (body.profile === null) assert.doesNotMatch(text, /secret|KE|\b17\b/)
        }
      })

  test('is found by username regardless of case, and by id', async () => {
    const { username } = amina.row
    for (const address of [username, username!.toUpperCase(), username!.toLowerCase(), amina.id])
      assert.equal((await clients.member.get(`/api/v1/people/${address}`)).body.user_id, amina.id, address)
    const nameless = await makeUser(database.owner, { username: null })
    const { body } = await clients.stranger.get(`/api/v1/people/${nameless.id}`)
    assert.deepEqual([body.user_id, body.username], [nameless.id, null])
  })

  test('of who is not there, not active, or blocks the reader, is the same 404 to the letter', async () => {
    await choose({
      profile_visibility: 'public',
      show_activity: true,
      allow_messages: 'all',
      show_email: true,
      show_phone: true,
    })
    const gone = await Promise.all(
      ['suspended', 'deleted', 'pending_verification'].map((status) => makeUser(database.owner, { status })),
    )
    const addresses = [amina, ...gone].flatMap(({ id, row }) => [id, row.username])
    addresses.push('nobody-has-this-name', '019a0000-0000-7000-8000-000000000000')
    for (const path of ['', '/followers', '/following']) {
      const answers = await Promise.all(
        addresses.map(async (address) => {
          const { status, body, headers } = await clients.blocked.get(`/api/v1/people/${address}${path}`)
          const { instance: _, request_id: __, ...rest } = body
          return JSON.stringify([status, rest, headers['cache-control'], headers['content-type']])
        }),
      )
      assert.equal(new Set(answers).size, 1, [...new Set(answers)].join('\n'))
      assert.match(answers[0]!, /^\[404,.*person.not_found/)
    }
  })

  test('under a username that was given up leads to the present address, but not whom its owner blocks', async () => {
    const [before, now] = [unique('before'), unique('now')]
    const { id } = await makeUser(database.owner, { username: before })
    const rename = (username: string | null) =>
      database.owner.query('UPDATE users SET username = $2 WHERE user_id = $1', [id, username])
    const ask = async (client: Client) => {
      const { status, headers } = await client.get(`/api/v1/people/${before.toUpperCase()}`)
      return [status, headers.location]
    }
    await rename(now)
    assert.deepEqual(await ask(clients.stranger), [301, `/api/v1/people/${now}`])
    await rename(null)
    assert.deepEqual(await ask(clients.member), [301, `/api/v1/people/${id}`])
    await (await signedIn(app, { id })).put(`/api/v1/people/${blocked.id}/block`)
    assert.deepEqual(await ask(clients.blocked), [404, undefined])
    await database.owner.query("UPDATE released_usernames SET released_at = now() - interval '31 days'")
    assert.deepEqual(await ask(clients.member), [404, undefined])
  })

  test('goes to strangers with an ETag, and to members for themselves alone', async () => {
    const url = `/api/v1/people/${amina.id}`
    const { etag } = (await clients.stranger.get(url)).headers
    assert.equal((await clients.stranger.get(url, { 'if-none-match': String(etag) })).status, 304)
    assert.equal((await clients.member.get(url)).headers['cache-control'], 'private, no-store')
  })

  test('is there for someone whose profile and settings are missing', async () => {
    const bare = await makeUser(database.owner)
    for (const table of ['user_profiles', 'user_settings'])
      await database.owner.query(`DELETE FROM ${table} WHERE user_id = $1`, [bare.id])
    const { status, body } = await clients.member.get<{ profile: Body }>(`/api/v1/people/${bare.id}`)
    const { email, bio, takes_messages } = body.profile
    assert.deepEqual([status, email, bio, takes_messages], [200, null, null, true])
  })

  test('says no more that someone coaches once their role has ended', async () => {
    const coach = await makeUser(database.owner)
    const { user_role_id } = await insert(database.owner, 'user_roles', {
      user_id: coach.id,
      role_name: 'coach',
    })
    const isCoach = async () =>
      (await clients.stranger.get<{ profile: Body }>(`/api/v1/people/${coach.id}`)).body.profile.is_coach
    assert.equal(await isCoach(), true)
    await database.owner.query('UPDATE user_roles SET revoked_at = now() WHERE user_role_id = $1', [
      user_role_id,
    ])
    assert.equal(await isCoach(), false)
  })

  async function choose({ show_email, show_phone, ...settings }: Choices): Promise<void> {
    await database.owner.query(
      'UPDATE user_profiles SET show_email = $2, show_phone = $3 WHERE user_id = $1',
      [amina.id, show_email, show_phone],
    )
    await database.owner.query(
      'UPDATE user_settings SET profile_visibility = $2, show_activity = $3, allow_messages = $4 WHERE user_id = $1',
      [amina.id, settings.profile_visibility, settings.show_activity, settings.allow_messages],
    )
  }

  function expected(reader: Reader, choices: Choices): Body {
    const visible = SEES[choices.profile_visibility].includes(reader)
    const closest = CLOSEST.includes(reader)
    const card = {
      user_id: amina.id,
      username: amina.row.username,
      full_name: 'Amina Wanjiru',
      profile_photo_url: 'the-photo',
    }
    const profile = {
      ...FILLED,
      ...{ post_count: 3, follower_count: 4, following_count: 5 },
      email: choices.show_email || closest ? amina.email : null,
      phone_number: choices.show_phone || closest ? '+254 ••• secret' : null,
      member_since: amina.row.created_at!.replace(' ', 'T').replace(/\+00$/, '+00:00'),
      is_coach: true,
      takes_messages: isMember(reader) ? takesMessages(reader, choices) : null,
    }
    return {
      ...card,
      online: visible && choices.show_activity ? true : null,
      profile: visible ? profile : null,
      relation: isMember(reader) ? relationOf(reader) : null,
    }
  }
})

/** Every combination of what someone may choose. */
function* everyChoice(profile_visibility: Visibility): Generator<Choices> {
  for (const show_email of [true, false])
    for (const show_phone of [true, false])
      for (const show_activity of [true, false])
        for (const allow_messages of ['all', 'connections_only', 'off'] as const)
          yield { profile_visibility, show_email, show_phone, show_activity, allow_messages }
}

/** Somebody else who is signed in. */
function isMember(reader: Reader): boolean {
  return reader !== 'stranger' && reader !== 'oneself'
}

function takesMessages(reader: Reader, { allow_messages }: Choices): boolean {
  if (reader === 'blocked_staff') return false
  return allow_messages === 'all' || (allow_messages === 'connections_only' && reader === 'followed')
}

function relationOf(reader: Reader) {
  return {
    following: reader === 'follower',
    followed_by: reader === 'followed',
    muted: reader === 'member',
    blocked: reader === 'blocker',
  }
}
