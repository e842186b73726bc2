import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { type Client, clientOf, signedIn, startApp, type TestApp } from '../../testing/client.ts'
import { createTestDatabase, type TestDatabase } from '../../testing/database.ts'
import { makeUser, type TestUser, unknownId } from '../../testing/factories.ts'
import { emptyPng, makeFlat } from '../../testing/pictures.ts'
import {
  beginUpload,
  completeUpload,
  type MediaAsset,
  sendFile,
  uploadPicture,
} from '../../testing/uploads.ts'

describe('uploads of pictures', () => {
  let database: TestDatabase
  let app: TestApp
  let amina: TestUser
  let client: Client
  before(async () => {
    database = await createTestDatabase()
    app = await startApp(database)
  })
  after(async () => {
    await app.close()
    await database.close()
  })

  const someone = async () => {
    amina = await makeUser(database.owner)
    client = await signedIn(app, amina)
    return client
  }
  const assetOf = async (assetId: string) =>
    (await database.owner.query('SELECT * FROM media_assets WHERE asset_id = $1', [assetId])).rows[0]
  const picture = (colour = '#c83214') => makeFlat(300, 300, colour).png().toBuffer()

  test('are begun by who is signed in, for what pictures are for, in a size that is taken', async () => {
    await someone()
    const good = { usage: 'profile_photo', content_type: 'image/jpeg', size: 5_000_000 }
    assert.equal((await clientOf(app).post('/api/v1/media-uploads', good)).status, 401)
    const { status, body } = await client.post<{ upload: { max_bytes: number; expires_at: string } }>(
      '/api/v1/media-uploads',
      good,
    )
    assert.deepEqual([status, body.upload.max_bytes], [201, 8 * 1024 * 1024])
    const minutes = (Date.parse(body.upload.expires_at) - Date.now()) / 60_000
    assert.ok(minutes > 55 && minutes <= 61, `${minutes}`)
    const wrong: [object, number, string][] = [
      [{ ...good, usage: 'certificate' }, 400, 'request.invalid'],
      [{ ...good, content_type: 'image/svg+xml' }, 400, 'request.invalid'],
      [{ ...good, size: 0 }, 400, 'request.invalid'],
      [{ ...good, size: 13 * 1024 * 1024 }, 400, 'request.invalid'],
      [{ ...good, key: 'public/photos/x/256.webp' }, 400, 'request.invalid'],
      [{ ...good, size: 9 * 1024 * 1024 }, 413, 'media.too_large'],
    ]
    for (const [asked, expected, code] of wrong) {
      const reply = await client.post('/api/v1/media-uploads', asked)
      assert.deepEqual([reply.status, reply.body.code], [expected, code], JSON.stringify(asked))
    }
    const cover = await client.post('/api/v1/media-uploads', {
      ...good,
      usage: 'cover_photo',
      size: 12_000_000,
    })
    assert.equal(cover.status, 201)
  })

  test('are open five at a time for one person, also when ten are begun at once; one that has expired is not open', async () => {
    await someone()
    const body = { usage: 'cover_photo', content_type: 'image/webp', size: 1 }
    const begin = () => client.post<{ asset_id: string }>('/api/v1/media-uploads', body)
    const replies = await Promise.all(Array.from({ length: 10 }, begin))
    const begun = replies.filter(({ status }) => status === 201)
    assert.equal(begun.length, 5)
    for (const { status, body } of replies)
      if (status !== 201) assert.deepEqual([status, body], [409, { ...body, code: 'media.too_many_open' }])
    const other = await signedIn(app, await makeUser(database.owner))
    assert.equal((await other.post('/api/v1/media-uploads', body)).status, 201)
    await database.owner.query(
      `UPDATE media_assets SET upload_expires_at = now() - interval '1 second' WHERE asset_id = $1`,
      [begun[0]!.body.asset_id],
    )
    assert.equal((await begin()).status, 201)
    assert.equal((await begin()).status, 409)
  })

  test('are their owner’s alone', async () => {
    await someone()
    const { asset_id } = await beginUpload(client, 'profile_photo')
    const others = [await makeUser(database.owner), await makeUser(database.owner, {}, 'admin')]
    for (const other of others) {
      const stranger = await signedIn(app, other)
      for (const reply of [
        await stranger.get(`/api/v1/media-uploads/${asset_id}`),
        await completeUpload(stranger, asset_id),
        await completeUpload(stranger, unknownId()),
      ])
        assert.deepEqual([reply.status, (reply.body as { code?: string }).code], [404, 'media.not_found'])
    }
    assert.equal((await clientOf(app).get(`/api/v1/media-uploads/${asset_id}`)).status, 401)
    assert.equal((await client.get(`/api/v1/media-uploads/${asset_id}`)).status, 200)
  })

  test('wait for their file, and are completed once it has come', async () => {
    await someone()
    const started = await beginUpload(client, 'profile_photo')
    const state = () => client.get<MediaAsset>(`/api/v1/media-uploads/${started.asset_id}`)
    assert.deepEqual((await state()).body.processing_status, 'uploaded')
    const early = await completeUpload(client, started.asset_id)
    assert.deepEqual([early.status, (await state()).body.processing_status], [409, 'uploaded'])
    assert.equal(await sendFile(app, started, await picture()), 204)
    const done = await completeUpload(client, started.asset_id)
    assert.equal(done.status, 200)
    assert.deepEqual((await state()).body, done.body)
    assert.deepEqual((await completeUpload(client, started.asset_id)).body, done.body, 'again, the same')
  })

  test('are over when they have expired', async () => {
    await someone()
    const started = await beginUpload(client, 'profile_photo')
    assert.equal(await sendFile(app, started, await picture()), 204)
    await database.owner.query(
      `UPDATE media_assets SET upload_expires_at = now() - interval '1 second' WHERE asset_id = $1`,
      [started.asset_id],
    )
    const reply = await completeUpload(client, started.asset_id)
    assert.deepEqual([reply.status, (reply.body as { code?: string }).code], [410, 'media.expired'])
  })

  test('of what is no picture come to nothing, say why, and leave neither file nor photo', async () => {
    const files: Record<string, [Buffer, string]> = {
      'a script': [Buffer.from('<script>alert(1)</script>'), 'media.unsupported'],
      'a GIF that is a script': [Buffer.from('GIF89a/*<script>*/=alert(1)//'), 'media.damaged'],
      'a drawing with a script': [
        Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"/>'),
        'media.unsupported',
      ],
      'half a picture': [(await picture()).subarray(0, 400), 'media.damaged'],
      'a hundred megapixels': [emptyPng(10_000, 10_000), 'media.too_many_pixels'],
      'a dot': [await makeFlat(9, 9).png().toBuffer(), 'media.too_small'],
      'a line': [await makeFlat(70, 900).png().toBuffer(), 'media.too_narrow'],
    }
    for (const [name, [file, code]] of Object.entries(files)) {
      await someone()
      const started = await beginUpload(client, 'profile_photo')
      assert.equal(await sendFile(app, started, file), 204)
      for (const reply of [
        await completeUpload(client, started.asset_id),
        await completeUpload(client, started.asset_id),
      ])
        assert.deepEqual([reply.status, (reply.body as { code?: string }).code], [422, code], name)
      const { body } = await client.get<MediaAsset>(`/api/v1/media-uploads/${started.asset_id}`)
      assert.deepEqual([body.processing_status, body.failure_code, body.variants], ['failed', code, []], name)
      assert.equal(await app.services.storage.head(`uploads/${started.asset_id}`), null)
      assert.equal(await photoOf(client), null)
    }
  })

  test('are made of the bytes, whatever the type that was announced', async () => {
    await someone()
    const jpeg = await makeFlat(300, 300).jpeg().toBuffer()
    const { variants } = await uploadPicture(app, client, 'profile_photo', jpeg)
    assert.equal(variants.length, 8)
  })

  test('completed at once on two servers are worked on once: the other says that somebody is at it', async () => {
    await someone()
    const { storage } = app.services
    const second = await startApp(database, { services: { storage } })
    try {
      const started = await beginUpload(client, 'profile_photo')
      assert.equal(await sendFile(app, started, await picture()), 204)
      const clients = [client, clientOf(second, client.token), client, clientOf(second, client.token)]
      const replies = await Promise.all(clients.map((one) => completeUpload(one, started.asset_id)))
      const statuses = replies.map(({ status }) => status).sort()
      assert.ok(statuses.includes(200) && statuses.includes(202), `${statuses}`)
      assert.ok(
        statuses.every((status) => status === 200 || status === 202),
        `${statuses}`,
      )
      assert.equal(await changesOf(amina), 1)
      assert.equal(Number((await assetOf(started.asset_id)).processing_attempts), 1)
      assert.equal((await completeUpload(client, started.asset_id)).status, 200)
    } finally {
      await second.close()
    }
  })

  test('completed at once for the same place replace each other: one photo is left, and it is the one that is shown', async () => {
    await someone()
    const begun = await Promise.all([1, 2, 3, 4].map(() => beginUpload(client, 'profile_photo')))
    for (const started of begun) assert.equal(await sendFile(app, started, await picture()), 204)
    const replies = await Promise.all(begun.map(({ asset_id }) => completeUpload(client, asset_id)))
    assert.deepEqual(
      replies.map(({ status }) => status),
      [200, 200, 200, 200],
    )
    const { rows } = await database.owner.query(
      'SELECT storage_key FROM media_assets WHERE uploaded_by = $1 AND remove_after IS NULL',
      [amina.id],
    )
    assert.deepEqual(
      rows.map(({ storage_key }) => storage_key),
      [await photoOf(client)],
    )
  })

  test('that a photo and a cover are made of stand side by side', async () => {
    await someone()
    const photo = await uploadPicture(app, client, 'profile_photo', await picture())
    const cover = await uploadPicture(app, client, 'cover_photo', await makeFlat(1500, 500).png().toBuffer())
    const { body } = await client.get<{ profile: Record<string, string> }>('/api/v1/me')
    assert.equal(body.profile.profile_photo_url, `public/photos/${photo.asset_id}/256.webp`)
    assert.equal(body.profile.cover_photo_url, `public/covers/${cover.asset_id}/1280.webp`)
    assert.deepEqual(
      cover.variants.map(({ path, width }) => [path, width]),
      [640, 1280, 1920].flatMap((name) =>
        ['webp', 'avif'].map((type) => [
          `/media/public/covers/${cover.asset_id}/${name}.${type}`,
          Math.min(name, 1500),
        ]),
      ),
    )
    for (const { path, type } of [...photo.variants, ...cover.variants]) {
      const reply = await clientOf(app).get(path)
      assert.deepEqual([reply.status, reply.headers['content-type']], [200, type])
    }
  })

  test('that are taken down are shown no more, and doing so twice is no error', async () => {
    await someone()
    const photo = await uploadPicture(app, client, 'profile_photo', await picture())
    assert.ok(await photoOf(client))
    for (let n = 0; n < 2; n++) {
      const reply = await client.delete('/api/v1/me/photo')
      assert.deepEqual([reply.status, await photoOf(client)], [204, null])
    }
    const { remove_after } = await assetOf(photo.asset_id)
    assert.ok(Date.parse(remove_after) - Date.now() < 3_700_000)
    assert.equal((await client.delete('/api/v1/me/cover')).status, 204)
    assert.equal((await clientOf(app).delete('/api/v1/me/cover')).status, 401)
    const again = await uploadPicture(app, client, 'profile_photo', await picture())
    assert.equal(await photoOf(client), `public/photos/${again.asset_id}/256.webp`)
  })

  async function photoOf(of: Client): Promise<string | null> {
    const { body } = await of.get<{ profile: { profile_photo_url: string | null } }>('/api/v1/me')
    return body.profile.profile_photo_url
  }

  async function changesOf({ id }: TestUser): Promise<number> {
    const { rows } = await database.owner.query(
      `SELECT count(*) AS n FROM audit_logs WHERE user_id = $1 AND action = 'identity.profile_changed'`,
      [id],
    )
    return Number(rows[0].n)
  }
})
