import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { type Client, clientOf, signedIn, startApp, type TestApp } from '../../testing/client.ts'
import { createTestDatabase, type TestDatabase } from '../../testing/database.ts'
import { insert, makeUser } from '../../testing/factories.ts'

type Item = {
  purpose: string
  current_version: string
  granted: boolean
  version: string | null
  is_due: boolean
}
type Consents = {
  items: Item[]
  history: { purpose: string; version: string; granted: boolean; source: string }[]
  code: string
}

describe('consents', () => {
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

  const someone = async () => {
    const user = await makeUser(database.owner)
    for (const purpose of ['terms', 'privacy'])
      await insert(database.owner, 'user_consents', {
        user_id: user.id,
        purpose,
        version: '1',
        granted: true,
        source: 'registration',
      })
    return { ...user, client: await signedIn(app, user) }
  }
  const say = (client: Client, purpose: string, granted: boolean, version = '1') =>
    client.put<Consents>(`/api/v1/me/consents/${purpose}`, { granted, version })
  const read = async (client: Client) => (await client.get<Consents>('/api/v1/me/consents')).body
  const due = async (client: Client) =>
    (await client.get<{ must_accept: string[] }>('/api/v1/me')).body.must_accept

  test('begin with what was agreed to at registration, and marketing off', async () => {
    const { client } = await someone()
    const { items, history } = await read(client)
    assert.deepEqual(
      items.map(({ purpose, granted, is_due }) => [purpose, granted, is_due]),
      [
        ['terms', true, false],
        ['privacy', true, false],
        ['marketing', false, false],
      ],
    )
    assert.deepEqual(
      history.map(({ source }) => source),
      ['registration', 'registration'],
    )
    assert.equal((await clientOf(app).get('/api/v1/me/consents')).status, 401)
  })

  test('to marketing are given and withdrawn alike, each word kept, the same word once', async () => {
    const { client, id } = await someone()
    for (const granted of [true, true, false, false, true])
      assert.equal((await say(client, 'marketing', granted)).status, 200)
    const { history } = await read(client)
    const said = history.filter(({ purpose }) => purpose === 'marketing')
    assert.deepEqual(
      said.map(({ granted }) => granted),
      [true, false, true],
    )
    await Promise.all(Array.from({ length: 6 }, () => say(client, 'marketing', false)))
    const now = (await read(client)).history.filter(({ purpose }) => purpose === 'marketing')
    assert.equal(now.length, 4, 'six at once are one')
    const { rows } = await database.owner.query(
      `SELECT action FROM audit_logs WHERE user_id = $1 AND action LIKE 'identity.consent%' ORDER BY log_id`,
      [id],
    )
    assert.equal(rows.length, 4)
  })

  test('to the terms are asked for again when their version changes, and P1 says so until they are accepted', async () => {
    const { client } = await someone()
    const newcomer = await makeUser(database.owner)
    const fresh = await signedIn(app, newcomer)
    assert.deepEqual(await due(client), [])
    await database.owner.query(`INSERT INTO legal_documents VALUES ('terms', '2', now())`)
    await app.services.cache.forget(...[client].map(() => `user:profile:${newcomer.id}`))
    const other = await someone()
    assert.deepEqual(await due(other.client), ['terms'])
    assert.deepEqual(await due(fresh), ['terms'], 'the account is older than the version')
    const [terms] = (await read(other.client)).items
    assert.deepEqual([terms?.current_version, terms?.version, terms?.is_due], ['2', '1', true])

    const refused = await say(other.client, 'terms', false, '2')
    assert.deepEqual([refused.status, refused.body.code], [409, 'consent.needed'])
    const old = await say(other.client, 'terms', true, '1')
    assert.deepEqual([old.status, old.body.code], [422, 'legal.version_outdated'])
    assert.deepEqual(await due(other.client), ['terms'])
    assert.equal((await say(other.client, 'terms', true, '2')).status, 200)
    assert.deepEqual(await due(other.client), [])
    await database.owner.query(`DELETE FROM legal_documents WHERE version = '2'`)
  })

  test('are nobody else’s to give, and never changed', async () => {
    const [amina, zuri] = [await someone(), await someone()]
    assert.equal((await say(amina.client, 'profiling', true)).status, 400)
    assert.deepEqual((await read(zuri.client)).history.length, 2)
    for (const db of [database.db, database.workerDb]) {
      const change = db.anonymous.updateTable('user_consents').set({ granted: false }).execute()
      await assert.rejects(change, /permission denied/)
    }
  })
})
