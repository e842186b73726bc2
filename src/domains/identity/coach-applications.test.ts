import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { type Client, clientOf, signedIn, startApp, type TestApp } from '../../testing/client.ts'
import { createTestDatabase, type TestDatabase } from '../../testing/database.ts'
import { makeCoachApplication, makeUser } from '../../testing/factories.ts'
import { untilWaiting } from '../../testing/waiting.ts'

type Application = {
  application_id: string
  status: string
  decision_note: string | null
  may_apply_again_at: string | null
  code?: string
}

const WISH = {
  motivation: 'I have taught tailors to price their work for six years.',
  experience: 'Two hundred traders in Gikomba, one by one.',
  specialties: ['Pricing', 'Négociation “dure”'],
  languages: ['en', 'sw'],
  hourly_rate: { amount_minor: 250_000, currency: 'KES' },
}

describe('asking to become a coach', () => {
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

  const PATH = '/api/v1/me/coach-application'
  const apply = (client: Client, changes: object = {}) =>
    client.post<Application>(PATH, { ...WISH, ...changes })
  const someone = async (...roles: string[]) => {
    const user = await makeUser(database.owner, {}, ...roles)
    return { user, client: await signedIn(app, user) }
  }
  const reject = (userId: string, daysAgo: number) =>
    database.owner.query(
      `UPDATE coach_applications SET status = 'rejected', submitted_at = submitted_at - $2 * interval '1 day' - interval '1 hour',
         reviewed_at = now() - $2 * interval '1 day'
       WHERE user_id = $1 AND status = 'submitted'`,
      [userId, daysAgo],
    )

  test('hands an application in, which its author alone reads', async () => {
    const { client } = await someone()
    const none = await client.get<Application>(PATH)
    assert.deepEqual([none.status, none.body.code], [404, 'coach_application.not_found'])
    const { status, body } = await apply(client, { links: ['https://example.com/me'] })
    assert.equal(status, 201)
    assert.deepEqual(
      { ...body, application_id: undefined, submitted_at: undefined },
      {
        ...WISH,
        links: ['https://example.com/me'],
        status: 'submitted',
        application_id: undefined,
        submitted_at: undefined,
        reviewed_at: null,
        decision_note: null,
        may_apply_again_at: null,
      },
    )
    assert.deepEqual((await client.get(PATH)).body, body)
    const other = await someone()
    assert.equal((await other.client.get(PATH)).status, 404)
    assert.equal((await apply(clientOf(app))).status, 401)
  })

  test('takes one at a time, and another once it is withdrawn', async () => {
    const { client } = await someone()
    await apply(client)
    const second = await apply(client)
    assert.deepEqual([second.status, second.body.code], [409, 'coach_application.open'])
    assert.equal((await client.delete(PATH)).status, 204)
    assert.equal((await client.delete<Application>(PATH)).body.code, 'coach_application.not_found')
    assert.equal((await client.get<Application>(PATH)).body.status, 'withdrawn')
    assert.equal((await apply(client)).status, 201)
  })

  test('takes one of many that are handed in at once', async () => {
    const { user, client } = await someone()
    const replies = await Promise.all(Array.from({ length: 12 }, () => apply(client)))
    const codes = replies.map(({ status, body }) => body.code ?? status)
    assert.deepEqual(codes.sort(), [201, ...Array(11).fill('coach_application.open')])
    const { rows } = await database.owner.query(
      'SELECT count(*) AS n FROM coach_applications WHERE user_id = $1',
      [user.id],
    )
    assert.deepEqual(rows, [{ n: '1' }])
  })

  test('is not for who is a coach already, until they are one no longer', async () => {
    const { user, client } = await someone('coach')
    const refused = await apply(client)
    assert.deepEqual([refused.status, refused.body.code], [409, 'coach_application.already_coach'])
    await database.owner.query(
      `UPDATE user_roles SET revoked_at = now() WHERE user_id = $1 AND role_name = 'coach'`,
      [user.id],
    )
    assert.equal((await apply(client)).status, 201)
  })

  test('waits for thirty days after a refusal, and tells until when', async () => {
    const { user, client } = await someone()
    await apply(client)
    await reject(user.id, 29)
    const early = await apply(client)
    assert.deepEqual([early.status, early.body.code], [409, 'coach_application.too_soon'])
    const { body } = await client.get<Application>(PATH)
    const wait = Date.parse(String(body.may_apply_again_at)) - Date.now()
    assert.ok(wait > 0 && wait <= 86_400_000, `${wait} ms`)
    await database.owner.query(
      `UPDATE coach_applications SET submitted_at = submitted_at - interval '2 days', reviewed_at = reviewed_at - interval '2 days'
       WHERE user_id = $1`,
      [user.id],
    )
    assert.equal((await apply(client)).status, 201)
  })

  test('waits also when the refusal comes while the next one is handed in', async () => {
    const { user, client } = await someone()
    await apply(client)
    const reviewer = await database.owner.connect()
    try {
      await reviewer.query('BEGIN')
      await reviewer.query(
        `UPDATE coach_applications SET status = 'rejected', reviewed_at = now() WHERE user_id = $1`,
        [user.id],
      )
      // Past every check in code, as of the moment before the refusal: the database holds it by itself.
      const racing = makeCoachApplication(database.owner, user.id)
      const refused = assert.rejects(racing, /one_application_at_a_time/)
      await untilWaiting(database.owner)
      await reviewer.query('COMMIT')
      await refused
    } finally {
      reviewer.release()
    }
    assert.equal((await apply(client)).body.code, 'coach_application.too_soon')
  })

  test('refuses what it does not understand, and names the field', async () => {
    const { client } = await someone()
    for (const [changes, pointer] of [
      [{ motivation: '' }, '/motivation'],
      [{ motivation: ' \n ' }, '/motivation'],
      [{ experience: 'x'.repeat(4001) }, '/experience'],
      [{ specialties: [] }, '/specialties'],
      [{ specialties: ['Pricing', 'Pricing'] }, '/specialties'],
      [{ languages: ['English'] }, '/languages/0'],
      [{ links: ['javascript:alert(1)'] }, '/links/0'],
      [{ links: ['http://example.com'] }, '/links/0'],
      [{ hourly_rate: { amount_minor: 0, currency: 'KES' } }, '/hourly_rate/amount_minor'],
      [{ hourly_rate: { amount_minor: 100 } }, '/hourly_rate/currency'],
      [{ status: 'approved' }, '/status'],
      [{ reviewed_by: 'me' }, '/reviewed_by'],
      [{ decision_note: 'Welcome' }, '/decision_note'],
      [{ internal_note: 'Take her' }, '/internal_note'],
    ] as const) {
      const { status, body } = await client.post<{ errors: { pointer: string }[] }>(PATH, {
        ...WISH,
        ...changes,
      })
      assert.equal(status, 400, pointer)
      assert.equal(body.errors[0]?.pointer, pointer)
    }
    for (const [amount_minor, currency] of [
      [10_000_000_000, 'KES'],
      [100_000_000, 'UGX'],
    ] as const) {
      const { status } = await apply(client, { hourly_rate: { amount_minor, currency } })
      assert.equal(status, 422, currency)
    }
    assert.equal(
      (await apply(client, { hourly_rate: { amount_minor: 99_999_999, currency: 'UGX' } })).status,
      201,
    )
  })
})
