import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { accepted, type Client, clientOf, startApp, type TestApp } from '../../testing/client.ts'
import { createTestDatabase, type TestDatabase } from '../../testing/database.ts'
import { testPassword, unique } from '../../testing/factories.ts'

type Problem = { code: string; errors: { pointer: string; code: string }[] }

describe('the terms and the privacy notice', () => {
  let database: TestDatabase
  let app: TestApp
  let stranger: Client
  before(async () => {
    database = await createTestDatabase()
    app = await startApp(database)
    stranger = clientOf(app)
  })
  after(async () => {
    await app.close()
    await database.close()
  })

  const register = (email: string, values: object) =>
    stranger.post<Problem>('/api/v1/auth/register', {
      email,
      password: testPassword,
      full_name: 'Amina',
      ...values,
    })
  const consentsOf = async (email: string) => {
    const { rows } = await database.owner.query(
      `SELECT purpose, version, granted, source, host(ip_address) AS ip FROM user_consents
       JOIN users USING (user_id) WHERE email = $1 ORDER BY consent_id`,
      [email],
    )
    return rows
  }

  test('are agreed to by whoever registers, and it is kept who agreed to which version, and from where', async () => {
    const email = `${unique('amina')}@example.com`
    assert.equal((await register(email, { accepted })).status, 202)
    const consent = { version: '1', granted: 't', source: 'registration', ip: '127.0.0.1' }
    assert.deepEqual(await consentsOf(email), [
      { purpose: 'terms', ...consent },
      { purpose: 'privacy', ...consent },
    ])
    await register(email, { accepted })
    assert.equal((await consentsOf(email)).length, 4, 'who registers again says so again')
  })

  test('are not agreed to by silence, nor by agreeing to half or to another version', async () => {
    const email = `${unique('zuri')}@example.com`
    for (const [values, code, pointers] of [
      [{}, 'legal.acceptance_required', ['/accepted/terms', '/accepted/privacy']],
      [{ accepted: { terms: '1' } }, 'legal.acceptance_required', ['/accepted/privacy']],
      [{ accepted: { terms: '0', privacy: '1' } }, 'legal.version_outdated', ['/accepted/terms']],
    ] as const) {
      const { status, body } = await register(email, values)
      assert.deepEqual([status, body.code], [422, code])
      assert.deepEqual(
        body.errors.map(({ pointer }) => pointer),
        pointers,
      )
    }
    assert.deepEqual(await consentsOf(email), [])
  })

  test('hold in the newest version that has begun', async () => {
    await database.owner.query(
      `INSERT INTO legal_documents VALUES
        ('terms', '2', now() - interval '1 minute'), ('privacy', '2', now() + interval '1 day')`,
    )
    const { body } = await stranger.get<Record<string, { version: string }>>('/api/v1/legal')
    assert.deepEqual([body.terms?.version, body.privacy?.version], ['2', '1'])
    const email = `${unique('juma')}@example.com`
    assert.equal((await register(email, { accepted })).body.code, 'legal.version_outdated')
    assert.equal((await register(email, { accepted: { terms: '2', privacy: '1' } })).status, 202)
  })
})
