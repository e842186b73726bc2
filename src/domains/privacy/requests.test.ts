import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { sql } from 'kysely'
import { type Client, clientOf, signedIn, startApp, type TestApp } from '../../testing/client.ts'
import { createTestDatabase, type TestDatabase } from '../../testing/database.ts'
import { makeUser, type TestUser } from '../../testing/factories.ts'
import { runTask } from '../../testing/tasks.ts'
import { remindOfRequests } from './requests-reminders.ts'
import { REQUEST_KINDS } from './schemas/requests.ts'

type Request = {
  request_id: string
  kind: string
  status: string
  received_at: string
  due_at: string
  overdue: boolean
  extension_reason: string | null
  outcome: string | null
  answer: string | null
  person: { user_id: string } | null
  handled_by: { user_id: string } | null
  is_own: boolean
  history: { event: string; note: string | null; acted_by?: { user_id: string } | null }[]
  code: string
}
type List = { items: Request[]; next_cursor: string | null }
type Person = TestUser & { readonly client: Client }

const MINE = '/api/v1/me/privacy-requests'
const DESK = '/api/v1/admin/privacy-requests'

describe('a privacy request', () => {
  let database: TestDatabase
  let app: TestApp
  let admin: Person
  before(async () => {
    database = await createTestDatabase()
    app = await startApp(database, { env: { RATE_LIMITS: 'off' } })
    admin = await someone('admin')
  })
  after(async () => {
    await app.close()
    await database.close()
  })

  async function someone(...roles: string[]): Promise<Person> {
    const user = await makeUser(database.owner, {}, ...roles)
    return { ...user, client: await signedIn(app, user) }
  }
  const file = ({ client }: Person, kind: string, details?: string) =>
    client.post<Request>(MINE, { kind, ...(details !== undefined && { details }) })
  const eventsOf = ({ history }: Request) => history.map(({ event }) => event)
  const age = (id: string, days: number) =>
    database.owner.query(
      `ALTER TABLE privacy_requests DISABLE TRIGGER USER;
       UPDATE privacy_requests SET received_at = received_at - make_interval(days => ${days}),
         due_at = due_at - make_interval(days => ${days}) WHERE request_id = '${id}';
       ALTER TABLE privacy_requests ENABLE TRIGGER USER`,
    )

  test('of each kind is filed by its person, due in seven days of the database’s clock, and confirmed by mail', async () => {
    const amina = await someone()
    for (const kind of REQUEST_KINDS) {
      const { status, body } = await file(amina, kind, 'What do you know of me?')
      assert.deepEqual([status, body.kind, body.status, body.overdue], [201, kind, 'received', false])
      assert.deepEqual(
        body.history.map(({ event, note }) => [event, note]),
        [['received', 'What do you know of me?']],
      )
      const days = (Date.parse(body.due_at) - Date.parse(body.received_at)) / 86_400_000
      assert.equal(days, 7)
    }
    const { body } = await amina.client.get<List>(`${MINE}?limit=4`)
    assert.equal(body.items.length, 4)
    const rest = await amina.client.get<List>(`${MINE}?limit=4&cursor=${body.next_cursor}`)
    assert.equal(rest.body.items.length, 2)
    const { rows } = await database.owner.query(
      `SELECT count(*) AS n FROM outgoing_messages WHERE user_id = $1 AND template = 'privacy_request_received'`,
      [amina.id],
    )
    assert.equal(rows[0].n, '6')
  })

  test('is due as staff have set it for its kind', async () => {
    const days = { access: 3, erasure: 7, rectification: 7, restriction: 7, objection: 7, portability: 30 }
    const change = await admin.client.put('/api/v1/admin/settings/privacy.request_due_days', { value: days })
    assert.equal(change.status, 200, change.text)
    const amina = await someone()
    for (const [kind, expected] of [
      ['access', 3],
      ['portability', 30],
    ] as const) {
      const { body } = await file(amina, kind)
      assert.equal((Date.parse(body.due_at) - Date.parse(body.received_at)) / 86_400_000, expected)
    }
    const bad = { value: { ...days, access: 31 } }
    assert.equal((await admin.client.put('/api/v1/admin/settings/privacy.request_due_days', bad)).status, 400)
    await admin.client.put('/api/v1/admin/settings/privacy.request_due_days', {
      value: { ...days, access: 7 },
    })
  })

  test('twice while one is open is refused, also at the same moment; another may follow once it is closed', async () => {
    const amina = await someone()
    const tries = await Promise.all(Array.from({ length: 8 }, () => file(amina, 'access')))
    assert.deepEqual(tries.map(({ status }) => status).sort(), [201, ...Array.from({ length: 7 }, () => 409)])
    assert.equal(tries.find(({ status }) => status === 409)?.body.code, 'privacy_request.open')
    const { request_id } = tries.find(({ status }) => status === 201)!.body
    assert.equal((await amina.client.delete(`${MINE}/${request_id}`)).status, 204)
    assert.equal((await amina.client.delete(`${MINE}/${request_id}`)).status, 404)
    assert.equal((await file(amina, 'access')).status, 201)
  })

  test('is about oneself alone: for another’s data, by a stranger, or for another it is refused', async () => {
    const [amina, zuri] = [await someone(), await someone()]
    const { request_id } = (await file(amina, 'access', 'mine')).body
    const forAnother = await zuri.client.post(MINE, { kind: 'access', user_id: amina.id })
    assert.equal(forAnother.status, 400)
    assert.equal((await zuri.client.get(`${MINE}/${request_id}`)).status, 404)
    assert.equal((await zuri.client.delete(`${MINE}/${request_id}`)).status, 404)
    assert.equal((await zuri.client.get(`${DESK}/${request_id}`)).status, 403)
    assert.equal((await clientOf(app).post(MINE, { kind: 'access' })).status, 401)
    const insert = database.db.transaction(
      { userId: zuri.id, roles: [], sessionId: '', provenAt: 0, impersonatorId: null },
      (tx) =>
        tx
          .insertInto('privacy_requests')
          .values({ user_id: amina.id, kind: 'erasure' } as never)
          .execute(),
    )
    await assert.rejects(insert, /row-level security/)
  })

  test('is answered by staff, its person told, each step kept; whoever reads it leaves a trace', async () => {
    const amina = await someone()
    const { request_id } = (await file(amina, 'rectification', 'My name is Amina')).body
    const queue = (await admin.client.get<List>(`${DESK}?state=open&kind=rectification`)).body.items
    assert.ok(queue.some((one) => one.request_id === request_id && one.person?.user_id === amina.id))

    const taken = await admin.client.put<Request>(`${DESK}/${request_id}/assignment`)
    assert.deepEqual([taken.body.status, taken.body.handled_by?.user_id], ['in_progress', admin.id])
    const later = await admin.client.post<Request>(`${DESK}/${request_id}/extension`, {
      days: 20,
      reason: 'The register is on paper.',
    })
    assert.equal(later.body.extension_reason, 'The register is on paper.')
    const again = await admin.client.post<Request>(`${DESK}/${request_id}/extension`, {
      days: 1,
      reason: 'More',
    })
    assert.deepEqual([again.status, again.body.code], [409, 'privacy_request.extended'])
    const answer = { outcome: 'fulfilled', answer: 'Your name is corrected.' }
    const done = await admin.client.post<Request>(`${DESK}/${request_id}/answer`, answer)
    assert.deepEqual(eventsOf(done.body), ['received', 'taken', 'extended', 'answered'])
    assert.equal(done.body.history[3]?.acted_by?.user_id, admin.id)

    const own = (await amina.client.get<Request>(`${MINE}/${request_id}`)).body
    assert.deepEqual([own.status, own.outcome, own.answer], ['answered', 'fulfilled', answer.answer])
    assert.ok(!('acted_by' in own.history[0]!) && !('handled_by' in own))
    const { rows: told } = await database.owner.query(
      `SELECT template FROM outgoing_messages WHERE user_id = $1 ORDER BY message_id`,
      [amina.id],
    )
    const said = ['received', 'extended', 'answered'].map((name) => ({ template: `privacy_request_${name}` }))
    assert.deepEqual(told, said)
    const { rows: read } = await database.owner.query(
      `SELECT changes, metadata FROM audit_logs WHERE user_id = $1 AND entity_id = $2 AND action = 'identity.personal_data_read'`,
      [admin.id, amina.id],
    )
    assert.ok(read.length >= 3)
    const { rows: logged } = await database.owner.query(
      `SELECT a::text AS text FROM audit_logs a WHERE entity_type = 'privacy_request' AND entity_id = $1`,
      [request_id],
    )
    assert.equal(logged.length, 4)
    for (const { text } of logged) assert.doesNotMatch(text, /Amina|corrected|paper/)
  })

  test('is answered once, though two answer it at the same moment, and stays as it was answered', async () => {
    const [amina, other] = [await someone(), await someone('admin')]
    const { request_id } = (await file(amina, 'objection')).body
    const answers = await Promise.all(
      [admin, other, admin, other].map(({ client }, n) =>
        client.post<Request>(`${DESK}/${request_id}/answer`, { outcome: 'refused', answer: `Answer ${n}` }),
      ),
    )
    assert.deepEqual(answers.map(({ status }) => status).sort(), [200, 409, 409, 409])
    assert.equal(answers.find(({ status }) => status === 409)?.body.code, 'privacy_request.closed')
    await assert.rejects(
      database.owner.query(`UPDATE privacy_requests SET answer = 'Another' WHERE request_id = $1`, [
        request_id,
      ]),
      /a closed request stays as it is/,
    )
    assert.equal((await amina.client.delete(`${MINE}/${request_id}`)).status, 404)
  })

  test('of staff is for others of staff to answer; nothing is due later than ninety days after it came', async () => {
    const { request_id } = (await file(admin, 'access')).body
    const mine = await admin.client.get<Request>(`${DESK}/${request_id}`)
    assert.equal(mine.body.is_own, true)
    const own = await admin.client.put<Request>(`${DESK}/${request_id}/assignment`)
    assert.deepEqual([own.status, own.body.code], [403, 'privacy_request.own'])
    const other = await someone('admin')
    const late = await other.client.post<Request>(`${DESK}/${request_id}/extension`, {
      days: 90,
      reason: 'Long',
    })
    assert.deepEqual([late.status, late.body.code], [400, 'privacy_request.too_late'])
    const most = await other.client.post<Request>(`${DESK}/${request_id}/extension`, {
      days: 83,
      reason: 'Long',
    })
    assert.equal(most.status, 200)
    assert.equal((await admin.client.delete(`${MINE}/${request_id}`)).status, 204)
  })

  test('keeps its history from everybody: nobody adds to it, changes it or takes from it', async () => {
    const amina = await someone()
    const { request_id } = (await file(amina, 'access')).body
    for (const statement of [
      `UPDATE privacy_request_events SET note = 'x' WHERE request_id = '${request_id}'`,
      `INSERT INTO privacy_request_events (request_id, user_id, event, due_at) VALUES ('${request_id}', '${amina.id}', 'answered', now())`,
    ]) {
      for (const db of [database.db, database.workerDb]) {
        await assert.rejects(sql.raw(statement).execute(db.anonymous), /permission denied/)
      }
    }
  })

  test('is brought to staff’s mind once before its day and once after it, however many workers look', async () => {
    await database.owner.query(`UPDATE privacy_requests SET status = 'withdrawn' WHERE closed_at IS NULL`)
    const remind = () => runTask(remindOfRequests, app, database)
    const mails = async () => {
      const { rows } = await database.owner.query(
        `SELECT params FROM outgoing_messages WHERE template = 'privacy_requests_due' AND user_id = $1 ORDER BY message_id`,
        [admin.id],
      )
      return rows.map(({ params }) => JSON.parse(params))
    }
    const amina = await someone()
    const { request_id } = (await file(amina, 'access')).body
    await remind()
    assert.deepEqual(await mails(), [])
    await age(request_id, 6)
    await Promise.all([remind(), remind(), remind()])
    assert.deepEqual(await mails(), [{ due_soon: 1, overdue: 0 }])
    await age(request_id, 2)
    await Promise.all([remind(), remind(), remind()])
    await remind()
    assert.deepEqual(await mails(), [
      { due_soon: 1, overdue: 0 },
      { due_soon: 0, overdue: 1 },
    ])
    const { body } = await admin.client.get<Request>(`${DESK}/${request_id}`)
    assert.deepEqual([body.overdue, eventsOf(body)], [true, ['received', 'due_soon', 'overdue']])
    // A later date is told anew.
    await admin.client.post(`${DESK}/${request_id}/extension`, { days: 3, reason: 'More time' })
    await age(request_id, 1)
    await remind()
    assert.deepEqual((await mails()).at(-1), { due_soon: 1, overdue: 0 })
  })
})
