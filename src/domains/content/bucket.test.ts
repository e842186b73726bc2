import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { ensureBucket } from '../../platform/storage/index.ts'
import { type Client, clientOf, signedIn, startApp, type TestApp } from '../../testing/client.ts'
import { createTestDatabase, type TestDatabase } from '../../testing/database.ts'
import { makeUser } from '../../testing/factories.ts'
import { openLine, type TestLine } from '../../testing/line.ts'
import { makePhoto } from '../../testing/pictures.ts'
import { missingForRadosgw, radosgwPackages, startRadosgw, type TestRadosgw } from '../../testing/radosgw.ts'
import { beginUpload, completeUpload, sendFile } from '../../testing/uploads.ts'
import { sweepMedia } from './index.ts'

if (missingForRadosgw.length === 0) describe('pictures in a bucket', inBucket)
else
  test('pictures go into a real bucket', (t) => {
    const line = `${missingForRadosgw.join(', ')} not installed: apt-get install ${radosgwPackages}`
    assert.ok(!process.env.CI, line)
    t.diagnostic(line)
  })

function inBucket(): void {
  let radosgw: TestRadosgw
  let line: TestLine
  let database: TestDatabase
  let app: TestApp
  let client: Client
  before(async () => {
    radosgw = await startRadosgw()
    await ensureBucket(radosgw.s3)
    line = await openLine(radosgw.s3.endpoint!)
    database = await createTestDatabase()
    app = await startApp(database, { env: variablesOf(radosgw, line) })
    client = await signedIn(app, await makeUser(database.owner))
  })
  after(async () => {
    await app.close()
    await database.close()
    await line.cut()
    await radosgw.stop()
  })

  const keys = async (prefix: string) => {
    const found: string[] = []
    for await (const key of app.services.storage.list(prefix)) found.push(key)
    return found
  }
  const photoOf = async () => {
    const { body } = await client.get<{ profile: { profile_photo_url: string | null } }>('/api/v1/me')
    return body.profile.profile_photo_url
  }

  test('go from a phone straight to the bucket, and from there, made anew, to everybody', async () => {
    const photo = await (await makePhoto(800, 600)).jpeg().toBuffer()
    const started = await beginUpload(client, 'profile_photo', photo.length)
    assert.ok(started.upload.url.startsWith(line.url), started.upload.url)
    assert.equal(await sendFile(app, started, photo), 204)
    assert.deepEqual(await keys('uploads/'), [`uploads/${started.asset_id}`])
    const { status, body } = await completeUpload(client, started.asset_id)
    assert.equal(status, 200)
    const folder = `public/photos/${started.asset_id}/`
    assert.deepEqual(await keys(folder), body.variants.map(({ key }) => key).sort())
    assert.deepEqual(await keys('uploads/'), [])
    for (const { path, type, bytes } of body.variants) {
      const { headers } = await clientOf(app).get(path)
      assert.deepEqual([headers['content-type'], Number(headers['content-length'])], [type, bytes])
    }
    assert.equal(await photoOf(), `${folder}256.webp`)
    await client.delete('/api/v1/me/photo')
    await database.owner.query(`UPDATE media_assets SET remove_after = now() - interval '1 second'`)
    await sweepMedia(database.workerDb, app.services.storage, new AbortController().signal)
    assert.deepEqual(await keys('public/'), [])
  })

  test('larger than was allowed do not arrive', async () => {
    const started = await beginUpload(client, 'profile_photo')
    assert.ok((await sendFile(app, started, Buffer.alloc(9 * 1024 * 1024, 1))) >= 400)
    assert.deepEqual(await keys('uploads/'), [])
  })

  test('lose nothing when the storage goes away: 503, and the same again once it is back', async () => {
    const photo = await (await makePhoto(400, 400)).jpeg().toBuffer()
    const started = await beginUpload(client, 'profile_photo', photo.length)
    await line.cut()
    await assert.rejects(sendFile(app, started, photo))
    const early = await beginUpload(client, 'profile_photo')
    assert.ok(early.asset_id, 'an upload can be begun')
    const away = await completeUpload(client, started.asset_id)
    assert.deepEqual([away.status, (away.body as { code?: string }).code], [503, 'storage.unavailable'])
    await line.mend()
    assert.equal(await sendFile(app, started, photo), 204)
    await line.cut()
    const again = await completeUpload(client, started.asset_id)
    assert.deepEqual([again.status, (again.body as { code?: string }).code], [503, 'storage.unavailable'])
    assert.equal((await clientOf(app).get('/media/public/photos/x/256.webp')).status, 503)
    const state = await client.get(`/api/v1/media-uploads/${started.asset_id}`)
    assert.equal(state.body.processing_status, 'uploaded')
    await line.mend()
    assert.equal((await completeUpload(client, started.asset_id)).status, 200)
    assert.equal(await photoOf(), `public/photos/${started.asset_id}/256.webp`)
  })
}

function variablesOf({ s3 }: TestRadosgw, line: TestLine): Record<string, string> {
  return {
    S3_ENDPOINT: line.url,
    S3_REGION: s3.region,
    S3_BUCKET: s3.bucket,
    S3_ACCESS_KEY_ID: s3.accessKeyId,
    S3_SECRET_ACCESS_KEY: s3.secretAccessKey,
    S3_FORCE_PATH_STYLE: 'on',
  }
}
