import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { type Client, clientOf, signedIn, signIn, startApp, type TestApp } from '../../testing/client.ts'
import { createTestDatabase, type TestDatabase } from '../../testing/database.ts'
import { makePost, makeUser, unknownId } from '../../testing/factories.ts'

describe('a reaction', () => {
  let database: TestDatabase
  let app: TestApp
  let member: Client
  before(async () => {
    database = await createTestDatabase()
    app = await startApp(database)
    member = await signIn(app, await makeUser(database.owner))
  })
  after(async () => {
    await app.close()
    await database.close()
  })

  const place = (postId: string, kind = 'like') => `/api/v1/posts/${postId}/reactions/${kind}`
  const newPost = async (status = 'published') => (await makePost(database.owner, { status })).post_id!
  const fold = () =>
    database.workerDb.transaction(null, (tx) =>
      tx.selectFrom(tx.fn<{ row_id: string }>('fold_counters', []).as('folded')).selectAll().execute(),
    )
  const counted = async (postId: string) => {
    await fold()
    const { rows } = await database.owner.query(
      `SELECT like_count, bookmark_count,
         (SELECT count(*) FROM reactions WHERE entity_id = post_id AND reaction_type = 'like') AS likes
       FROM posts WHERE post_id = $1`,
      [postId],
    )
    return {
      likes: Number(rows[0].likes),
      like_count: Number(rows[0].like_count),
      saved: Number(rows[0].bookmark_count),
    }
  }

  test('counts once, however often it is sent, and is taken back as often', async () => {
    const post = await newPost()
    for (let n = 0; n < 3; n++) assert.equal((await member.put(place(post))).status, 204)
    assert.deepEqual(await counted(post), { likes: 1, like_count: 1, saved: 0 })
    assert.equal((await member.put(place(post, 'bookmark'))).status, 204)
    assert.deepEqual(await counted(post), { likes: 1, like_count: 1, saved: 1 })
    for (let n = 0; n < 3; n++) assert.equal((await member.delete(place(post))).status, 204)
    assert.deepEqual(await counted(post), { likes: 0, like_count: 0, saved: 1 })
  })

  test('of one person, sent fifty times at once in both directions, leaves the count true', async () => {
    const post = await newPost()
    const replies = await Promise.all(
      Array.from({ length: 50 }, (_, n) => (n % 2 ? member.put(place(post)) : member.delete(place(post)))),
    )
    assert.deepEqual([...new Set(replies.map(({ status }) => status))], [204])
    const { likes, like_count } = await counted(post)
    assert.equal(like_count, likes)
  })

  test('of two hundred people at once counts two hundred', async () => {
    const post = await newPost()
    const clients = await Promise.all(
      Array.from({ length: 200 }, async () => signedIn(app, await makeUser(database.owner))),
    )
    const replies = await Promise.all(clients.map((client) => client.put(place(post))))
    assert.deepEqual([...new Set(replies.map(({ status }) => status))], [204])
    assert.deepEqual(await counted(post), { likes: 200, like_count: 200, saved: 0 })
    await Promise.all(clients.slice(0, 50).map((client) => client.delete(place(post))))
    assert.deepEqual(await counted(post), { likes: 150, like_count: 150, saved: 0 })
    const { rows } = await database.owner.query('SELECT * FROM counter_drift()')
    assert.deepEqual(rows, [])
  })

  test('is not for what is not there to be seen', async () => {
    for (const id of [
      unknownId(),
      ...(await Promise.all(['removed', 'draft', 'flagged', 'pending'].map(newPost))),
    ]) {
      const reply = await member.put(place(id))
      assert.deepEqual([reply.status, reply.body.code], [404, 'post.not_found'])
      assert.equal((await member.delete(place(id))).status, 204, 'there is nothing to take back')
    }
    const { rows } = await database.owner.query(
      "SELECT FROM reactions r JOIN posts p ON p.post_id = r.entity_id WHERE p.status <> 'published'",
    )
    assert.equal(rows.length, 0)
  })

  test('is of a known kind, on an id, by who is signed in', async () => {
    const post = await newPost()
    assert.equal((await clientOf(app).put(place(post))).status, 401)
    for (const url of [place(post, 'hate'), place('not-an-id'), place(`${post}x`)]) {
      const reply = await member.put(url)
      assert.deepEqual([reply.status, reply.body.code], [400, 'request.invalid'], url)
    }
  })

  test('goes with its post', async () => {
    const post = await newPost()
    await member.put(place(post, 'love'))
    await database.owner.query('DELETE FROM posts WHERE post_id = $1', [post])
    const { rows } = await database.owner.query('SELECT FROM reactions WHERE entity_id = $1', [post])
    assert.equal(rows.length, 0)
  })
})
