import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { type Notice, publishFact } from '../../platform/facts/index.ts'
import { type Client, signedIn, startApp, type TestApp } from '../../testing/client.ts'
import { createTestDatabase, type TestDatabase } from '../../testing/database.ts'
import { makeUser } from '../../testing/factories.ts'
import { runTask } from '../../testing/tasks.ts'
import { expandFacts } from './expansion.ts'
import { notificationsTasks } from './jobs.ts'
import { createRegistry } from './registry.ts'

const words = () => ({ title: 'Told', message: 'Told.' })
const NOTICE: Notice = {
  fact: 'test.counted',
  type: 'community',
  channels: [],
  texts: { en: words, sw: words, fr: words },
  thread: ({ params }) => String(params.thread),
}
const REGISTRY = createRegistry([NOTICE])
const PATH = '/api/v1/me/notifications'

type Item = { notification_id: string; seq: number; thread: { count: number; unread: number } | null }

describe('the count of what is not read', () => {
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
    const { id } = await makeUser(database.owner)
    return { id, client: await signedIn(app, { id }) }
  }
  const tell = async (userId: string, count: number, thread = 'post:1') => {
    const fact = { name: 'test.counted', actor: null, recipients: [userId], params: { thread } }
    await database.db.transaction(null, async (tx) => {
      for (let n = 0; n < count; n++) await publishFact(tx, fact)
    })
    while (await expandFacts({ db: database.workerDb, services: app.services, registry: REGISTRY }));
  }
  const list = async (client: Client, query = 'limit=100') =>
    (
      await client.get<{ items: Item[]; unread_count: number; next_cursor: string | null }>(
        `${PATH}?${query}`,
      )
    ).body
  const truth = async (userId: string) => {
    const { rows } = await database.owner.query<{ counted: string; is: string }>(
      `SELECT c.unread AS counted, (SELECT count(*) FROM notifications n
         WHERE n.user_id = c.user_id AND n.is_read = false AND n.archived_at IS NULL) AS is
       FROM notification_counters c WHERE c.user_id = $1`,
      [userId],
    )
    assert.equal(rows[0]!.counted, rows[0]!.is)
    return Number(rows[0]!.is)
  }

  test('is right while notifications come and are read, put aside and taken back from six devices', async () => {
    const amina = await someone()
    await tell(amina.id, 40)
    const ids = (await list(amina.client)).items.map(({ notification_id }) => notification_id)
    const any = () => ids[Math.floor(Math.random() * ids.length)]!
    const device = async () => {
      for (let n = 0; n < 25; n++) {
        const way = Math.floor(Math.random() * 6)
        const replies = [
          () => amina.client.put(`${PATH}/${any()}/read`),
          () => amina.client.delete(`${PATH}/${any()}/read`),
          () => amina.client.put(`${PATH}/${any()}/archive`),
          () => amina.client.delete(`${PATH}/${any()}/archive`),
          () => amina.client.put(`${PATH}/read`, { up_to: any() }),
          () => amina.client.put(`${PATH}/archive`, { up_to: any() }),
        ]
        assert.equal((await replies[way]!()).status, 204)
      }
    }
    const coming = async () => {
      for (let n = 0; n < 5; n++) await tell(amina.id, 10)
    }
    await Promise.all([device(), device(), device(), device(), device(), device(), coming(), coming()])
    const unread = await truth(amina.id)
    assert.equal((await list(amina.client)).unread_count, unread)
    const { rows } = await database.owner.query(
      'SELECT seq FROM notifications WHERE user_id = $1 ORDER BY seq',
      [amina.id],
    )
    assert.deepEqual(
      rows.map(({ seq }) => Number(seq)),
      Array.from({ length: 140 }, (_, n) => n + 1),
    )
  })

  test('falls with what is removed, one by one, by a whole month, and with an account', async () => {
    const amina = await someone()
    await tell(amina.id, 3)
    await database.owner.query(`SELECT ensure_partitions((now() - interval '7 months')::date)`)
    const old = (months: number) =>
      database.owner.query(
        `WITH new AS MATERIALIZED (SELECT uuid_v7() AS now_id)
         INSERT INTO notifications (notification_id, created_at, user_id, notification_type, title, message)
         SELECT id, uuid_v7_time(id), $1, 'community', 'Old', 'Old' FROM (
           SELECT (lpad(to_hex((extract(epoch FROM now() - make_interval(months => $2)) * 1000)::bigint), 12, '0')
             || substr(replace(now_id::text, '-', ''), 13))::uuid AS id FROM new) made`,
        [amina.id, months],
      )
    await old(6)
    await old(6)
    await old(3)
    assert.equal(await truth(amina.id), 6)
    const drop = `SELECT drop_expired_partition(ARRAY['notifications']) AS dropped`
    while ((await database.owner.query(drop)).rows[0].dropped !== null);
    assert.equal(await truth(amina.id), 4)
    await database.owner.query(
      `DELETE FROM notifications WHERE user_id = $1 AND created_at < now() - interval '90 days'`,
      [amina.id],
    )
    assert.equal(await truth(amina.id), 3)
    assert.equal((await list(amina.client)).unread_count, 3)
    await database.owner.query('DELETE FROM users WHERE user_id = $1', [amina.id])
    const { rowCount } = await database.owner.query('SELECT FROM notification_counters WHERE user_id = $1', [
      amina.id,
    ])
    assert.equal(rowCount, 0)
  })

  test('is set right by night when it was not, also while somebody reads', async () => {
    const amina = await someone()
    await tell(amina.id, 5)
    await database.owner.query('UPDATE notification_counters SET unread = 77 WHERE user_id = $1', [amina.id])
    const { items } = await list(amina.client)
    const check = notificationsTasks.find(({ name }) => name === 'notifications.check_counters.v1')!
    await Promise.all([
      runTask(check, app, database),
      ...items.slice(0, 3).map(({ notification_id }) => amina.client.put(`${PATH}/${notification_id}/read`)),
    ])
    await runTask(check, app, database)
    assert.equal(await truth(amina.id), 2)
  })

  test('and the list can be grouped by thread, put aside, read by thread, and muted', async () => {
    const amina = await someone()
    await tell(amina.id, 3, 'post:1')
    await tell(amina.id, 2, 'post:2')
    await tell(amina.id, 1, 'post:1')
    const grouped = await list(amina.client, 'grouped=true')
    assert.deepEqual(
      grouped.items.map(({ seq, thread }) => [seq, thread?.count, thread?.unread]),
      [
        [6, 4, 4],
        [5, 2, 2],
      ],
    )
    const first = await list(amina.client, 'grouped=true&limit=1')
    const second = await list(amina.client, `grouped=true&limit=1&cursor=${first.next_cursor}`)
    assert.deepEqual([first.items[0]?.seq, second.items[0]?.seq, second.next_cursor], [6, 5, null])
    const newest = grouped.items[0]!.notification_id
    await amina.client.put(`${PATH}/read`, { up_to: newest, thread_key: 'post:2' })
    assert.equal(await truth(amina.id), 4)
    await amina.client.put(`${PATH}/archive`, { up_to: newest, thread_key: 'post:1' })
    assert.deepEqual(
      (await list(amina.client)).items.map(({ seq }) => seq),
      [5, 4],
    )
    assert.deepEqual(
      (await list(amina.client, 'archived=true')).items.map(({ seq }) => seq),
      [6, 3, 2, 1],
    )
    assert.equal((await amina.client.put(`${PATH}/read`, { up_to: amina.id })).status, 404)

    const MUTES = '/api/v1/me/notification-mutes'
    for (let n = 0; n < 2; n++) assert.equal((await amina.client.put(`${MUTES}/post:1`)).status, 204)
    await tell(amina.id, 1, 'post:1')
    assert.equal((await list(amina.client)).items.length, 2)
    const mutes = await amina.client.get<{ items: { thread_key: string; latest: { seq: number } }[] }>(MUTES)
    assert.deepEqual(
      mutes.body.items.map(({ thread_key, latest }) => [thread_key, latest.seq]),
      [['post:1', 6]],
    )
    await amina.client.delete(`${MUTES}/post:1`)
    await tell(amina.id, 1, 'post:1')
    assert.equal((await list(amina.client)).items.length, 3)
    assert.equal((await amina.client.put(`${MUTES}/Post 1`)).status, 400)
  })
})
