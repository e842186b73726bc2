import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { type Client, signedIn, signIn, startApp, type TestApp } from '../../testing/client.ts'
import { createTestDatabase, type TestDatabase } from '../../testing/database.ts'
import { makeComment, makePost, makeUser, type TestUser } from '../../testing/factories.ts'
import { tellPeople } from '../../testing/notices.ts'
import { untilReady } from '../../testing/privacy.ts'
import { type BuildStep, buildExport } from './export-build.ts'
import { exportKey } from './export-files.ts'
import { sweepExports } from './export-sweep.ts'
import { withdrawAllExports } from './export-withdrawal.ts'
import { filesInZip } from './zip-files.ts'

type Export = { export_id: string; status: string; rows_written: number; tables_done: number }

describe('an export of one’s own data', () => {
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

  const build = (id: string, reached?: (step: BuildStep) => void) =>
    buildExport(app.services, database.workerDb, id, reached ? { reached } : {})
  const ask = async (client: Client) => {
    const reply = await client.post<Export>('/api/v1/me/exports')
    assert.equal(reply.status, 202, reply.text)
    return reply.body
  }
  const statusOf = async (client: Client, id: string) =>
    (await client.get<Export>(`/api/v1/me/exports/${id}`)).body

  async function download(client: Client, id: string): Promise<Map<string, string>> {
    const link = await client.post<{ url: string }>(`/api/v1/me/exports/${id}/download-link`)
    assert.equal(link.status, 201, link.text)
    const { rawPayload, statusCode } = await app.server.inject(
      new URL(link.body.url).pathname + new URL(link.body.url).search,
    )
    assert.equal(statusCode, 200)
    return filesIn(rawPayload)
  }

  async function person(): Promise<{ user: TestUser; client: Client }> {
    const user = await makeUser(database.owner, { full_name: 'Zawadi Achieng' })
    return { user, client: await signedIn(app, user) }
  }

  test('holds the rows of every table, a page to read, and others only by the name that they show', async () => {
    const { user, client } = await person()
    const other = await makeUser(database.owner, { full_name: 'Baraka Otieno' })
    const hidden = await makeUser(database.owner, { full_name: 'Hides From Her' })
    await database.owner.query(
      `INSERT INTO messages (conversation_id, sender_id, recipient_id, content)
       VALUES (uuid_v7(), $1, $2, 'Habari yako, Baraka'), (uuid_v7(), $3, $1, 'Not so fine')`,
      [user.id, other.id, hidden.id],
    )
    await database.owner.query('INSERT INTO user_blocks (blocker_id, blocked_id) VALUES ($1, $2)', [
      hidden.id,
      user.id,
    ])
    const post = await makePost(database.owner, { author_id: user.id, content: 'Stall number seven <b>' })
    await makeComment(database.owner, post.post_id!, user.id, { content: 'I say to myself' })
    const { export_id } = await ask(client)
    await build(export_id)
    const state = await statusOf(client, export_id)
    assert.equal(state.status, 'ready')
    const files = await download(client, export_id)
    assert.match(files.get('data/messages.json')!, /Habari yako, Baraka/)
    assert.match(files.get('data/comments.json')!, /I say to myself/)
    const [account] = JSON.parse(files.get('data/users.json')!)
    assert.equal(account.full_name, 'Zawadi Achieng')
    assert.ok(!('password_hash' in account) && !('two_factor_secret' in account))
    const page = files.get('index.html')!
    assert.match(page, /Zawadi Achieng/)
    assert.match(page, /Baraka Otieno/)
    assert.match(page, /Stall number seven &lt;b&gt;/)
    const whole = [...files.values()].join('\n')
    assert.doesNotMatch(whole, /Hides From Her/)
    assert.equal(files.has('data/user_blocks.json'), false, 'nobody is told who has blocked them')
  })

  test('tells from where its owner did what the log says, and gives away nothing sealed', async () => {
    const { user } = await person()
    const client = await signIn(app, user)
    const { export_id } = await ask(client)
    await build(export_id)
    const files = await download(client, export_id)
    const origins: { ip: string }[] = JSON.parse(files.get('data/audit_origins.json')!)
    assert.ok(origins.length > 0)
    assert.ok(origins.every(({ ip }) => ip === '127.0.0.1'))
    const told: { action: string; timestamp: string }[] = JSON.parse(files.get('data/audit_logs.json')!)
    assert.ok(told.some(({ action }) => action === 'privacy.export_requested'))
    assert.ok(told.every(({ timestamp }) => !Number.isNaN(Date.parse(timestamp))))
    assert.doesNotMatch([...files.values()].join('\n'), /cipher|token_hash|password_hash|"mac"/)
  })

  test('is one at a time, also when asked for ten times at once', async () => {
    const { client } = await person()
    const replies = await Promise.all(Array.from({ length: 10 }, () => client.post('/api/v1/me/exports')))
    assert.deepEqual(replies.map(({ status }) => status).sort(), [
      202,
      ...Array.from({ length: 9 }, () => 409),
    ])
    assert.equal(replies.find(({ status }) => status === 409)?.body.code, 'export.running')
  })

  test('asks for a recent proof, and is its owner’s alone', async () => {
    const { user, client } = await person()
    const { export_id } = await ask(client)
    await build(export_id)
    const { client: stranger } = await person()
    assert.equal((await stranger.get(`/api/v1/me/exports/${export_id}`)).status, 404)
    assert.equal((await stranger.post(`/api/v1/me/exports/${export_id}/download-link`)).status, 404)
    await database.owner.query('UPDATE sessions SET proven_at = NULL WHERE user_id = $1', [user.id])
    const late = await signedIn(app, user)
    await database.owner.query('UPDATE sessions SET proven_at = NULL WHERE user_id = $1', [user.id])
    assert.equal((await late.post('/api/v1/me/exports')).status, 403)
    assert.equal((await late.post(`/api/v1/me/exports/${export_id}/download-link`)).status, 403)
  })

  for (const step of ['claimed', 'packed', 'stored'] as const) {
    test(`that dies when it is ${step} is built by the next try, once`, async () => {
      const { user, client } = await person()
      const { export_id } = await ask(client)
      const dying = build(export_id, (reached) => {
        if (reached === step) throw new Error('the process dies')
      })
      await assert.rejects(dying, /the process dies/)
      assert.equal((await statusOf(client, export_id)).status, 'building')
      await build(export_id)
      await build(export_id)
      assert.equal((await statusOf(client, export_id)).status, 'ready')
      await tellPeople(app, database)
      const { rows } = await database.owner.query(
        `SELECT count(*)::int AS notices FROM notifications WHERE user_id = $1 AND reference_id = $2`,
        [user.id, export_id],
      )
      assert.equal(Number(rows[0].notices), 1)
      assert.ok((await download(client, export_id)).has('index.html'))
    })
  }

  test('leaves no file when its person is erased while it is packed, or when its time is over', async () => {
    const { user, client } = await person()
    const { export_id } = await ask(client)
    const { storage } = app.services
    const key = exportKey(user.id, export_id)
    await build(export_id)
    assert.ok(await storage.head(key))
    await sweepExports(database.workerDb, storage, AbortSignal.timeout(5_000))
    assert.ok(await storage.head(key))
    await database.owner.query(
      `UPDATE data_exports SET expires_at = now() - interval '1 s' WHERE export_id = $1`,
      [export_id],
    )
    await sweepExports(database.workerDb, storage, AbortSignal.timeout(5_000))
    assert.equal(await storage.head(key), null)
    assert.equal((await statusOf(client, export_id)).status, 'expired')
    const { export_id: second } = await ask(client)
    let erased: Promise<unknown> | undefined
    await build(second, (step) => {
      if (step === 'stored')
        erased = database.owner.query('DELETE FROM data_exports WHERE export_id = $1', [second])
    })
    await erased
    await storage.put(exportKey(user.id, second.replace(/.$/, '0')), Buffer.from('left'), 'application/zip')
    await sweepExports(database.workerDb, storage, AbortSignal.timeout(5_000))
    for await (const left of storage.list(`exports/${user.id}/`)) assert.fail(`${left} is left`)
  })

  test('of others is taken back once somebody is erased, ready or half packed, and they are told to ask again', async () => {
    const { storage } = app.services
    const withdraw = () => withdrawAllExports(database.workerDb, storage)
    const [ready, packing, waiting] = [await person(), await person(), await person()]
    const { export_id: first } = await ask(ready.client)
    await build(first)
    const { export_id: later } = await ask(waiting.client)
    const { export_id: second } = await ask(packing.client)
    let withdrawn: Promise<number> | undefined
    await build(second, (step) => {
      if (step === 'packed') withdrawn = withdraw()
    })
    await withdrawn
    await withdraw()
    for (const { user, client, id } of [
      { ...ready, id: first },
      { ...packing, id: second },
    ]) {
      assert.equal(await storage.head(exportKey(user.id, id)), null)
      assert.match((await statusOf(client, id)).status, /^(expired|failed)$/)
      assert.equal((await client.post(`/api/v1/me/exports/${id}/download-link`)).status, 409)
      await tellPeople(app, database)
      const told = await client.get<{ items: { title: string }[] }>('/api/v1/me/notifications')
      assert.equal(told.body.items[0]?.title, 'Ask for your data again')
      await ask(client)
    }
    await build(later)
    assert.equal((await statusOf(waiting.client, later)).status, 'ready', 'what is packed later stands')
  })

  test('is built by the worker, who tells its owner by mail', async () => {
    const { user, client } = await person()
    const { export_id } = await ask(client)
    const mails = await untilReady(app, client, export_id, user.email)
    assert.match(mails[0]!.subject, /ready to be downloaded/)
    assert.doesNotMatch(mails[0]!.text, /\.zip/)
  })
})

function filesIn(zip: Buffer): Map<string, string> {
  return new Map([...filesInZip(zip)].map(([name, bytes]) => [name, bytes.toString('utf8')]))
}
