import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { after, before, describe, test } from 'node:test'
import { encodeCursor } from '../../platform/cursor.ts'
import { type Client, clientOf, signIn, startApp, type TestApp } from '../../testing/client.ts'
import { createTestDatabase, type TestDatabase } from '../../testing/database.ts'
import { makeEnrollment, makeLesson, makeModule, makeProgram, makeUser } from '../../testing/factories.ts'

/** A cursor that a client made up for this list. */
const forged = (sort: string, key: string[], filter = {}) => encodeCursor({ sort, key, filter })

describe('what clients get wrong', () => {
  let database: TestDatabase
  let app: TestApp
  let client: Client
  let address: string
  before(async () => {
    database = await createTestDatabase()
    app = await startApp(database)
    const learner = await makeUser(database.owner)
    const { program_id } = await makeProgram(database.owner)
    const { module_id } = await makeModule(database.owner, program_id!)
    const { lesson_id } = await makeLesson(database.owner, module_id!)
    await makeEnrollment(database.owner, learner.id, program_id!)
    address = `/api/v1/lessons/${lesson_id}/progress`
    client = await signIn(app, learner)
  })
  after(async () => {
    await app.close()
    await database.close()
  })

  test('in a report is refused by name, and nothing is written', async () => {
    const good = { progress_percent: 1, client_session_id: randomUUID(), time_spent_seconds: 1 }
    const wrong: unknown[] = [
      undefined,
      {},
      [],
      { ...good, progress_percent: '50' },
      { ...good, progress_percent: 101 },
      { ...good, progress_percent: -1 },
      { ...good, progress_percent: 1.5 },
      { ...good, progress_percent: 1e300 },
      { ...good, progress_percent: null },
      { ...good, time_spent_seconds: 604_801 },
      { ...good, time_spent_seconds: -5 },
      { ...good, time_spent_seconds: 2 ** 53 },
      { ...good, last_position_seconds: 2 ** 31 },
      { ...good, last_position_seconds: null },
      { ...good, client_session_id: 'session' },
      { ...good, client_session_id: `${randomUUID()}\0` },
      { ...good, client_session_id: '\ud800' },
      { ...good, client_session_id: 'x'.repeat(10_000) },
      { ...good, user_id: randomUUID() },
      { ...good, completed_at: '2026-01-01T00:00:00Z' },
    ]
    for (const body of wrong) {
      const reply = await client.put(address, body)
      assert.equal(reply.status, 400, `${JSON.stringify(body)?.slice(0, 100)}: ${reply.text}`)
      assert.match(String(reply.body.code), /^request\./)
    }
    const { rows } = await database.owner.query('SELECT * FROM lesson_progress')
    assert.deepEqual(rows, [])
  })

  test('in an address or a query never becomes a fault of ours', async () => {
    const ids = ['1', 'null', '%00', randomUUID().slice(1), 'x'.repeat(300), "1'--", '%ED%A0%80']
    const addresses = [
      ...ids.flatMap((id) => [
        `/modules/${id}/lessons`,
        `/programs/${id}`,
        `/programs?category=${id}`,
        `/me/enrollments?cursor=${id}`,
      ]),
      ...['0', '101', '-1', '1.5', '1e3', '99999999999999999999', 'ten', ''].map(
        (n) => `/programs?limit=${n}`,
      ),
      ...['level=expert', 'language=xx', 'pricing=', 'q=', `q=${'a'.repeat(201)}`, 'q=%00', 'unknown=1'].map(
        (query) => `/programs?${query}`,
      ),
      '/programs?category=a&category=b',
      '/programs/UPPER-case',
      '/me/enrollments?status=gone',
    ]
    for (const path of addresses) {
      const { status, text } = await client.get(`/api/v1${path}`)
      assert.ok(status < 500, `${path}: ${text}`)
      assert.ok(status >= 400 || /category=(1|null|[0-9a-f-]{35}|1'--)$/.test(path), `${path}: ${status}`)
    }
  })

  test('in a cursor that was made up is refused', async () => {
    const id = randomUUID()
    const wrong = [
      `/programs?cursor=${forged('enrollment_count', ['many', id])}`,
      `/programs?cursor=${forged('enrollment_count', ['99999999999', id])}`,
      `/programs?cursor=${forged('enrollment_count', ['1', 'id'])}`,
      `/programs?cursor=${forged('enrollment_count', ['1'])}`,
      `/programs?cursor=${forged('rank', ['1', id])}`,
      `/programs?q=x&cursor=${forged('rank', ['best', id], { q: 'x' })}`,
      `/programs?q=x&cursor=${forged('rank', ['1', id], { q: 'y' })}`,
      `/me/enrollments?cursor=${forged('enrollment_date', ['yesterday-ish', id])}`,
      `/me/enrollments?cursor=${forged('enrollment_date', ['999999-01-01', id])}`,
      `/me/enrollments?status=active&cursor=${forged('enrollment_date', ['2026-01-01', id])}`,
    ]
    for (const path of wrong) {
      const { status, text } = await client.get(`/api/v1${path}`)
      assert.equal(status, 400, `${path}: ${text}`)
    }
  })

  test('with ids of others or of nothing finds nothing', async () => {
    const report = { progress_percent: 1, client_session_id: randomUUID(), time_spent_seconds: 1 }
    const wrong = ['1', 'x'.repeat(200), randomUUID()]
    for (const id of wrong) {
      const replies = [
        await client.put(`/api/v1/lessons/${id}/progress`, report),
        await client.post(`/api/v1/programs/${id}/enrollments`),
        await client.get(`/api/v1/modules/${id}/lessons`),
      ]
      for (const { status } of replies) assert.ok(status === 400 || status === 404, String(status))
    }
    for (const reply of [
      await clientOf(app).put(address, report),
      await clientOf(app).get('/api/v1/me/enrollments'),
    ])
      assert.deepEqual([reply.status, reply.body.code], [401, 'auth.required'])
  })
})
