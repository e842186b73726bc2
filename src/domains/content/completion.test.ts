import assert from 'node:assert/strict'
import { Readable } from 'node:stream'
import { after, before, describe, test } from 'node:test'
import type { JobContext, JobPayload } from '../../platform/jobs/index.ts'
import type { Storage } from '../../platform/storage/index.ts'
import { type Client, clientOf, signedIn, startApp, type TestApp } from '../../testing/client.ts'
import { createTestDatabase, type TestDatabase } from '../../testing/database.ts'
import { makePost, makeUser, type TestUser } from '../../testing/factories.ts'
import { makeFlat } from '../../testing/pictures.ts'
import { rendererOf } from '../../testing/renderers.ts'
import {
  beginUpload,
  completeUpload,
  type MediaAsset,
  sendFile,
  uploadPicture,
} from '../../testing/uploads.ts'
import { communityTasks } from '../community/jobs.ts'
import { contentTasks } from './jobs.ts'

describe('a completion that is broken off', () => {
  let database: TestDatabase
  let app: TestApp
  let amina: TestUser
  let client: Client
  before(async () => {
    database = await createTestDatabase()
    app = await startApp(database)
    amina = await makeUser(database.owner)
    client = await signedIn(app, amina)
  })
  after(async () => {
    await app.close()
    await database.close()
  })

  const sent = async () => {
    const started = await beginUpload(client, 'profile_photo')
    assert.equal(await sendFile(app, started, await makeFlat(100, 100).png().toBuffer()), 204)
    return started.asset_id
  }
  /** What a server that was killed in the middle leaves behind. */
  const claimedFor = (assetId: string, age: string) =>
    database.owner.query(
      `UPDATE media_assets SET processing_status = 'processing', processing_attempts = 1,
         processing_started_at = now() - $2::interval WHERE asset_id = $1`,
      [assetId, age],
    )
  const stateOf = async (assetId: string) =>
    (await client.get<MediaAsset>(`/api/v1/media-uploads/${assetId}`)).body.processing_status
  const context = (): JobContext => ({
    db: database.workerDb,
    services: app.services,
    log: app.services.log,
    attempt: 1,
    signal: new AbortController().signal,
  })
  const runTask = (name: string, payload: JobPayload) =>
    contentTasks.find((task) => task.name === name)!.run(payload as never, context())
  const resume = (asset_id: string) =>
    runTask('content.resume_processing.v1', { asset_id, user_id: amina.id })

  test('is left alone while its server may still be at it', async () => {
    const assetId = await sent()
    await claimedFor(assetId, '100 seconds')
    assert.equal((await completeUpload(client, assetId)).status, 202)
    await resume(assetId)
    assert.equal(await stateOf(assetId), 'processing')
  })

  test('is taken up again by who asks later', async () => {
    const assetId = await sent()
    await claimedFor(assetId, '121 seconds')
    assert.equal((await completeUpload(client, assetId)).status, 200)
  })

  test('is taken up again by a job, that was added with the claim, when nobody asks', async () => {
    const assetId = await sent()
    await claimedFor(assetId, '121 seconds')
    await resume(assetId)
    assert.equal(await stateOf(assetId), 'ready')
    await resume(assetId)
    const { body } = await client.get<{ profile: { profile_photo_url: string } }>('/api/v1/me')
    assert.equal(body.profile.profile_photo_url, `public/photos/${assetId}/256.webp`)
    const { rows } = await database.owner.query(
      `SELECT run_at - now() > interval '110 seconds' AS later FROM graphile_worker.jobs
       WHERE task_identifier = 'content.resume_processing.v1' AND key LIKE '%' || $1`,
      [assetId],
    )
    assert.deepEqual(rows, [{ later: 't' }])
  })

  test('is not tried for ever by a job when its file has gone', async () => {
    const assetId = await sent()
    await claimedFor(assetId, '121 seconds')
    await app.services.storage.delete(`uploads/${assetId}`)
    await resume(assetId)
    assert.equal(await stateOf(assetId), 'uploaded')
  })

  test('yields to whoever took it over meanwhile', async () => {
    const assetId = await sent()
    const { storage } = app.services
    const slow: Storage = {
      ...storage,
      async put(key, body, type) {
        await storage.put(key, body, type)
        // Another server thought this one dead, and has begun.
        await claimedFor(assetId, '0 seconds')
      },
    }
    const late = await startApp(database, { services: { storage: slow } })
    try {
      assert.equal((await completeUpload(clientOf(late, client.token), assetId)).status, 202)
      assert.equal(await stateOf(assetId), 'processing')
    } finally {
      await late.close()
    }
  })

  test('by the death of the process that renders is 503, and may be repeated; a file that kills three is damaged', async () => {
    const assetId = await sent()
    const { storage } = app.services
    const stuck: Storage = {
      ...storage,
      get: async () => ({ body: new Readable({ read() {} }), contentType: 'image/png', size: 1 }),
    }
    const fragile = await startApp(database, { services: { storage: stuck } })
    try {
      for (let n = 0; n < 3; n++) {
        const reply = completeUpload(clientOf(fragile, client.token), assetId)
        process.kill(await rendererOf(process.pid), 'SIGKILL')
        const { status, body, headers } = await reply
        assert.deepEqual([status, (body as { code?: string }).code], [503, 'images.interrupted'])
        assert.equal(headers['retry-after'], '5')
        assert.equal(await stateOf(assetId), 'uploaded')
      }
      const { status, body } = await completeUpload(clientOf(fragile, client.token), assetId)
      assert.deepEqual([status, (body as { code?: string }).code], [422, 'media.damaged'])
    } finally {
      await fragile.close()
    }
  })

  test('does not keep old photos in the pages that are cached', async () => {
    const post = await makePost(database.owner, { author_id: amina.id })
    type Posts = { items: { post_id: string; author: { profile_photo_url: string | null } }[] }
    const photo = async () => {
      const { body } = await clientOf(app).get<Posts>('/api/v1/posts')
      return body.items.find(({ post_id }) => post_id === post.post_id)?.author.profile_photo_url
    }
    const before = await photo()
    const { asset_id } = await uploadPicture(
      app,
      client,
      'profile_photo',
      await makeFlat(100, 100).png().toBuffer(),
    )
    const { rows } = await database.owner.query(
      `SELECT FROM graphile_worker.jobs WHERE task_identifier = 'community.forget_feeds.v1'`,
    )
    assert.equal(rows.length, 1)
    assert.equal(await photo(), before)
    await communityTasks[0]!.run({}, context())
    assert.equal(await photo(), `public/photos/${asset_id}/256.webp`)
  })
})
