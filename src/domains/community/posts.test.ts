import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { type Client, clientOf, signIn, startApp, type TestApp } from '../../testing/client.ts'
import { createTestDatabase, type TestDatabase } from '../../testing/database.ts'
import { makeUser, type TestUser } from '../../testing/factories.ts'

type Post = {
  post_id: string
  tags: string[]
  language: string
  content: string
  author: { user_id: string }
}

describe('writing a post (W3)', () => {
  let database: TestDatabase
  let app: TestApp
  let user: TestUser
  let member: Client
  before(async () => {
    database = await createTestDatabase()
    app = await startApp(database)
    user = await makeUser(database.owner)
    member = await signIn(app, user)
  })
  after(async () => {
    await app.close()
    await database.close()
  })

  const write = (body: unknown, client = member) => client.post<Post>('/api/v1/posts', body)

  test('publishes at once, word for word, under the writer’s name', async () => {
    const content = 'Zawadi’s “duka” 🛍️ \\u0000 </script> \t\n Ünïcode'
    const reply = await write({
      title: 'Mwanzo',
      content,
      category: 'story',
      tags: ['duka', 'soko'],
      language: 'sw',
    })
    assert.equal(reply.status, 201)
    const { body } = reply
    assert.deepEqual(
      [body.content, body.tags, body.language, body.author.user_id],
      [content, ['duka', 'soko'], 'sw', user.id],
    )
    const { body: feed } = await clientOf(app).get<{ items: Post[] }>('/api/v1/posts?category=story')
    assert.deepEqual(feed.items[0], body)
  })

  test('counts for its writer, who sees it on their own page', async () => {
    const writer = await signIn(app, await makeUser(database.owner))
    const postCount = async () =>
      (await writer.get<{ profile: { post_count: number } }>('/api/v1/me')).body.profile.post_count
    assert.equal(await postCount(), 0)
    for (const content of ['one', 'two']) await write({ content, category: 'question' }, writer)
    await database.workerDb.transaction(null, (tx) =>
      tx.selectFrom(tx.fn<{ row_id: string }>('fold_counters', []).as('folded')).selectAll().execute(),
    )
    await app.services.cache.forget(`user:profile:${(await me(writer)).user_id}`)
    assert.equal(await postCount(), 2)
  })

  test('announces only for staff', async () => {
    const announcement = { content: 'We meet on Friday.', category: 'announcement' }
    const refused = await write(announcement)
    assert.deepEqual(
      [refused.status, (refused.body as { code?: string }).code],
      [403, 'post.announcement_is_staffs'],
    )
    for (const role of ['coach', 'partner']) {
      assert.equal((await write(announcement, await as(role))).status, 403, role)
    }
    for (const role of ['admin', 'super_admin']) {
      assert.equal((await write(announcement, await as(role))).status, 201, role)
    }
  })

  test('is for who is signed in', async () => {
    const reply = await write({ content: 'x', category: 'story' }, clientOf(app))
    assert.deepEqual([reply.status, (reply.body as { code?: string }).code], [401, 'auth.required'])
  })

  test('refuses what is no post, and names the field', async () => {
    const good = { content: 'x', category: 'story' }
    for (const [body, pointer] of [
      [{ category: 'story' }, '/content'],
      [{ ...good, content: '' }, '/content'],
      [{ ...good, content: 'x'.repeat(20_001) }, '/content'],
      [{ ...good, content: 5 }, '/content'],
      [{ ...good, category: 'poem' }, '/category'],
      [{ ...good, title: 'x'.repeat(201) }, '/title'],
      [{ ...good, tags: ['a', 'a'] }, '/tags'],
      [{ ...good, tags: Array.from({ length: 11 }, (_, n) => `t${n}`) }, '/tags'],
      [{ ...good, tags: ['x'.repeat(51)] }, '/tags/0'],
      [{ ...good, tags: 'duka' }, '/tags'],
      [{ ...good, language: 'de' }, '/language'],
      [{ ...good, author_id: user.id }, '/author_id'],
      [{ ...good, like_count: 9 }, '/like_count'],
      [{ ...good, status: 'draft' }, '/status'],
    ] as const) {
      const reply = await member.post<{ errors: { pointer: string }[] }>('/api/v1/posts', body)
      assert.equal(reply.status, 400, pointer)
      assert.equal(reply.body.errors[0]?.pointer, pointer)
    }
    assert.equal((await write({ ...good, content: 'x'.repeat(20_000) })).status, 201)
  })

  const as = async (role: string) => signIn(app, await makeUser(database.owner, {}, role))
  const me = async (client: Client) => (await client.get<{ user_id: string }>('/api/v1/me')).body
})
