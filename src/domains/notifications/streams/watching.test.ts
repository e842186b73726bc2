import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { openParts, type Parts } from '../../../app/shutdown.ts'
import { openWorker } from '../../../app/worker.ts'
import { signedIn, startApp, type TestApp } from '../../../testing/client.ts'
import { createTestDatabase, type TestDatabase } from '../../../testing/database.ts'
import { type Listener, listenTo } from '../../../testing/events.ts'
import { insert, makePost, makeUser, unknownId } from '../../../testing/factories.ts'

describe('what is on a screen', () => {
  let database: TestDatabase
  let app: TestApp
  let parts: Parts
  before(async () => {
    database = await createTestDatabase()
    app = await startApp(database)
    parts = openParts(app.services.log)
    await openWorker(app.services, parts)
  })
  after(async () => {
    await parts.closeAll()
    await app.close()
    await database.close()
  })

  const someone = async () => {
    const { id } = await makeUser(database.owner)
    return { id, client: await signedIn(app, { id }) }
  }
  const watch = async (reader: Awaited<ReturnType<typeof someone>>, ...subjects: string[]) => {
    const stream = await listenTo(app, reader.client, { query: `?watch=${subjects.join(',')}` })
    await stream.until(({ heard }) => heard.length > 0)
    return stream
  }
  /** All that was said of a subject, one after the other. */
  const said = (stream: Listener, event: string, subject: string) =>
    stream.of(event).flatMap(({ data }) => (subject in data ? [data[subject]] : []))

  test('shows the likes and comments of a post as they come', async () => {
    const reader = await someone()
    const writer = await someone()
    const post = await makePost(database.owner, { author_id: writer.id })
    const subject = `post:${post.post_id}`
    const stream = await watch(reader, subject)
    await stream.until(({ of }) => of('counters').length === 1)
    const figures = { like_count: 0, comment_count: 0, bookmark_count: 0 }
    assert.deepEqual(said(stream, 'counters', subject), [figures])
    await writer.client.put(`/api/v1/posts/${post.post_id}/reactions/like`)
    await stream.until(({ of }) => of('counters').length === 2)
    await writer.client.post(`/api/v1/posts/${post.post_id}/comments`, { content: 'Well said' })
    await stream.until(({ of }) => of('counters').length === 3)
    assert.deepEqual(said(stream, 'counters', subject).slice(1), [
      { ...figures, like_count: 1 },
      { ...figures, like_count: 1, comment_count: 1 },
    ])
    stream.close()
  })

  test('leaves out what its reader may not see', async () => {
    const reader = await someone()
    const writer = await someone()
    const seen = await makePost(database.owner, { author_id: writer.id })
    const draft = await makePost(database.owner, { author_id: writer.id, status: 'draft' })
    const blocker = await someone()
    const blocked = await makePost(database.owner, { author_id: blocker.id })
    await insert(database.owner, 'user_blocks', { blocker_id: blocker.id, blocked_id: reader.id })
    const subjects = [seen.post_id, draft.post_id, blocked.post_id, unknownId()].map((id) => `post:${id}`)
    const stream = await watch(reader, ...subjects, `person:${blocker.id}`, `event:${unknownId()}`)
    await stream.until(({ of }) => of('counters').length === 1)
    await sleep(100)
    assert.deepEqual(
      stream.heard
        .filter(({ event }) => event !== 'unread')
        .map(({ event, data }) => [event, Object.keys(data)]),
      [['counters', [subjects[0]]]],
    )
    stream.close()
  })

  test('shows who comes online, of those who share it', async () => {
    const reader = await someone()
    const [open, shy] = [await someone(), await someone()]
    await database.owner.query('UPDATE user_settings SET show_activity = false WHERE user_id = $1', [shy.id])
    const stream = await watch(reader, `person:${open.id}`, `person:${shy.id}`)
    await stream.until(({ of }) => of('presence').length === 1)
    const theirs = await Promise.all([listenTo(app, open.client), listenTo(app, shy.client)])
    await stream.until(({ of }) => of('presence').length === 2)
    await sleep(100)
    assert.deepEqual(said(stream, 'presence', `person:${open.id}`), [{ online: false }, { online: true }])
    assert.deepEqual(said(stream, 'presence', `person:${shy.id}`), [])
    for (const one of [stream, ...theirs]) one.close()
  })

  test('takes twenty things, and no more', async () => {
    const { client } = await someone()
    const query = (count: number) =>
      `?watch=${Array.from({ length: count }, () => `post:${unknownId()}`).join(',')}`
    const stream = await listenTo(app, client, { query: query(20) })
    assert.equal(stream.status, 200)
    stream.close()
    assert.equal((await listenTo(app, client, { query: query(21) })).status, 400)
  })
})
