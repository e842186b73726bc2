import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { type Client, clientOf, signedIn, startApp, type TestApp } from '../../testing/client.ts'
import { createTestDatabase, type TestDatabase } from '../../testing/database.ts'
import { insert, makeUser, type TestUser, unknownId } from '../../testing/factories.ts'
import { makeFlat } from '../../testing/pictures.ts'
import { beginUpload, completeUpload, type MediaAsset, uploadPicture } from '../../testing/uploads.ts'
import { sweepMedia } from './index.ts'

describe('pictures of a portfolio', () => {
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

  const upload = async () =>
    uploadPicture(app, client, 'portfolio', await makeFlat(1200, 900).jpeg().toBuffer())
  const item = (asset_id: string | null) => ({
    title: 'Lookbook',
    url: 'https://amina.example.com/look',
    type: 'image',
    ...(asset_id !== null && { asset_id }),
  })
  const show = (...items: object[]) => client.patch('/api/v1/me/profile', { portfolio_urls: items })
  const discard = (assetId: string) => client.delete(`/api/v1/media-uploads/${assetId}`)
  const sweep = () => sweepMedia(database.workerDb, app.services.storage, new AbortController().signal)
  const listed = async () =>
    (await client.get<{ items: MediaAsset[] }>('/api/v1/media-uploads')).body.items.map(
      ({ asset_id }) => asset_id,
    )
  /** As many as there are, without their files. */
  const ready = (userId: string) =>
    insert(database.owner, 'media_assets', {
      filename: 'portfolio.png',
      file_type: 'image/webp',
      file_size_bytes: 1,
      storage_key: `public/portfolio/${unknownId()}/960.webp`,
      uploaded_by: userId,
      usage_type: 'portfolio',
      processing_status: 'ready',
      variants: [],
    })

  test('keep their shape in two widths, and change nothing of who uploads them until they are named', async () => {
    const { asset_id, variants } = await upload()
    const sizes = [320, 960].flatMap((width) =>
      ['webp', 'avif'].map((type) => [`/media/public/portfolio/${asset_id}/${width}.${type}`, width]),
    )
    assert.deepEqual(
      variants.map(({ path, width }) => [path, width]),
      sizes,
    )
    assert.equal((await clientOf(app).get(variants[0]!.path)).status, 200)
    const { body } = await client.get<{ profile: Record<string, unknown> }>('/api/v1/me')
    assert.equal(body.profile.profile_photo_url, null)
    assert.deepEqual(await listed(), [asset_id])
  })

  test('are named by their owner’s profile alone, and only while they are there', async () => {
    const { asset_id } = await upload()
    assert.equal((await show(item(null), item(asset_id))).status, 200)
    const stranger = await signedIn(app, await makeUser(database.owner))
    const theirs = await stranger.patch('/api/v1/me/profile', { portfolio_urls: [item(asset_id)] })
    const open = await beginUpload(client, 'portfolio')
    const photo = await uploadPicture(app, client, 'profile_photo', await makeFlat(100, 100).png().toBuffer())
    const unknown = [unknownId(), open.asset_id, photo.asset_id].map((id) => show(item(asset_id), item(id)))
    for (const reply of [theirs, ...(await Promise.all(unknown))])
      assert.deepEqual([reply.status, reply.body.code], [400, 'profile.picture_unknown'])
    assert.equal((await discard(open.asset_id)).status, 204)
  })

  test('are not removed while a profile names them; afterwards they and their files go', async () => {
    const { asset_id, variants } = await upload()
    assert.equal((await show(item(asset_id))).status, 200)
    const refused = await discard(asset_id)
    assert.deepEqual([refused.status, refused.body.code], [409, 'media.in_use'])
    await database.owner.query(`UPDATE media_assets SET remove_after = '2020-01-01' WHERE asset_id = $1`, [
      asset_id,
    ])
    await sweep()
    assert.equal((await clientOf(app).get(variants[0]!.path)).status, 200)
    await database.owner.query('UPDATE media_assets SET remove_after = NULL WHERE asset_id = $1', [asset_id])
    assert.equal((await show()).status, 200)
    const stranger = await signedIn(app, await makeUser(database.owner))
    assert.equal((await stranger.delete(`/api/v1/media-uploads/${asset_id}`)).status, 404)
    assert.equal((await discard(asset_id)).status, 204)
    assert.equal((await discard(asset_id)).status, 404)
    assert.equal((await show(item(asset_id))).status, 400)
    assert.ok(!(await listed()).includes(asset_id))
    await sweep()
    assert.equal((await clientOf(app).get(variants[0]!.path)).status, 404)
  })

  test('named and removed at once are either named or gone, never both', async () => {
    for (let round = 0; round < 8; round++) {
      const { asset_id } = await ready(amina.id)
      const [shown, removed] = await Promise.all([show(item(asset_id!)), discard(asset_id!)])
      const outcome = `${shown.status} ${removed.status}`
      assert.ok(outcome === '200 409' || outcome === '400 204', outcome)
      await show()
    }
  })

  test('are twenty at most, also when the last is begun three times at once', async () => {
    const other = await makeUser(database.owner)
    const hers = await signedIn(app, other)
    for (let n = 0; n < 19; n++) await ready(other.id)
    const body = { usage: 'portfolio', content_type: 'image/png', size: 1 }
    const begin = () => hers.post<{ asset_id: string; code?: string }>('/api/v1/media-uploads', body)
    const replies = await Promise.all([begin(), begin(), begin()])
    assert.deepEqual(replies.map(({ status }) => status).sort(), [201, 409, 409])
    assert.ok(replies.every(({ status, body }) => status === 201 || body.code === 'media.portfolio_full'))
    const { asset_id } = replies.find(({ status }) => status === 201)!.body
    assert.equal((await hers.delete(`/api/v1/media-uploads/${asset_id}`)).status, 204)
    assert.equal((await begin()).status, 201)
  })

  test('that were begun and given up are over, and count no more', async () => {
    const begun = await Promise.all([1, 2, 3, 4, 5].map(() => beginUpload(client, 'cover_photo')))
    const body = { usage: 'cover_photo', content_type: 'image/png', size: 1 }
    assert.equal((await client.post('/api/v1/media-uploads', body)).status, 409)
    for (const { asset_id } of begun) assert.equal((await discard(asset_id)).status, 204)
    assert.equal((await completeUpload(client, begun[0]!.asset_id)).status, 404)
    assert.equal((await client.post('/api/v1/media-uploads', body)).status, 201)
  })

  test('do not make a photo that is shown removable by its id', async () => {
    const { asset_id } = await uploadPicture(
      app,
      client,
      'profile_photo',
      await makeFlat(100, 100).png().toBuffer(),
    )
    assert.equal((await discard(asset_id)).status, 409)
    await client.delete('/api/v1/me/photo')
    assert.equal((await discard(asset_id)).status, 204)
  })
})
