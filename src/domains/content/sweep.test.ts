import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { type Client, clientOf, signedIn, startApp, type TestApp } from '../../testing/client.ts'
import { createTestDatabase, type TestDatabase } from '../../testing/database.ts'
import { makeUser } from '../../testing/factories.ts'
import { makeFlat } from '../../testing/pictures.ts'
import { beginUpload, completeUpload, sendFile, uploadPicture } from '../../testing/uploads.ts'
import { sweepMedia } from './index.ts'

describe('the sweep of media', () => {
  let database: TestDatabase
  let app: TestApp
  let client: Client
  before(async () => {
    database = await createTestDatabase()
    app = await startApp(database)
    client = await signedIn(app, await makeUser(database.owner))
  })
  after(async () => {
    await app.close()
    await database.close()
  })

  const sweep = () => sweepMedia(database.workerDb, app.services.storage, new AbortController().signal)
  const picture = () => makeFlat(100, 100).png().toBuffer()
  const filesBelow = async (prefix: string) => {
    let count = 0
    for await (const _key of app.services.storage.list(prefix)) count++
    return count
  }
  /** As if so much time had passed for what is to be removed. */
  const wait = (time: string) =>
    database.owner.query('UPDATE media_assets SET remove_after = remove_after - $1::interval', [time])

  test('takes a replaced photo a day after, file by file, and never the one that is shown', async () => {
    const first = await uploadPicture(app, client, 'profile_photo', await picture())
    const second = await uploadPicture(app, client, 'profile_photo', await picture())
    await wait('23 hours')
    assert.deepEqual(await sweep(), { abandoned: 0, assets: 0, originals: 0 })
    assert.equal((await clientOf(app).get(first.variants[0]!.path)).status, 200)
    await wait('2 hours')
    assert.deepEqual(await sweep(), { abandoned: 0, assets: 1, originals: 0 })
    assert.equal(await filesBelow(`public/photos/${first.asset_id}/`), 0)
    assert.equal((await clientOf(app).get(first.variants[0]!.path)).status, 404)
    assert.equal((await client.get(`/api/v1/media-uploads/${first.asset_id}`)).status, 404)
    await wait('10 years')
    assert.deepEqual(await sweep(), { abandoned: 0, assets: 0, originals: 0 })
    assert.equal(await filesBelow(`public/photos/${second.asset_id}/`), 8)
  })

  test('leaves a photo that a profile shows, whatever its row says', async () => {
    const shown = await uploadPicture(app, client, 'cover_photo', await makeFlat(900, 300).png().toBuffer())
    await database.owner.query(`UPDATE media_assets SET remove_after = '2020-01-01' WHERE asset_id = $1`, [
      shown.asset_id,
    ])
    assert.equal((await sweep()).assets, 0)
    assert.equal((await clientOf(app).get(shown.variants[0]!.path)).status, 200)
    await database.owner.query('UPDATE media_assets SET remove_after = NULL WHERE asset_id = $1', [
      shown.asset_id,
    ])
  })

  test('takes a photo that was taken down within the hour', async () => {
    const { asset_id } = await uploadPicture(
      app,
      client,
      'cover_photo',
      await makeFlat(900, 300).png().toBuffer(),
    )
    await client.delete('/api/v1/me/cover')
    await wait('1 hour')
    assert.equal((await sweep()).assets, 1)
    assert.equal(await filesBelow(`public/covers/${asset_id}/`), 0)
  })

  test('ends uploads that nobody completed, and takes what was sent for them', async () => {
    const started = await beginUpload(client, 'profile_photo')
    const empty = await beginUpload(client, 'profile_photo')
    assert.equal(await sendFile(app, started, await picture()), 204)
    await wait('119 minutes')
    assert.deepEqual(await sweep(), { abandoned: 0, assets: 0, originals: 0 }, 'it may still be on its way')
    await wait('2 minutes')
    assert.deepEqual(await sweep(), { abandoned: 2, assets: 2, originals: 1 })
    assert.equal(await filesBelow('uploads/'), 0)
    for (const { asset_id } of [started, empty])
      assert.equal((await completeUpload(client, asset_id)).status, 404)
  })

  test('takes what is sent to an upload that is over already', async () => {
    const started = await beginUpload(client, 'profile_photo')
    assert.equal(await sendFile(app, started, await picture()), 204)
    assert.equal((await completeUpload(client, started.asset_id)).status, 200)
    assert.equal(await sendFile(app, started, Buffer.from('<script>')), 204)
    const waiting = await beginUpload(client, 'profile_photo')
    assert.equal(await sendFile(app, waiting, await picture()), 204)
    assert.equal((await sweep()).originals, 1)
    assert.equal((await completeUpload(client, waiting.asset_id)).status, 200)
  })

  test('leaves a refused upload’s reason to be read for a day', async () => {
    const started = await beginUpload(client, 'profile_photo')
    assert.equal(await sendFile(app, started, Buffer.from('no picture')), 204)
    assert.equal((await completeUpload(client, started.asset_id)).status, 422)
    await sweep()
    assert.equal((await client.get(`/api/v1/media-uploads/${started.asset_id}`)).status, 200)
    await wait('25 hours')
    assert.ok((await sweep()).assets > 0)
    assert.equal((await client.get(`/api/v1/media-uploads/${started.asset_id}`)).status, 404)
  })
})
