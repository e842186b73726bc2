import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { type Client, clientOf, signIn, signUp, startApp, type TestApp } from '../../testing/client.ts'
import { createTestDatabase, type TestDatabase } from '../../testing/database.ts'
import { insert, makeCoach, makeUser, type TestUser, testPassword, unique } from '../../testing/factories.ts'
import { forgetMe } from '../identity/index.ts'

type Me = {
  user_id: string
  email: string
  roles: { role_name: string; expires_at: string | null }[]
  subscription: { tier: string; status: string } | null
  profile: Record<string, unknown>
  settings: Record<string, unknown>
}

describe('my own page (P1)', () => {
  let database: TestDatabase
  let app: TestApp
  before(async () => {
    database = await createTestDatabase()
    app = await startApp(database)
  })
  after(async () => {
    await app.close()
    await database.close()
  })

  /** The client holds every reply to the schema of the document. */
  const read = async (client: Client) => {
    const reply = await client.get<Me>('/api/v1/me')
    assert.equal(reply.status, 200, reply.text)
    assert.equal(reply.headers['cache-control'], 'private, no-store')
    return reply.body
  }
  const rolesOf = ({ roles }: Me) => roles.map(({ role_name }) => role_name)
  const subscribe = (user: TestUser, status: string) =>
    insert(database.owner, 'subscriptions', {
      user_id: user.id,
      tier: 'thrive',
      billing_cycle: 'annual',
      amount: 12_000,
      currency: 'KES',
      status,
      current_period_start: new Date(),
      current_period_end: new Date(Date.now() + 86_400_000),
    })

  test('is whole for someone who has just come', async () => {
    const newcomer = await signUp(app, database.owner, {
      email: `${unique('new')}@example.com`,
      password: testPassword,
      full_name: 'Kwame Mensah',
    })
    const me = await read(newcomer)
    assert.deepEqual([rolesOf(me), me.subscription], [['member'], null])
    assert.equal(me.settings.profile_visibility, 'public')
    assert.equal(me.profile.post_count, 0)
  })

  test('names the roles in force, and no others', async () => {
    for (const role of ['coach', 'partner', 'admin', 'super_admin']) {
      const user = await makeUser(database.owner, {}, role)
      assert.deepEqual(rolesOf(await read(await signIn(app, user))), [role, 'member'].sort())
    }
    const { owner } = database
    const user = await makeUser(owner)
    const hour = 3_600_000
    const at = (hours: number) => new Date(Date.now() + hours * hour)
    await insert(owner, 'user_roles', { user_id: user.id, role_name: 'coach', expires_at: at(1) })
    const past = { user_id: user.id, valid_from: at(-2), granted_at: at(-2) }
    await insert(owner, 'user_roles', { ...past, role_name: 'partner', expires_at: at(-1) })
    await insert(owner, 'user_roles', { ...past, role_name: 'admin', revoked_at: at(-1) })
    await insert(owner, 'user_roles', { user_id: user.id, role_name: 'admin', valid_from: at(1) })
    const me = await read(await signIn(app, user))
    assert.deepEqual(rolesOf(me), ['coach', 'member'])
    assert.ok(me.roles[0]?.expires_at)
  })

  test('tells a coach the rate in the minor units of its currency', async () => {
    for (const [hourly_rate, currency, amount_minor] of [
      [2500.5, 'KES', 250_050],
      [90_000, 'UGX', 90_000],
      [40.25, 'TND', 40_250],
    ] as const) {
      const skills = ['Pitching', 'Storytelling']
      const location = { country: 'KE', city: 'Kisumu', timezone: 'Africa/Nairobi' }
      const coach = await makeCoach(database.owner, {
        hourly_rate,
        currency,
        skills,
        location,
        rating_count: 3,
        rating_sum: 14,
      })
      const { profile } = await read(await signIn(app, coach))
      assert.deepEqual(profile.hourly_rate, { amount_minor, currency })
      assert.deepEqual([profile.skills, profile.location, profile.rating_average], [skills, location, 4.67])
    }
  })

  test('shows the membership that is live, also while it is past due', async () => {
    for (const [status, shown] of [
      ['active', 'active'],
      ['past_due', 'past_due'],
      ['suspended', 'suspended'],
      ['cancelled', undefined],
      ['expired', undefined],
    ]) {
      const user = await makeUser(database.owner)
      await subscribe(user, status!)
      assert.equal((await read(await signIn(app, user))).subscription?.status, shown, status)
    }
  })

  test('is there for someone whose profile and settings are missing', async () => {
    const user = await makeUser(database.owner)
    for (const table of ['user_profiles', 'user_settings']) {
      await database.owner.query(`DELETE FROM ${table} WHERE user_id = $1`, [user.id])
    }
    assert.equal((await read(await signIn(app, user))).user_id, user.id)
  })

  test('is one’s own only, holds no secret, and is for who is signed in', async () => {
    const users = await Promise.all([makeUser(database.owner), makeUser(database.owner, {}, 'admin')])
    const clients = await Promise.all(users.map((user) => signIn(app, user)))
    const pages = await Promise.all(Array.from({ length: 40 }, (_, n) => read(clients[n % 2]!)))
    for (const [n, page] of pages.entries()) assert.equal(page.email, users[n % 2]?.email)
    assert.doesNotMatch(JSON.stringify(pages), /password|secret|argon2|token|locked_until|failed_login/)
    assert.equal((await clientOf(app).get('/api/v1/me')).status, 401)
  })

  test('is cached until it is forgotten, and gone with the account', async () => {
    const user = await makeUser(database.owner)
    const client = await signIn(app, user)
    await read(client)
    const rename = 'UPDATE user_profiles SET brand_name = $2 WHERE user_id = $1'
    await database.owner.query(rename, [user.id, 'Duka la Amina'])
    assert.equal((await read(client)).profile.brand_name, null, 'cached')
    await forgetMe(app.services, user.id)
    assert.equal((await read(client)).profile.brand_name, 'Duka la Amina')
    await database.owner.query("UPDATE users SET status = 'suspended' WHERE user_id = $1", [user.id])
    await forgetMe(app.services, user.id)
    assert.equal((await client.get('/api/v1/me')).status, 401)
  })
})
