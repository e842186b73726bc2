import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { accepted, type Client, clientOf, signIn, startApp, type TestApp } from '../../testing/client.ts'
import { createTestDatabase, type TestDatabase } from '../../testing/database.ts'
import {
  makeEvent,
  makePost,
  makeUser,
  type TestUser,
  testPassword,
  unique,
} from '../../testing/factories.ts'
import { redisServerFound, startRedis, type TestRedis } from '../../testing/redis.ts'

if (redisServerFound) describe('with Redis gone in the middle', withRedis)
else test('without redis-server on this machine an outage is not tried', () => assert.ok(!process.env.CI))

function withRedis(): void {
  let database: TestDatabase
  let app: TestApp
  let redis: TestRedis
  let amina: TestUser
  before(async () => {
    database = await createTestDatabase()
    redis = await startRedis()
    app = await startApp(database, { env: { REDIS_URL: redis.url } })
    amina = await makeUser(database.owner)
    await makePost(database.owner)
  })
  after(async () => {
    await app.close()
    await redis.stop()
    await database.close()
  })

  const meOf = async (client: Client) => (await client.get('/api/v1/me')).status
  const attempt = ({ email }: TestUser) =>
    clientOf(app).post('/api/v1/auth/login', { email, password: testPassword })
  const back = async () => {
    await redis.start()
    for (let tries = 0; tries < 200; tries++) {
      if ((await attempt(amina)).status === 200) return
      await delay(50)
    }
    assert.fail('sign-in did not come back within ten seconds of Redis')
  }

  test('who is signed in goes on reading and writing, from the database', async () => {
    const client = await signIn(app, amina)
    const { slug } = await makeEvent(database.owner)
    assert.equal(await meOf(client), 200)
    await redis.kill()
    const reads = ['/api/v1/me', '/api/v1/posts', '/api/v1/coaches', `/api/v1/events/${slug}`]
    for (const url of reads) assert.equal((await client.get(url)).status, 200, url)
    for (const url of reads.slice(1)) assert.equal((await clientOf(app).get(url)).status, 200, url)
    const post = await client.post<{ post_id: string }>('/api/v1/posts', {
      content: 'Still here',
      category: 'story',
    })
    assert.equal(post.status, 201)
    const { body } = await client.get<{ items: { post_id: string }[] }>('/api/v1/posts?category=story')
    assert.equal(body.items[0]?.post_id, post.body.post_id)
    assert.equal(await meOf(clientOf(app, `${client.token}x`)), 401)
    await back()
    assert.equal(await meOf(client), 200)
  })

  test('signing in and up answers 503, and both work again after it', async () => {
    const newcomer = { password: testPassword, full_name: 'Newcomer', accepted }
    const signUp = () =>
      clientOf(app).post('/api/v1/auth/register', { ...newcomer, email: `${unique('new')}@example.com` })
    await redis.kill()
    for (const reply of [await attempt(amina), await signUp()]) {
      assert.deepEqual([reply.status, reply.body.code], [503, 'cache.unavailable'])
    }
    const { rows } = await database.owner.query("SELECT FROM users WHERE full_name = 'Newcomer'")
    assert.equal(rows.length, 0, 'nothing half done')
    await back()
    assert.equal((await signUp()).status, 202)
  })

  test('a session that ends meanwhile stays dead when an old snapshot comes back, and the others live', async () => {
    const [ended, other] = [await signIn(app, amina), await signIn(app, amina)]
    assert.deepEqual([await meOf(ended), await meOf(other)], [200, 200])
    await redis.save()
    await redis.kill()
    assert.equal((await ended.post('/api/v1/auth/logout')).status, 204)
    assert.equal(await meOf(ended), 401)
    await back()
    for (let n = 0; n < 5; n++) assert.deepEqual([await meOf(ended), await meOf(other)], [401, 200])
  })

  test('a session that ends behind a frozen Redis stays dead when it thaws', async () => {
    const ended = await signIn(app, amina)
    assert.equal(await meOf(ended), 200)
    redis.freeze()
    try {
      assert.equal((await ended.post('/api/v1/auth/logout')).status, 204)
      assert.equal(await meOf(ended), 401)
    } finally {
      redis.thaw()
    }
    for (let n = 0; n < 20; n++) {
      assert.equal(await meOf(ended), 401)
      await delay(25)
    }
  })

  test('what was written meanwhile is not hidden by what was cached before', async () => {
    const client = await signIn(app, await makeUser(database.owner))
    const newest = async () =>
      (await clientOf(app).get<{ items: { post_id: string }[] }>('/api/v1/posts')).body.items[0]?.post_id
    await newest()
    await redis.save()
    await redis.kill()
    const post = await client.post<{ post_id: string }>('/api/v1/posts', {
      content: 'News',
      category: 'story',
    })
    await back()
    assert.equal(await newest(), post.body.post_id)
  })
}
