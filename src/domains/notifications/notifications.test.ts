import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { type Client, signedIn, startApp, type TestApp } from '../../testing/client.ts'
import { createTestDatabase, type TestDatabase } from '../../testing/database.ts'
import { makeUser, unknownId } from '../../testing/factories.ts'

type Item = { notification_id: string; title: string; is_read: boolean; actor: { full_name: string } | null }
type List = { items: Item[]; next_cursor: string | null; unread_count: number; code?: string }

describe('what somebody is told', () => {
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

  const PATH = '/api/v1/me/notifications'
  const someone = async () => {
    const { id } = await makeUser(database.owner)
    return { id, client: await signedIn(app, { id }) }
  }
  const tell = async (userId: string, title: string, values: { read?: boolean; actor?: string } = {}) => {
    const { rows } = await database.owner.query<{ notification_id: string }>(
      `WITH new AS MATERIALIZED (SELECT uuid_v7() AS id)
       INSERT INTO notifications (notification_id, created_at, user_id, notification_type, title, message, is_read, actor_id)
       SELECT id, uuid_v7_time(id), $1, 'comment', $2, 'About your post', $3, $4 FROM new RETURNING notification_id`,
      [userId, title, values.read ?? false, values.actor ?? null],
    )
    return rows[0]!.notification_id
  }
  const list = async (client: Client, query = '') => (await client.get<List>(`${PATH}?${query}`)).body
  const titles = ({ items }: List) => items.map(({ title }) => title)

  test('is listed newest first, read and unread among each other, a page at a time', async () => {
    const amina = await someone()
    const juma = await someone()
    for (const [n, read] of [false, true, false, true, true].entries())
      await tell(amina.id, `No. ${n}`, { read, actor: juma.id })
    await tell(juma.id, 'Not for Amina')
    const first = await list(amina.client, 'limit=3')
    assert.deepEqual([titles(first), first.unread_count], [['No. 4', 'No. 3', 'No. 2'], 2])
    assert.equal(first.items[0]!.actor?.full_name, 'Amina Wanjiru')
    const rest = await list(amina.client, `limit=3&cursor=${first.next_cursor}`)
    assert.deepEqual([titles(rest), rest.next_cursor], [['No. 1', 'No. 0'], null])
    assert.deepEqual(titles(await list(amina.client, 'unread=true')), ['No. 2', 'No. 0'])
    const stolen = await juma.client.get<List>(`${PATH}?cursor=${first.next_cursor}`)
    assert.deepEqual([stolen.status, stolen.body.code], [400, 'cursor.invalid'])
  })

  test('is marked as read by who was told, one by one, as often as they like', async () => {
    const amina = await someone()
    const id = await tell(amina.id, 'Read me')
    const read = async (client: Client, which: string) => (await client.put(`${PATH}/${which}/read`)).status
    assert.equal(await read((await someone()).client, id), 404)
    assert.equal((await list(amina.client)).unread_count, 1)
    for (let n = 0; n < 2; n++) assert.equal(await read(amina.client, id), 204)
    assert.deepEqual(
      (await list(amina.client)).items.map(({ is_read }) => is_read),
      [true],
    )
    assert.equal(await read(amina.client, unknownId()), 404)
  })

  test('is marked up to the newest that was seen; what comes meanwhile stays unread', async () => {
    const amina = await someone()
    await tell(amina.id, 'Old')
    const seen = await tell(amina.id, 'Seen')
    const [reply] = await Promise.all([
      amina.client.put(`${PATH}/read`, { up_to: seen }),
      tell(amina.id, 'Just now'),
    ])
    assert.equal(reply.status, 204)
    assert.deepEqual(titles(await list(amina.client, 'unread=true')), ['Just now'])
  })

  test('is counted however many there are, without counting them', async () => {
    const amina = await someone()
    await database.owner.query(
      `WITH new AS MATERIALIZED (SELECT uuid_v7() AS id FROM generate_series(1, 120))
       INSERT INTO notifications (notification_id, created_at, user_id, notification_type, title, message)
       SELECT id, uuid_v7_time(id), $1, 'comment', 'Many', 'Many' FROM new`,
      [amina.id],
    )
    assert.equal((await list(amina.client)).unread_count, 120)
    assert.deepEqual((await amina.client.get(`${PATH}/unread-count`)).body, { unread_count: 120 })
  })
})
