import assert from 'node:assert/strict'
import { after, before, beforeEach, describe, test } from 'node:test'
import { sql } from 'kysely'
import { type Client, clientOf, signedIn, startApp, type TestApp } from '../../testing/client.ts'
import { createTestDatabase, type TestDatabase } from '../../testing/database.ts'
import { insert, makeUser, type TestUser } from '../../testing/factories.ts'
import { markPresent } from './presence.ts'

type Item = { user_id: string; full_name: string; online: boolean | null }
type Page = { items: Item[]; next_cursor: string | null }
type Person = {
  profile: { follower_count: number; following_count: number }
  relation: Record<string, boolean>
}

const CROWD = 100

describe('following', () => {
  let database: TestDatabase
  let app: TestApp
  let amina: TestUser
  let kwame: TestUser
  let asAmina: Client
  let asKwame: Client
  let stranger: Client
  before(async () => {
    database = await createTestDatabase()
    app = await startApp(database)
    stranger = clientOf(app)
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

  const follow = (client: Client, user: { id: string }) => client.put(`/api/v1/people/${user.id}/follow`)
  const unfollow = (client: Client, user: { id: string }) => client.delete(`/api/v1/people/${user.id}/follow`)
  const fold = () => database.owner.query('SELECT FROM fold_counters()')
  const read = async (client: Client, user: { id: string }) =>
    (await client.get<Person>(`/api/v1/people/${user.id}`)).body
  const counts = async (user: { id: string }) => (await read(stranger, user)).profile
  const list = async (client: Client, user: { id: string }, side: string, query = '') =>
    client.get<Page>(`/api/v1/people/${user.id}/${side}?${query}`)
  const idsOf = ({ body }: { body: Page }) => body.items.map(({ user_id }) => user_id)
  const drift = async () => (await database.owner.query('SELECT * FROM counter_drift()')).rows

  test('somebody twice is following them once, and taking it back twice is following nobody', async () => {
    for (let n = 0; n < 2; n++) assert.equal((await follow(asAmina, kwame)).status, 204)
    await fold()
    assert.deepEqual((await read(asAmina, kwame)).relation.following, true)
    assert.deepEqual((await read(asKwame, amina)).relation.followed_by, true)
    assert.equal((await counts(kwame)).follower_count, 1)
    assert.equal((await counts(amina)).following_count, 1)
    assert.deepEqual(idsOf(await list(stranger, kwame, 'followers')), [amina.id])
    assert.deepEqual(idsOf(await list(stranger, amina, 'following')), [kwame.id])
    for (let n = 0; n < 2; n++) assert.equal((await unfollow(asAmina, kwame)).status, 204)
    await fold()
    assert.equal((await counts(kwame)).follower_count, 0)
    assert.deepEqual(idsOf(await list(stranger, kwame, 'followers')), [])
  })

  test('oneself is refused, however one’s id is written', async () => {
    for (const id of [amina.id, amina.id.toUpperCase()]) {
      const { status, body } = await follow(asAmina, { id })
      assert.deepEqual([status, body.code], [409, 'person.is_oneself'])
    }
  })

  test('is for who is signed in, and finds nobody who is not there', async () => {
    assert.equal((await follow(stranger, kwame)).status, 401)
    const gone = await makeUser(database.owner, { status: 'suspended' })
    for (const id of [gone.id, '019a0000-0000-7000-8000-000000000000']) {
      const { status, body } = await follow(asAmina, { id })
      assert.deepEqual([status, body.code], [404, 'person.not_found'])
      assert.equal((await unfollow(asAmina, { id })).status, 204)
    }
    assert.equal((await follow(asAmina, { id: 'kwame' })).status, 400)
  })

  test('ends by the one who is followed, too', async () => {
    await follow(asKwame, amina)
    await follow(asAmina, kwame)
    for (let n = 0; n < 2; n++)
      assert.equal((await asAmina.delete(`/api/v1/me/followers/${kwame.id}`)).status, 204)
    assert.deepEqual(idsOf(await list(stranger, amina, 'followers')), [])
    assert.deepEqual(idsOf(await list(stranger, amina, 'following')), [kwame.id], 'not the other way round')
  })

  test(`a hundred people and one person a hundred times, back and forth at once, leaves true counts`, async () => {
    const people = await Promise.all(Array.from({ length: CROWD }, () => makeUser(database.owner)))
    const crowd = await Promise.all(people.map((person) => signedIn(app, person)))
    const replies = await Promise.all(
      crowd.flatMap((client, n) => [
        follow(client, amina),
        n % 2 ? unfollow(client, amina) : follow(client, amina),
        n % 3 ? follow(asKwame, amina) : unfollow(asKwame, amina),
        follow(asAmina, people[n]!),
        asAmina.delete(`/api/v1/me/followers/${people[n]!.id}`),
      ]),
    )
    assert.deepEqual([...new Set(replies.map(({ status }) => status))], [204])
    assert.deepEqual(await drift(), [], 'base and pending together')
    await fold()
    const { rows } = await database.owner.query(
      `SELECT (SELECT count(*) FROM user_connections WHERE following_id = $1) AS followers,
         (SELECT count(*) FROM user_connections WHERE follower_id = $1) AS following`,
      [amina.id],
    )
    const { follower_count, following_count } = await counts(amina)
    assert.deepEqual({ followers: String(follower_count), following: String(following_count) }, rows[0])
    assert.equal(following_count, CROWD)
    assert.deepEqual(await drift(), [], 'after the fold')
  })

  test('is listed newest first, each once, though many came at one moment and others come', async () => {
    const expected: string[] = []
    for (let n = 0; n < 11; n++) {
      const { id } = await makeUser(database.owner)
      await insert(database.owner, 'user_connections', {
        follower_id: id,
        following_id: amina.id,
        created_at: `2026-03-01T09:30:00.12345${Math.floor(n / 4)}Z`,
      })
    }
    const { rows } = await database.owner.query<{ follower_id: string }>(
      'SELECT follower_id FROM user_connections WHERE following_id = $1 ORDER BY created_at DESC, connection_id DESC',
      [amina.id],
    )
    expected.push(...rows.map(({ follower_id }) => follower_id))
    const walked: string[] = []
    for (let cursor: string | null = ''; cursor !== null; ) {
      const page: { body: Page } = await list(
        stranger,
        amina,
        'followers',
        `limit=3${cursor && `&cursor=${cursor}`}`,
      )
      walked.push(...idsOf(page))
      cursor = page.body.next_cursor
      await follow(await signedIn(app, await makeUser(database.owner)), amina)
    }
    assert.deepEqual(walked, expected)
  })

  test('takes the cursor of no other list', async () => {
    for (let n = 0; n < 2; n++) await follow(await signedIn(app, await makeUser(database.owner)), amina)
    const { body } = await list(stranger, amina, 'followers', 'limit=1')
    for (const [user, side] of [
      [amina, 'following'],
      [kwame, 'followers'],
    ] as const) {
      const reply = await list(stranger, user, side, `cursor=${body.next_cursor}`)
      assert.deepEqual([reply.status, (reply.body as { code?: string }).code], [400, 'cursor.invalid'])
    }
  })

  test('is told to those who see the profile, and of a private one to its owner and staff alone', async () => {
    await follow(asKwame, amina)
    await follow(asAmina, kwame)
    const staff = await signedIn(app, await makeUser(database.owner, {}, 'admin'))
    for (const [visibility, statuses] of [
      ['public', [200, 200, 200, 200]],
      ['members_only', [403, 200, 200, 200]],
      ['private', [403, 403, 200, 200]],
    ] as const) {
      await database.owner.query('UPDATE user_settings SET profile_visibility = $2 WHERE user_id = $1', [
        amina.id,
        visibility,
      ])
      for (const side of ['followers', 'following']) {
        const replies = await Promise.all(
          [stranger, asKwame, staff, asAmina].map((client) => list(client, amina, side)),
        )
        assert.deepEqual(
          replies.map(({ status }) => status),
          statuses,
          `${visibility} ${side}`,
        )
        for (const { status, body } of replies)
          if (status === 403) assert.equal((body as { code?: string }).code, 'person.hidden')
          else assert.deepEqual(body.items[0]?.user_id, kwame.id)
      }
    }
  })

  test('leaves out whom a block keeps from the reader, both ways, and who is not active', async () => {
    const [silent, loud, suspended] = [
      await makeUser(database.owner),
      await makeUser(database.owner),
      await makeUser(database.owner),
    ]
    for (const user of [silent, loud, suspended, kwame]) {
      await follow(await signedIn(app, user), amina)
      await follow(asAmina, user)
    }
    await insert(database.owner, 'user_blocks', { blocker_id: kwame.id, blocked_id: loud.id })
    await insert(database.owner, 'user_blocks', { blocker_id: silent.id, blocked_id: kwame.id })
    await database.owner.query("UPDATE users SET status = 'suspended' WHERE user_id = $1", [suspended.id])
    for (const side of ['followers', 'following']) {
      assert.deepEqual(idsOf(await list(asKwame, amina, side)), [kwame.id])
      assert.deepEqual(idsOf(await list(stranger, amina, side)), [kwame.id, loud.id, silent.id])
    }
  })

  test('shows who is online among those who share it', async () => {
    const people = await Promise.all(
      ['online', 'away', 'hides it', 'private'].map((full_name) => makeUser(database.owner, { full_name })),
    )
    for (const { id } of people)
      await insert(database.owner, 'user_connections', { follower_id: id, following_id: amina.id })
    const [online, , hides, hidden] = people
    for (const person of [online, hides, hidden]) markPresent(app.services, person!.id)
    await database.owner.query('UPDATE user_settings SET show_activity = false WHERE user_id = $1', [
      hides!.id,
    ])
    await database.owner.query("UPDATE user_settings SET profile_visibility = 'private' WHERE user_id = $1", [
      hidden!.id,
    ])
    const { body } = await list(asKwame, amina, 'followers')
    assert.deepEqual(Object.fromEntries(body.items.map((item) => [item.full_name, item.online])), {
      online: true,
      away: false,
      'hides it': null,
      private: null,
    })
  })

  test('one of twenty thousand reads a page and no more of them', async () => {
    await database.owner.query(`
      INSERT INTO users (email, full_name) SELECT 'crowd' || n || '@example.com', 'Crowd' FROM generate_series(1, 20000) n;
      INSERT INTO user_connections (follower_id, following_id)
      SELECT user_id, '${amina.id}' FROM users WHERE full_name = 'Crowd' UNION ALL
      SELECT '${amina.id}', user_id FROM users WHERE full_name = 'Crowd';
      ANALYZE user_connections, users`)
    for (const list of [sql`followers_of`, sql`followed_by`]) {
      const fetched = await database.db.transaction(null, async (tx) => {
        // Six times: then plpgsql keeps one plan for whatever comes.
        for (let n = 0; n < 6; n++)
          await sql`SELECT FROM ${list}(${amina.id}, 'infinity', NULL, 21)`.execute(tx)
        const { rows } = await sql<{ rows: number }>`
          SELECT pg_stat_get_xact_tuples_fetched('user_connections'::regclass) AS rows`.execute(tx)
        return rows[0]!.rows
      })
      assert.ok(fetched <= 6 * 25, `read ${fetched} follows for six pages of 21`)
    }
  })
})
