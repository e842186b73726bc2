import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { encodeCursor } from '../../platform/cursor.ts'
import { type Client, clientOf, signedIn, signIn, startApp, type TestApp } from '../../testing/client.ts'
import { createTestDatabase, type TestDatabase } from '../../testing/database.ts'
import { makePost, makeUser, type TestUser, type Values } from '../../testing/factories.ts'
import { forgetFeed } from './feed.ts'

type Item = { post_id: string; category: string; content: string; author: { user_id: string } | null }
type Page = { items: Item[]; next_cursor: string | null }

describe('the feed (P3)', () => {
  let database: TestDatabase
  let app: TestApp
  let stranger: Client
  let author: TestUser
  before(async () => {
    database = await createTestDatabase()
    app = await startApp(database)
    stranger = clientOf(app)
    author = await makeUser(database.owner)
  })
  after(async () => {
    await app.close()
    await database.close()
  })

  const make = async (values: Values = {}) =>
    (await makePost(database.owner, { author_id: author.id, ...values })).post_id!
  const read = async (query: string, client = stranger) =>
    (await client.get<Page>(`/api/v1/posts?${query}`)).body
  const idsOf = ({ items }: Page) => items.map(({ post_id }) => post_id)

  test('walks every post once, newest first, though others are written and many share their moment', async () => {
    const moments = Array.from({ length: 23 }, (_, n) => `2026-03-01T09:30:00.12345${Math.floor(n / 4)}Z`)
    const ids: string[] = []
    for (const published_at of moments) ids.push(await make({ category: 'question', published_at }))
    const { rows } = await database.owner.query<{ post_id: string }>(
      'SELECT post_id FROM posts WHERE post_id = ANY ($1) ORDER BY published_at DESC, post_id DESC',
      [ids],
    )
    const walked: string[] = []
    for (let cursor: string | null = ''; cursor !== null; ) {
      const page: Page = await read(`category=question&limit=5${cursor && `&cursor=${cursor}`}`)
      walked.push(...idsOf(page))
      cursor = page.next_cursor
      await make({ category: 'question' })
    }
    assert.deepEqual(
      walked,
      rows.map(({ post_id }) => post_id),
    )
  })

  test('takes no forged place for its own, whatever stands in it', async () => {
    const last = 'ffffffff-ffff-ffff-ffff-ffffffffffff'
    for (const key of [
      ["'; DROP TABLE posts; --", last],
      ['2026-03-01 09:30:00 Foo/Bar', last],
      ['2026-03-01 09:30:00+99:99', last],
      ['2026-03-01 25:61:61', last],
      ['300000-01-01', last],
      ['infinity', "' OR true"],
    ]) {
      const cursor = encodeCursor({ sort: 'published_at', key, filter: {} })
      const reply = await stranger.get(`/api/v1/posts?cursor=${cursor}`)
      assert.equal(reply.status, 400, `${key[0]}: ${reply.text}`)
    }
  })

  test('ends exactly where the posts end', async () => {
    for (let n = 0; n < 4; n++) await make({ category: 'project' })
    for (const [limit, last] of [
      [3, false],
      [4, true],
      [5, true],
    ] as const) {
      const page = await read(`category=project&limit=${limit}`)
      assert.equal(page.next_cursor === null, last, `limit ${limit}`)
    }
    assert.deepEqual(await read('category=announcement'), { items: [], next_cursor: null })
  })

  test('holds only what is published, of its category where one is asked for', async () => {
    const hidden = await Promise.all(
      ['draft', 'pending', 'flagged', 'removed'].map((status) => make({ category: 'discussion', status })),
    )
    const shown = await make({ category: 'discussion' })
    const own = await signIn(app, author)
    for (const page of [
      await read('category=discussion'),
      await read('limit=100'),
      await read('limit=100', own),
    ]) {
      assert.ok(idsOf(page).includes(shown))
      assert.ok(!idsOf(page).some((id) => hidden.includes(id)))
    }
    const { items } = await read('category=discussion')
    assert.deepEqual([...new Set(items.map(({ category }) => category))], ['discussion'])
  })

  test('refuses a cursor that is not its own', async () => {
    const { next_cursor } = await read('category=project&limit=1')
    assert.ok(next_cursor)
    const parts = JSON.parse(Buffer.from(next_cursor, 'base64url').toString())
    const forged = (key: unknown) =>
      Buffer.from(JSON.stringify([parts[0], parts[1], key, parts[3]])).toString('base64url')
    for (const query of [
      `cursor=${next_cursor}`,
      `category=story&cursor=${next_cursor}`,
      'cursor=bm9uc2Vuc2U',
      `cursor=${'x'.repeat(1024)}`,
      `category=project&cursor=${forged(['2026-01-01'])}`,
      `category=project&cursor=${forged([1, 2])}`,
    ]) {
      const reply = await stranger.get(`/api/v1/posts?${query}`)
      assert.deepEqual([reply.status, reply.body.code], [400, 'cursor.invalid'], query.slice(0, 80))
    }
    for (const key of [
      ['no date', parts[2][1]],
      ['2026-01-01', 'no id'],
      ["infinity'; --", parts[2][1]],
    ]) {
      const reply = await stranger.get(`/api/v1/posts?category=project&cursor=${forged(key)}`)
      assert.deepEqual([reply.status, reply.body.code], [400, 'request.invalid_value'], String(key))
    }
  })

  test('is cached, and shows a new post to its writer and everybody at once', async () => {
    const writer = await signIn(app, author)
    await read('category=story')
    await make({ category: 'story', content: 'past the application' })
    assert.equal((await read('category=story')).items.length, 0, 'cached')
    const { body } = await writer.post<Item>('/api/v1/posts', { content: 'Soko leo', category: 'story' })
    for (const client of [writer, stranger]) {
      assert.equal((await read('category=story', client)).items[0]?.post_id, body.post_id)
      assert.equal((await read('', client)).items[0]?.post_id, body.post_id)
    }
  })

  test('leaves out whom its reader has muted or blocked, at once and for them alone, on every page', async () => {
    const reader = await signedIn(app, await makeUser(database.owner))
    const others = await Promise.all([1, 2, 3].map(() => makeUser(database.owner)))
    const [muted, blocked, heard] = others as [TestUser, TestUser, TestUser]
    const posts: string[] = []
    for (let n = 0; n < 6; n++)
      posts.unshift(await make({ category: 'project', author_id: others[n % 3]!.id }))
    await forgetFeed(app.services, 'project')
    const seen = async (client: Client, query = 'category=project') => {
      const walked: string[] = []
      for (let cursor: string | null = ''; cursor !== null; ) {
        const page: Page = await read(`${query}${cursor && `&cursor=${cursor}`}`, client)
        walked.push(...idsOf(page).filter((id) => posts.includes(id)))
        cursor = page.next_cursor
      }
      return walked
    }
    const ofHeard = posts.filter((_, n) => n % 3 === 0)
    assert.deepEqual(await seen(reader), posts)
    await reader.put(`/api/v1/people/${muted.id}/mute`)
    await reader.put(`/api/v1/people/${blocked.id}/block`)
    for (const query of ['category=project', 'category=project&limit=1', 'limit=2', 'limit=100', ''])
      assert.deepEqual(await seen(reader, query), ofHeard, query)
    const { headers } = await reader.get('/api/v1/posts?category=project')
    assert.deepEqual([headers['cache-control'], headers.etag], ['private, no-store', undefined])
    for (const client of [stranger, await signedIn(app, heard), await signedIn(app, blocked)])
      assert.deepEqual(await seen(client), posts)
    await reader.delete(`/api/v1/people/${muted.id}/mute`)
    await reader.delete(`/api/v1/people/${blocked.id}/block`)
    assert.deepEqual(await seen(reader), posts)
  })

  test('is never sent twice to who has it', async () => {
    const first = await stranger.get('/api/v1/posts?category=project')
    const again = await stranger.get('/api/v1/posts?category=project', {
      'if-none-match': String(first.headers.etag),
    })
    assert.deepEqual([again.status, again.text], [304, ''])
  })

  test('keeps the writing of who was erased, without a name', async () => {
    const gone = await makeUser(database.owner)
    await make({ category: 'announcement', author_id: null, content: 'nobody’s' })
    await make({ category: 'announcement', author_id: gone.id, content: 'of an account that is gone' })
    await database.owner.query("UPDATE users SET status = 'deleted' WHERE user_id = $1", [gone.id])
    const { items } = await read('category=announcement&limit=2')
    assert.deepEqual(
      items.map(({ author }) => author),
      [null, null],
    )
  })
})
