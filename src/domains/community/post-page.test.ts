import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { type Client, clientOf, signedIn, startApp, type TestApp } from '../../testing/client.ts'
import { createTestDatabase, type TestDatabase } from '../../testing/database.ts'
import { makePost, makeUser, type TestUser, unknownId, type Values } from '../../testing/factories.ts'

type Post = {
  post_id: string
  content: string
  my_reactions: string[]
  comments_open: boolean
  edited_at: string | null
  author: { user_id: string } | null
}
type Page = { items: Post[]; next_cursor: string | null }

describe('a post of its own', () => {
  let database: TestDatabase
  let app: TestApp
  let stranger: Client
  let author: TestUser
  let reader: TestUser
  let asAuthor: Client
  let asReader: Client
  before(async () => {
    database = await createTestDatabase()
    app = await startApp(database)
    stranger = clientOf(app)
    author = await makeUser(database.owner)
    reader = await makeUser(database.owner)
    asAuthor = await signedIn(app, author)
    asReader = await signedIn(app, reader)
  })
  after(async () => {
    await app.close()
    await database.close()
  })

  const make = async (values: Values = {}) =>
    (await makePost(database.owner, { author_id: author.id, ...values })).post_id!
  const at = (postId: string) => `/api/v1/posts/${postId}`
  const idsOf = ({ items }: Page) => items.map(({ post_id }) => post_id)

  test('shows itself to everybody, and to its reader what they said to it', async () => {
    const post = await make()
    const plain = await stranger.get<Post>(at(post))
    assert.deepEqual([plain.body.my_reactions, plain.body.comments_open], [[], true])
    const again = await stranger.get(at(post), { 'if-none-match': String(plain.headers.etag) })
    assert.equal(again.status, 304)
    for (const kind of ['like', 'bookmark']) await asReader.put(`${at(post)}/reactions/${kind}`)
    const { body, headers } = await asReader.get<Post>(at(post))
    assert.deepEqual([body.my_reactions, headers.etag], [['bookmark', 'like'], undefined])
    const other = await make()
    const beside = await asReader.get(`/api/v1/me/reactions?post_id=${post}&post_id=${other}`)
    assert.deepEqual(beside.body.items, [{ post_id: post, my_reactions: ['bookmark', 'like'] }])
  })

  test('is not there before it is published, when it was taken down, or across a block', async () => {
    for (const status of ['draft', 'pending', 'flagged', 'removed']) {
      const post = await make({ status })
      for (const client of [stranger, asReader]) assert.equal((await client.get(at(post))).status, 404)
      assert.equal((await asAuthor.get(at(post))).status, 200, 'its author sees it')
    }
    assert.equal((await stranger.get(at(unknownId()))).body.code, 'post.not_found')
    const [one, other] = [await makeUser(database.owner), await makeUser(database.owner)]
    const [asOne, asOther] = [await signedIn(app, one), await signedIn(app, other)]
    const [ofOne, ofOther] = [await make({ author_id: one.id }), await make({ author_id: other.id })]
    await asOther.get('/api/v1/posts')
    await asOne.put(`/api/v1/people/${other.id}/block`)
    assert.equal((await asOne.get(at(ofOther))).status, 404)
    assert.equal((await asOther.get(at(ofOne))).status, 404)
    for (const path of ['/reactions/like', '/reactions/bookmark'])
      assert.equal((await asOther.put(`${at(ofOne)}${path}`)).status, 404)
    const feed = await asOther.get<Page>('/api/v1/posts?limit=100')
    assert.ok(idsOf(feed.body).includes(ofOther) && !idsOf(feed.body).includes(ofOne))
    assert.equal((await stranger.get(at(ofOne))).status, 200)
  })

  test('is changed and deleted by its author alone, and forgets nothing in the feed', async () => {
    const post = await make({ category: 'question' })
    await stranger.get('/api/v1/posts?category=question')
    const changed = await asAuthor.patch<Post>(at(post), { content: 'Better', title: null, tags: ['soko'] })
    assert.deepEqual([changed.status, changed.body.content], [200, 'Better'])
    assert.ok(changed.body.edited_at)
    const feed = await stranger.get<Page>('/api/v1/posts?category=question')
    assert.equal(feed.body.items.find(({ post_id }) => post_id === post)?.content, 'Better')
    for (const [body, status, code] of [
      [{ content: 'x' }, 403, 'post.is_anothers'],
      [{}, 400, 'request.invalid'],
    ] as const) {
      const reply = await asReader.patch(at(post), body)
      assert.deepEqual([reply.status, reply.body.code], [status, code])
    }
    assert.equal((await asAuthor.patch(at(post), { category: 'announcement' })).status, 403)
    assert.equal((await asReader.delete(at(post))).status, 403)
    assert.equal((await asAuthor.delete(at(post))).status, 204)
    assert.equal((await asAuthor.delete(at(post))).status, 404)
    assert.ok(!idsOf((await stranger.get<Page>('/api/v1/posts?category=question')).body).includes(post))
    const down = await asAuthor.patch(at(await make({ status: 'removed' })), { content: 'x' })
    assert.deepEqual([down.status, down.body.code], [409, 'post.taken_down'])
  })

  test('takes no more comments once its author has said so', async () => {
    const post = await make()
    const { body } = await asAuthor.patch<Post>(at(post), { comments_open: false })
    assert.deepEqual([body.comments_open, body.edited_at], [false, null])
    assert.equal((await asReader.post(`${at(post)}/comments`, { content: 'x' })).status, 409)
    await asAuthor.patch(at(post), { comments_open: true })
    assert.equal((await asReader.post(`${at(post)}/comments`, { content: 'x' })).status, 201)
  })

  test('written by a queue that sends it ten times at once is there once', async () => {
    const body = { content: 'From the bus', category: 'story' }
    const key = { 'idempotency-key': '0192f1c0-aaaa-7bbb-8ccc-ddddeeeeffff' }
    const replies = await Promise.all(
      Array.from({ length: 10 }, () => asReader.post<Post>('/api/v1/posts', body, key)),
    )
    assert.deepEqual([...new Set(replies.map(({ status }) => status))], [201])
    assert.equal(new Set(replies.map((reply) => reply.body.post_id)).size, 1)
    const { rows } = await database.owner.query('SELECT FROM posts WHERE author_id = $1 AND content = $2', [
      reader.id,
      body.content,
    ])
    assert.equal(rows.length, 1)
    assert.equal((await asReader.post('/api/v1/posts', { ...body, content: 'x' }, key)).status, 422)
    assert.equal((await asReader.post('/api/v1/posts', body, { 'idempotency-key': 'é' })).status, 400)
    await database.owner.query("UPDATE idempotency_keys SET expires_at = now() - interval '1 second'")
    const later = await asReader.post<Post>('/api/v1/posts', body, key)
    assert.notEqual(later.body.post_id, replies[0]!.body.post_id, 'a key is kept for a day')
  })

  test('refused with a key may be sent again with it', async () => {
    const post = await make({ comments_closed_at: new Date() })
    const send = () => asReader.post(`${at(post)}/comments`, { content: 'x' }, { 'idempotency-key': 'again' })
    assert.equal((await send()).status, 409)
    await asAuthor.patch(at(post), { comments_open: true })
    assert.equal((await send()).status, 201)
  })

  test('stands on its author’s page, in the feed of who follows them, and among bookmarks', async () => {
    const [ana, ben, cy] = await Promise.all([1, 2, 3].map(() => makeUser(database.owner)))
    const follower = await signedIn(app, await makeUser(database.owner))
    const posts: string[] = []
    for (let n = 0; n < 9; n++) posts.unshift(await make({ author_id: [ana, ben, cy][n % 3]!.id }))
    await make({ author_id: ana!.id, status: 'draft' })
    for (const person of [ana, ben, cy]) await follower.put(`/api/v1/people/${person!.id}/follow`)
    const walk = async (url: string, client = follower) => {
      const walked: string[] = []
      for (let cursor: string | null = ''; cursor !== null; ) {
        const { body }: { body: Page } = await client.get<Page>(
          `${url}?limit=2${cursor && `&cursor=${cursor}`}`,
        )
        walked.push(...idsOf(body))
        cursor = body.next_cursor
      }
      return walked
    }
    assert.deepEqual(await walk('/api/v1/me/feed'), posts)
    await follower.put(`/api/v1/people/${ben!.id}/mute`)
    await follower.delete(`/api/v1/people/${cy!.id}/follow`)
    const ofAna = posts.filter((_, n) => n % 3 === 2)
    assert.deepEqual(await walk('/api/v1/me/feed'), ofAna)
    assert.deepEqual(await walk(`/api/v1/people/${ana!.id}/posts`, stranger), ofAna)
    for (const id of [posts[4], posts[0], posts[8]]) await follower.put(`${at(id!)}/reactions/bookmark`)
    await follower.put(`${at(posts[1]!)}/reactions/like`)
    assert.deepEqual(await walk('/api/v1/me/bookmarks'), [posts[8], posts[0], posts[4]])
    await database.owner.query("UPDATE posts SET status = 'removed' WHERE post_id = $1", [posts[0]])
    assert.deepEqual(await walk('/api/v1/me/bookmarks'), [posts[8], posts[4]])
    for (const url of ['/api/v1/me/feed', '/api/v1/me/bookmarks', '/api/v1/me/reactions'])
      assert.equal((await stranger.get(url)).status, 401)
  })

  test('and the projects of somebody are for whoever sees their profile', async () => {
    const owner = await makeUser(database.owner)
    const insertProject = (status: string) =>
      database.owner.query(
        `INSERT INTO projects (submitted_by, title, problem_statement, solution_description, stage, status, published_at)
         VALUES ($1, $2, 'No cold chain', 'A solar box', 'idea', $2, now())`,
        [owner.id, status],
      )
    for (const status of ['approved', 'pending', 'rejected']) await insertProject(status)
    const projects = `/api/v1/people/${owner.id}/projects`
    const { body } = await stranger.get<{ items: { title: string }[] }>(projects)
    assert.deepEqual(
      body.items.map(({ title }) => title),
      ['approved'],
    )
    await database.owner.query("UPDATE user_settings SET profile_visibility = 'private' WHERE user_id = $1", [
      owner.id,
    ])
    for (const url of [projects, `/api/v1/people/${owner.id}/posts`]) {
      const reply = await stranger.get(url)
      assert.deepEqual([reply.status, reply.body.code], [403, 'person.hidden'])
    }
    assert.equal((await stranger.get(`/api/v1/people/${unknownId()}/posts`)).status, 404)
  })
})
