import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { signedIn, startApp, type TestApp } from '../../testing/client.ts'
import { createTestDatabase, type TestDatabase } from '../../testing/database.ts'
import { makePost, makeUser } from '../../testing/factories.ts'
import { tellPeople } from '../../testing/notices.ts'

type Item = { notification_id: string; thread_key: string; thread: { count: number } | null }
type Muted = { thread_key: string; latest: { action_url: string } | null }
type List<T> = { items: T[]; next_cursor: string | null }

describe('threads of what somebody is told', () => {
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

  const INBOX = '/api/v1/me/notifications'
  const MUTES = '/api/v1/me/notification-mutes'
  const someone = async () => {
    const { id } = await makeUser(database.owner)
    return { id, client: await signedIn(app, { id }) }
  }
  type Person = Awaited<ReturnType<typeof someone>>
  const list = async ({ client }: Person, query = '') =>
    (await client.get<List<Item>>(`${INBOX}?${query}`)).body.items
  /** Amina's post with so many comments of Juma's, told. */
  const talk = async (comments: number, title = 'Market day') => {
    const [amina, juma] = [await someone(), await someone()]
    const post = await makePost(database.owner, { author_id: amina.id, title })
    const comment = () => juma.client.post(`/api/v1/posts/${post.post_id}/comments`, { content: 'Good' })
    for (let n = 0; n < comments; n++) await comment()
    await tellPeople(app, database)
    return { amina, juma, comment, key: `post:${post.post_id}`, path: `/community/${post.post_id}` }
  }

  test('are muted and heard again, and listed by what they are called now', async () => {
    const { amina, comment, key, path } = await talk(1)
    const at = `${MUTES}/${encodeURIComponent(key)}`
    for (let n = 0; n < 2; n++) assert.equal((await amina.client.put(at)).status, 204)
    const read = async ({ client }: Person) => (await client.get<List<Muted>>(MUTES)).body.items
    const [muted, ...others] = await read(amina)
    assert.deepEqual([muted?.thread_key, muted?.latest?.action_url, others], [key, path, []])
    await comment()
    await tellPeople(app, database)
    assert.equal((await list(amina)).length, 1)
    for (let n = 0; n < 2; n++) assert.equal((await amina.client.delete(at)).status, 204)
    await comment()
    await tellPeople(app, database)
    assert.equal((await list(amina)).length, 2)
    assert.equal((await amina.client.put(`${MUTES}/Non%20sense`)).status, 400)
    await amina.client.put(`${MUTES}/post:gone`)
    assert.deepEqual(
      (await read(amina)).map(({ thread_key, latest }) => [thread_key, latest]),
      [['post:gone', null]],
    )
  })

  test('are listed by themselves, and put aside and taken back as a whole', async () => {
    const { amina, key } = await talk(3)
    await database.owner.query(
      `WITH new AS MATERIALIZED (SELECT uuid_v7() AS id)
       INSERT INTO notifications (notification_id, created_at, user_id, notification_type, title, message)
       SELECT id, uuid_v7_time(id), $1, 'account', 'Apart', 'Apart' FROM new`,
      [amina.id],
    )
    const [, newest] = await list(amina, 'grouped=true')
    assert.equal(newest?.thread?.count, 3)
    assert.equal((await list(amina, `thread_key=${key}`)).length, 3)
    const [oldest] = (await list(amina, `thread_key=${key}`)).slice(-1)
    await amina.client.put(`${INBOX}/${oldest!.notification_id}/archive`)
    await amina.client.put(`${INBOX}/archive`, { up_to: newest!.notification_id, thread_key: key })
    assert.deepEqual([(await list(amina)).length, (await list(amina, 'archived=true')).length], [1, 3])
    const back = `${INBOX}/${newest!.notification_id}/archive`
    for (let n = 0; n < 2; n++) assert.equal((await amina.client.delete(back)).status, 204)
    assert.deepEqual(
      [
        (await list(amina)).length,
        (await list(amina, 'archived=true')).map(({ notification_id }) => notification_id),
      ],
      [3, [oldest!.notification_id]],
      'what was put aside before stays aside',
    )
    assert.equal((await (await someone()).client.delete(back)).status, 404)
  })
})
