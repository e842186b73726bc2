import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { type Client, clientOf, signedIn, startApp, type TestApp } from '../../testing/client.ts'
import { createTestDatabase, type TestDatabase } from '../../testing/database.ts'
import { makeComment, makePost, makeUser, type TestUser, unknownId } from '../../testing/factories.ts'

type Comment = {
  comment_id: string
  parent_comment_id: string | null
  state: string
  content: string | null
  author: { user_id: string } | null
  liked: boolean
  edited_at: string | null
  has_replies: boolean
  replies?: Page
}
type Page = { items: Comment[]; next_cursor: string | null }

describe('comments', () => {
  let database: TestDatabase
  let app: TestApp
  let stranger: Client
  let amina: Client
  let baraka: Client
  let aminaUser: TestUser
  let barakaUser: TestUser
  before(async () => {
    database = await createTestDatabase()
    app = await startApp(database)
    stranger = clientOf(app)
    aminaUser = await makeUser(database.owner)
    barakaUser = await makeUser(database.owner)
    amina = await signedIn(app, aminaUser)
    baraka = await signedIn(app, barakaUser)
  })
  after(async () => {
    await app.close()
    await database.close()
  })

  const newPost = async (values = {}) =>
    (await makePost(database.owner, { author_id: aminaUser.id, ...values })).post_id!
  const under = (postId: string) => `/api/v1/posts/${postId}/comments`
  const write = (client: Client, postId: string, body: object, headers = {}) =>
    client.post<Comment & { code?: string }>(under(postId), body, headers)
  const say = async (client: Client, postId: string, content: string, parent?: string) => {
    const reply = await write(client, postId, { content, ...(parent && { parent_comment_id: parent }) })
    assert.equal(reply.status, 201, reply.text)
    return reply.body.comment_id
  }
  const read = async (postId: string, client = stranger, query = '') =>
    (await client.get<Page>(`${under(postId)}${query}`)).body
  const walk = async (url: string, limit: number) => {
    const walked: Comment[] = []
    for (let cursor: string | null = ''; cursor !== null; ) {
      const { body }: { body: Page } = await stranger.get(
        `${url}?limit=${limit}${cursor && `&cursor=${cursor}`}`,
      )
      walked.push(...body.items)
      cursor = body.next_cursor
    }
    return walked
  }

  test('come as threads, newest first, with the first replies of each, to whoever reads the post', async () => {
    const post = await newPost()
    const first = await say(baraka, post, 'One')
    const second = await say(baraka, post, 'Two')
    const replies: string[] = []
    for (const word of ['a', 'b', 'c', 'd', 'e']) replies.push(await say(amina, post, word, first))
    const deep = await say(baraka, post, 'deep', replies[0])
    const { items } = await read(post)
    assert.deepEqual(
      items.map(({ comment_id }) => comment_id),
      [second, first],
    )
    const thread = items[1]!.replies!
    assert.deepEqual(
      thread.items.map(({ content, has_replies }) => [content, has_replies]),
      [
        ['a', true],
        ['b', false],
        ['c', false],
      ],
    )
    assert.deepEqual(thread.items[0]!.replies!.items[0]!.comment_id, deep)
    const more = `/api/v1/comments/${first}/replies`
    const { body } = await stranger.get<Page>(`${more}?cursor=${thread.next_cursor}`)
    assert.deepEqual(
      body.items.map(({ content }) => content),
      ['d', 'e'],
    )
    assert.deepEqual(
      (await walk(more, 2)).map(({ comment_id }) => comment_id),
      replies,
    )
  })

  test('are walked once each, though many share their moment', async () => {
    const post = await newPost()
    for (let n = 0; n < 11; n++)
      await makeComment(database.owner, post, barakaUser.id, {
        created_at: `2026-03-01T09:30:0${Math.floor(n / 4)}.5Z`,
      })
    const { rows } = await database.owner.query<{ comment_id: string }>(
      'SELECT comment_id FROM comments WHERE post_id = $1 ORDER BY created_at DESC, comment_id DESC',
      [post],
    )
    assert.deepEqual(
      (await walk(under(post), 3)).map(({ comment_id }) => comment_id),
      rows.map(({ comment_id }) => comment_id),
    )
    const other = await newPost()
    const { next_cursor } = await read(post, stranger, '?limit=3')
    const reply = await stranger.get(`${under(other)}?cursor=${next_cursor}`)
    assert.deepEqual([reply.status, reply.body.code], [400, 'cursor.invalid'])
  })

  test('are refused where there is nothing to be said', async () => {
    const post = await newPost()
    const elsewhere = await say(baraka, await newPost(), 'elsewhere')
    const one = await say(baraka, post, 'one')
    const three = await say(amina, post, 'three', await say(amina, post, 'two', one))
    const closed = await newPost({ comments_closed_at: new Date() })
    for (const [postId, parent_comment_id, status, code] of [
      [post, three, 409, 'comment.too_deep'],
      [post, elsewhere, 404, 'comment.not_found'],
      [post, unknownId(), 404, 'comment.not_found'],
      [closed, undefined, 409, 'post.comments_closed'],
      [unknownId(), undefined, 404, 'post.not_found'],
      [await newPost({ status: 'draft' }), undefined, 404, 'post.not_found'],
      [await newPost({ status: 'removed' }), undefined, 404, 'post.not_found'],
    ] as const) {
      const reply = await write(baraka, postId, { content: 'x', parent_comment_id })
      assert.deepEqual([reply.status, reply.body.code], [status, code])
    }
    assert.equal((await write(stranger, post, { content: 'x' })).status, 401)
    for (const content of ['', ' \n ', 'x'.repeat(5001)])
      assert.equal((await write(baraka, post, { content })).status, 400)
    for (const [parent, constraint] of [
      [three, 'three_levels'],
      [elsewhere, 'reply_of_same_post'],
    ] as const)
      await assert.rejects(
        makeComment(database.owner, post, barakaUser.id, { parent_comment_id: parent }),
        (error: { constraint?: string }) => error.constraint === constraint,
      )
  })

  test('of their author alone are changed and taken away; a place with replies stays', async () => {
    const post = await newPost()
    const comment = await say(baraka, post, 'First words')
    const leaf = await say(baraka, post, 'No replies')
    const place = `/api/v1/comments/${comment}`
    const changed = await baraka.patch<Comment>(place, { content: 'Better words' })
    assert.deepEqual([changed.body.content, typeof changed.body.edited_at], ['Better words', 'string'])
    const other = await amina.patch(place, { content: 'mine' })
    assert.deepEqual([other.status, other.body.code], [403, 'comment.is_anothers'])
    assert.equal((await amina.delete(place)).status, 403)
    await say(amina, post, 'A reply', comment)
    for (const id of [comment, comment, leaf])
      assert.equal((await baraka.delete(`/api/v1/comments/${id}`)).status, 204)
    const { items } = await read(post)
    assert.deepEqual(
      items.map(({ state, content, author }) => [state, content, author]),
      [['deleted', null, null]],
    )
    assert.equal(items[0]!.replies!.items[0]!.content, 'A reply')
    const { rows } = await database.owner.query('SELECT content FROM comments WHERE comment_id = $1', [
      comment,
    ])
    assert.equal(rows[0].content, '', 'the words are gone')
    assert.equal((await write(amina, post, { content: 'x', parent_comment_id: comment })).status, 404)
    assert.equal((await baraka.patch(place, { content: 'back' })).status, 404)
    await database.owner.query(
      "UPDATE comments SET status = 'removed', moderated_by = $2 WHERE parent_comment_id = $1",
      [comment, barakaUser.id],
    )
    assert.deepEqual((await read(post)).items, [], 'nobody’s words are left under it')
  })

  test('count one for their post, and one less when they are gone', async () => {
    const post = await newPost()
    const ids = [await say(baraka, post, 'one'), await say(amina, post, 'two')]
    await baraka.delete(`/api/v1/comments/${ids[0]}`)
    await database.workerDb.transaction(null, (tx) =>
      tx.selectFrom(tx.fn<{ row_id: string }>('fold_counters', []).as('folded')).selectAll().execute(),
    )
    const { body } = await stranger.get<{ comment_count: number }>(`/api/v1/posts/${post}`)
    assert.equal(body.comment_count, 1)
  })

  test('are liked once, which their reader sees', async () => {
    const post = await newPost()
    const comment = await say(baraka, post, 'Like me')
    const like = `/api/v1/comments/${comment}/reactions/like`
    for (let n = 0; n < 2; n++) assert.equal((await amina.put(like)).status, 204)
    assert.deepEqual(
      [(await read(post, amina)).items[0]!.liked, (await read(post, baraka)).items[0]!.liked],
      [true, false],
    )
    assert.equal((await amina.delete(like)).status, 204)
    assert.equal((await read(post, amina)).items[0]!.liked, false)
    assert.equal((await amina.put(`/api/v1/comments/${unknownId()}/reactions/like`)).status, 404)
  })

  test('stay apart across a block, and mute hides them from their reader alone', async () => {
    const [juma, zuri] = [await makeUser(database.owner), await makeUser(database.owner)]
    const [asJuma, asZuri] = [await signedIn(app, juma), await signedIn(app, zuri)]
    const post = await newPost()
    const comment = await say(asJuma, post, 'Habari')
    await say(amina, post, 'Nzuri', comment)
    await asZuri.put(`/api/v1/people/${juma.id}/mute`)
    assert.equal((await read(post, asZuri)).items[0]!.state, 'hidden')
    assert.equal((await read(post, asJuma)).items[0]!.state, 'shown')
    await asZuri.delete(`/api/v1/people/${juma.id}/mute`)
    await asJuma.put(`/api/v1/people/${zuri.id}/block`)
    const [seen] = (await read(post, asZuri)).items
    assert.deepEqual(
      [seen!.state, seen!.author, seen!.content, seen!.replies!.items.length],
      ['hidden', null, null, 1],
    )
    assert.equal((await write(asZuri, post, { content: 'x', parent_comment_id: comment })).status, 404)
    assert.equal((await asZuri.put(`/api/v1/comments/${comment}/reactions/like`)).status, 404)
    assert.equal((await read(post)).items[0]!.state, 'shown')
  })

  test('sent ten times at once with one key are one; the key is for nothing else', async () => {
    const post = await newPost()
    const key = { 'idempotency-key': 'draft-7' }
    const replies = await Promise.all(
      Array.from({ length: 10 }, () => write(baraka, post, { content: 'Once' }, key)),
    )
    assert.deepEqual([...new Set(replies.map(({ status }) => status))], [201])
    assert.equal(new Set(replies.map(({ body }) => body.comment_id)).size, 1)
    assert.equal((await read(post)).items.length, 1)
    const other = await write(baraka, post, { content: 'Twice' }, key)
    assert.deepEqual([other.status, other.body.code], [422, 'idempotency.key_reused'])
    assert.equal((await write(amina, post, { content: 'Twice' }, key)).status, 201, 'another’s key')
  })
})
