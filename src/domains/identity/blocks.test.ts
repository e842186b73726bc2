import assert from 'node:assert/strict'
import { after, before, beforeEach, describe, test } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import pg from 'pg'
import { type Client, clientOf, signedIn, startApp, type TestApp } from '../../testing/client.ts'
import { createTestDatabase, type TestDatabase } from '../../testing/database.ts'
import { makeUser, type TestUser } from '../../testing/factories.ts'
import { isBlockedBetween, mayMessage } from './index.ts'

type Page = { items: { user_id: string }[]; next_cursor: string | null }

const PAIRS = 60

describe('blocking and muting', () => {
  let database: TestDatabase
  let app: TestApp
  let amina: TestUser
  let kwame: TestUser
  let asAmina: Client
  let asKwame: Client
  before(async () => {
    database = await createTestDatabase()
    app = await startApp(database)
  })
  beforeEach(async () => {
    amina = await makeUser(database.owner)
    kwame = await makeUser(database.owner)
    asAmina = await signedIn(app, amina)
    asKwame = await signedIn(app, kwame)
  })
  after(async () => {
    await app.close()
    await database.close()
  })

  const put = (client: Client, user: { id: string }, what: string) =>
    client.put(`/api/v1/people/${user.id}/${what}`)
  const take = (client: Client, user: { id: string }, what: string) =>
    client.delete(`/api/v1/people/${user.id}/${what}`)
  const idsOf = async (client: Client, url: string) =>
    (await client.get<Page>(url)).body.items.map(({ user_id }) => user_id)
  const edges = async () => {
    const { rows } = await database.owner.query<{ edge: string }>(
      `SELECT follower_id || ' ' || following_id AS edge FROM user_connections
       WHERE follower_id = ANY ($1) AND following_id = ANY ($1)`,
      [[amina.id, kwame.id]],
    )
    return rows.map(({ edge }) => edge)
  }

  test('ends the follows both ways, lets none begin, and does not bring them back', async () => {
    await put(asAmina, kwame, 'follow')
    await put(asKwame, amina, 'follow')
    for (let n = 0; n < 2; n++) assert.equal((await put(asAmina, kwame, 'block')).status, 204)
    assert.deepEqual(await edges(), [])
    const [theirs, mine] = [await put(asKwame, amina, 'follow'), await put(asAmina, kwame, 'follow')]
    assert.deepEqual([theirs.status, theirs.body.code], [404, 'person.not_found'])
    assert.deepEqual([mine.status, mine.body.code], [409, 'person.blocked'])
    for (let n = 0; n < 2; n++) assert.equal((await take(asAmina, kwame, 'block')).status, 204)
    assert.deepEqual(await edges(), [])
    assert.equal((await put(asKwame, amina, 'follow')).status, 204)
  })

  test('takes the other out of sight: 404 for who is blocked, the card alone for who blocks', async () => {
    await put(asAmina, kwame, 'block')
    assert.equal((await asKwame.get(`/api/v1/people/${amina.id}`)).status, 404)
    const { body } = await asAmina.get<{ profile: unknown; relation: unknown }>(`/api/v1/people/${kwame.id}`)
    assert.deepEqual(body.relation, { following: false, followed_by: false, muted: false, blocked: true })
    assert.equal(body.profile, null)
  })

  test('is seen by who did it, and by nobody else in any list', async () => {
    await put(asAmina, kwame, 'block')
    await put(asAmina, kwame, 'mute')
    for (const [client, expected] of [
      [asAmina, [kwame.id]],
      [asKwame, []],
      [await signedIn(app, await makeUser(database.owner, {}, 'super_admin')), []],
    ] as const) {
      assert.deepEqual(await idsOf(client, '/api/v1/me/blocks'), expected)
      assert.deepEqual(await idsOf(client, '/api/v1/me/mutes'), expected)
    }
    assert.equal((await clientOf(app).get('/api/v1/me/blocks')).status, 401)
    const { body } = await asKwame.get(`/api/v1/people/${kwame.id}`)
    assert.doesNotMatch(JSON.stringify(body), new RegExp(amina.id))
  })

  test('may be answered by who was blocked, and holds until both have taken it back', async () => {
    await put(asAmina, kwame, 'block')
    assert.equal((await put(asKwame, amina, 'block')).status, 204)
    assert.equal((await put(asKwame, amina, 'mute')).status, 204)
    assert.deepEqual(await idsOf(asKwame, '/api/v1/me/blocks'), [amina.id])
    await take(asAmina, kwame, 'block')
    assert.equal((await put(asAmina, kwame, 'follow')).status, 404)
    await take(asKwame, amina, 'block')
    assert.equal((await put(asAmina, kwame, 'follow')).status, 204)
  })

  test('is of somebody else who is there', async () => {
    for (const what of ['block', 'mute']) {
      for (const id of [amina.id, amina.id.toUpperCase()]) {
        const oneself = await put(asAmina, { id }, what)
        assert.deepEqual([oneself.status, oneself.body.code], [409, 'person.is_oneself'])
      }
      const id = '019a0000-0000-7000-8000-000000000000'
      const nobody = await put(asAmina, { id }, what)
      assert.deepEqual([nobody.status, nobody.body.code], [404, 'person.not_found'])
      assert.equal((await take(asAmina, { id }, what)).status, 204)
      assert.equal((await put(clientOf(app), kwame, what)).status, 401)
    }
  })

  test('leaves a trace for staff when it begins and when it ends', async () => {
    for (let n = 0; n < 2; n++) await put(asAmina, kwame, 'block')
    for (let n = 0; n < 2; n++) await take(asAmina, kwame, 'block')
    const { rows } = await database.owner.query(
      'SELECT action, entity_id FROM audit_logs WHERE user_id = $1 ORDER BY log_id',
      [amina.id],
    )
    assert.deepEqual(rows, [
      { action: 'identity.person_blocked', entity_id: kwame.id },
      { action: 'identity.person_unblocked', entity_id: kwame.id },
    ])
  })

  test('is listed newest first, page by page', async () => {
    const people: TestUser[] = []
    for (let n = 0; n < 5; n++) people.unshift(await makeUser(database.owner))
    for (const what of ['block', 'mute']) {
      for (const person of people.toReversed()) await put(asAmina, person, what)
      const walked: string[] = []
      for (let cursor: string | null = ''; cursor !== null; ) {
        const url: string = `/api/v1/me/${what}s?limit=2${cursor && `&cursor=${cursor}`}`
        const { body }: { body: Page } = await asAmina.get<Page>(url)
        walked.push(...body.items.map(({ user_id }) => user_id))
        cursor = body.next_cursor
      }
      assert.deepEqual(
        walked,
        people.map(({ id }) => id),
      )
    }
    const { body } = await asAmina.get<Page>('/api/v1/me/blocks?limit=2')
    const { status } = await asAmina.get(`/api/v1/me/mutes?cursor=${body.next_cursor}`)
    assert.equal(status, 400)
  })

  test('decides who takes messages from whom', async () => {
    const { db } = app.services
    const may = (from: TestUser, to: TestUser) => mayMessage(db.anonymous, from.id, to.id)
    const allow = (value: string) =>
      database.owner.query('UPDATE user_settings SET allow_messages = $2 WHERE user_id = $1', [
        amina.id,
        value,
      ])
    assert.deepEqual([await may(kwame, amina), await may(amina, amina)], [true, false])
    await allow('off')
    assert.equal(await may(kwame, amina), false)
    await allow('connections_only')
    await put(asKwame, amina, 'follow')
    assert.equal(await may(kwame, amina), false, 'a sender cannot bring it about')
    await put(asAmina, kwame, 'follow')
    assert.equal(await may(kwame, amina), true)
    await allow('all')
    for (const [client, other] of [
      [asAmina, kwame],
      [asKwame, amina],
    ] as const) {
      assert.equal(await isBlockedBetween(db.anonymous, amina.id, kwame.id), false)
      await put(client, other, 'block')
      assert.deepEqual([await may(kwame, amina), await may(amina, kwame)], [false, false])
      assert.equal(await isBlockedBetween(db.anonymous, amina.id, kwame.id), true)
      assert.equal(await isBlockedBetween(db.anonymous, kwame.id, amina.id), true)
      await take(client, other, 'block')
    }
    await database.owner.query("UPDATE users SET status = 'suspended' WHERE user_id = $1", [amina.id])
    assert.equal(await may(kwame, amina), false)
  })

  test(`${PAIRS} pairs who follow and block each other at once are left with no follow across a block`, async () => {
    const people = await Promise.all(Array.from({ length: 2 * PAIRS }, () => makeUser(database.owner)))
    const clients = await Promise.all(people.map((person) => signedIn(app, person)))
    const replies = await Promise.all(
      Array.from({ length: PAIRS }, (_, n) => 2 * n).flatMap((n) => {
        const [one, other] = [
          [clients[n]!, people[n + 1]!],
          [clients[n + 1]!, people[n]!],
        ] as const
        const follows = () => [put(...one, 'follow'), put(...other, 'follow')]
        return n % 4
          ? [...follows(), put(...one, 'block'), ...follows()]
          : [put(...other, 'block'), ...follows(), put(...one, 'block')]
      }),
    )
    assert.ok(
      replies.every(({ status }) => [204, 404, 409].includes(status)),
      replies.find(({ status }) => ![204, 404, 409].includes(status))?.text,
    )
    const { rows } = await database.owner.query(
      `
      SELECT (SELECT count(*) FROM user_blocks WHERE blocker_id = ANY ($1)) AS blocks,
        (SELECT count(*) FROM user_connections WHERE follower_id = ANY ($1)) AS follows`,
      [people.map(({ id }) => id)],
    )
    assert.deepEqual(rows, [{ blocks: String(PAIRS * 1.5), follows: '0' }])
    assert.deepEqual((await database.owner.query('SELECT * FROM counter_drift()')).rows, [])
  })

  for (const [first, second, says] of [
    ['follow', 'block', 'a block waits for a follow that is not committed yet, and ends it'],
    ['block', 'follow', 'a follow waits for a block that is not committed yet, and is refused'],
  ] as const)
    test(says, async () => {
      const [one, other] = [await connected(), await connected()]
      const statement = {
        follow: `INSERT INTO user_connections (follower_id, following_id) VALUES ('${kwame.id}', '${amina.id}')`,
        block: `INSERT INTO user_blocks (blocker_id, blocked_id) VALUES ('${amina.id}', '${kwame.id}')`,
      }
      await one.query('BEGIN')
      await one.query(statement[first])
      let settled = false
      const meeting = other.query(statement[second]).then(
        () => 'done',
        (error: pg.DatabaseError) => error.constraint,
      )
      void meeting.then(() => {
        settled = true
      })
      await delay(150)
      assert.equal(settled, false, 'it waits')
      await one.query('COMMIT')
      assert.equal(await meeting, second === 'follow' ? 'follower_is_not_blocked' : 'done')
      assert.deepEqual(await edges(), [])
      await Promise.all([one.end(), other.end()])
    })

  test('is not written under a snapshot that is older than the wait', async () => {
    const client = await connected()
    for (const level of ['REPEATABLE READ', 'SERIALIZABLE'])
      for (const statement of [
        `INSERT INTO user_connections (follower_id, following_id) VALUES ('${kwame.id}', '${amina.id}')`,
        `INSERT INTO user_blocks (blocker_id, blocked_id) VALUES ('${amina.id}', '${kwame.id}')`,
      ]) {
        await client.query(`BEGIN ISOLATION LEVEL ${level}`)
        await assert.rejects(client.query(statement), /read committed/)
        await client.query('ROLLBACK')
      }
    await client.end()
  })

  async function connected(): Promise<pg.Client> {
    const client = new pg.Client({ connectionString: database.ownerUrl })
    await client.connect()
    return client
  }
})
