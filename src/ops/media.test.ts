import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { listRoutes, openApiDocument } from '../app/route-list.ts'
import { signedIn, startApp } from '../testing/client.ts'
import { createTestDatabase } from '../testing/database.ts'
import { makeUser } from '../testing/factories.ts'
import { makeFlat } from '../testing/pictures.ts'
import { beginUpload, sendFile, uploadPicture } from '../testing/uploads.ts'
import { mediaCommand } from './media.ts'

const database = await createTestDatabase()
const app = await startApp(database)
after(() => app.close().then(() => database.close()))

test('media tells what a sweep would remove, and removes it with --yes', async () => {
  const client = await signedIn(app, await makeUser(database.owner))
  const photo = await makeFlat(100, 100).png().toBuffer()
  assert.deepEqual(await answer(), ['nothing to do: everything is waited for or in use'])
  const first = await uploadPicture(app, client, 'profile_photo', photo)
  await uploadPicture(app, client, 'profile_photo', photo)
  assert.equal(await sendFile(app, await beginUpload(client, 'cover_photo'), photo), 204)
  await database.owner.query(`UPDATE media_assets SET remove_after = remove_after - interval '2 days'`)
  const counts = ['  ready: 2', '  uploaded: 1']
  assert.deepEqual(await answer(), [
    ...counts,
    '2 pictures and uploads (1 never completed), 1 originals; nothing was changed, add --yes to sweep',
  ])
  assert.equal((await client.get(first.variants[0]!.path)).status, 200)
  assert.deepEqual(await answer('--yes'), [
    ...counts,
    'removed 2 pictures and uploads (1 never completed), 1 originals',
  ])
  assert.equal((await client.get(first.variants[0]!.path)).status, 404)
  assert.deepEqual(await answer('--yes'), ['  ready: 1', 'nothing to do: everything is waited for or in use'])
})

test('media tells for how long an upload has been worked on', async () => {
  const client = await signedIn(app, await makeUser(database.owner))
  const { asset_id } = await beginUpload(client, 'cover_photo')
  await database.owner.query(
    `UPDATE media_assets SET processing_status = 'processing', processing_started_at = now() - interval '1 hour'
     WHERE asset_id = $1`,
    [asset_id],
  )
  assert.match((await answer())[0]!, /^ {2}processing: 1, the first for 36\d\d s$/)
})

async function answer(...words: readonly string[]): Promise<string[]> {
  const { config, log } = app.services
  const lines: string[] = []
  await mediaCommand.run({
    config: { ...config, databaseOwnerUrl: database.ownerUrl },
    log,
    args: [],
    listRoutes,
    openApiDocument,
    yes: words.includes('--yes'),
    print: (line) => void lines.push(line),
  })
  return lines
}
