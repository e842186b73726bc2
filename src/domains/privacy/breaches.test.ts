import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { type Client, signedIn, startApp, type TestApp } from '../../testing/client.ts'
import { createTestDatabase, type TestDatabase } from '../../testing/database.ts'
import { makeUser, type TestUser } from '../../testing/factories.ts'
import { runTask } from '../../testing/tasks.ts'
import { remindOfBreaches, tellBreach } from './breaches-telling.ts'

type Breach = {
  breach_id: string
  status: string
  discovered_at: string
  authority_due_at: string
  authority_told_at: string | null
  overdue: boolean
  people: number
  people_told: number
  history: { event: string; details: Record<string, unknown> }[]
  added: number
  items: { user_id: string; told_at: string | null }[]
  next_cursor: string | null
  code: string
}

const URL = '/api/v1/admin/breaches'
const NOTICE = {
  en: 'Change your password.',
  sw: 'Badilisha nywila yako.',
  fr: 'Changez votre mot de passe.',
}

describe('the register of breaches', () => {
  let database: TestDatabase
  let app: TestApp
  let admin: TestUser
  let staff: Client
  before(async () => {
    database = await createTestDatabase()
    app = await startApp(database)
    admin = await makeUser(database.owner, {}, 'admin')
    staff = await signedIn(app, admin)
  })
  after(async () => {
    await app.close()
    await database.close()
  })

  const enter = async (more: object = {}) => {
    const reply = await staff.post<Breach>(URL, {
      title: 'Open bucket',
      severity: 'high',
      facts: 'For a day',
      ...more,
    })
    assert.equal(reply.status, 201, reply.text)
    return reply.body
  }
  const eventsOf = ({ history }: Breach) => history.map(({ event }) => event)
  const mailsOf = async (template: string) => {
    const { rows } = await database.owner.query<{ user_id: string; params: string }>(
      `SELECT user_id, params FROM outgoing_messages WHERE template = $1 ORDER BY message_id`,
      [template],
    )
    return rows
  }

  test('runs 72 hours from the discovery, which may turn out earlier and never later', async () => {
    const breach = await enter()
    const hours = (one: Breach) =>
      (Date.parse(one.authority_due_at) - Date.parse(one.discovered_at)) / 3_600_000
    assert.equal(hours(breach), 72)
    const future = await enter({ discovered_at: '2099-01-01T00:00:00Z' })
    assert.ok(Date.parse(future.discovered_at) <= Date.now() + 60_000, 'no clock of a client puts it off')
    const earlier = new Date(Date.parse(breach.discovered_at) - 3_600_000).toISOString()
    const moved = await staff.patch<Breach>(`${URL}/${breach.breach_id}`, { discovered_at: earlier })
    assert.equal(hours(moved.body), 72)
    const later = await staff.patch<Breach>(`${URL}/${breach.breach_id}`, {
      discovered_at: breach.discovered_at,
    })
    assert.deepEqual([later.status, later.body.code], [400, 'data_breach.clock_runs'])
  })

  test('keeps what stood there before, who wrote it, and that the authority was told once', async () => {
    const { breach_id } = await enter()
    const at = `${URL}/${breach_id}`
    const patched = await staff.patch(at, { facts: 'For two days', measures: 'Closed it' })
    assert.equal(patched.status, 200, patched.text)
    const early = await staff.patch<Breach>(at, { status: 'closed' })
    assert.deepEqual([early.status, early.body.code], [409, 'data_breach.unanswered'])
    const told = await Promise.all(
      [1, 2, 3].map((n) => staff.post<Breach>(`${at}/authority-notice`, { note: `Case ${n}` })),
    )
    assert.deepEqual(told.map(({ status }) => status).sort(), [200, 409, 409])
    const { body } = await staff.patch<Breach>(at, { status: 'closed' })
    assert.deepEqual(
      eventsOf(body).filter((event) => event !== 'changed'),
      ['recorded', 'authority_told', 'closed'],
    )
    assert.equal(body.history.find(({ event }) => event === 'changed')?.details.facts, 'For a day')
    const change = database.db.anonymous.updateTable('breach_events').set({ event: 'x' }).execute()
    await assert.rejects(change, /permission denied/)
  })

  test('lists whom it concerns by ids and by a query, each once, and mails each once however often', async () => {
    const [amina, zuri, juma] = [
      await makeUser(database.owner, { phone_number: '+254 •••' }),
      await makeUser(database.owner, { phone_number: '+254 •••' }),
      await makeUser(database.owner),
    ]
    const { breach_id } = await enter()
    const at = `${URL}/${breach_id}`
    const none = await staff.post<Breach>(`${at}/people-notice`)
    assert.deepEqual([none.status, none.body.code], [409, 'data_breach.no_notice'])
    await staff.patch(at, { notice: NOTICE })
    const byId = await staff.post<Breach>(`${at}/people`, { user_ids: [amina.id, juma.id] })
    assert.deepEqual([byId.body.added, byId.body.people], [2, 2])
    const byQuery = await staff.post<Breach>(`${at}/people`, { query: { has: 'phone' } })
    assert.deepEqual([byQuery.body.added, byQuery.body.people], [1, 3])
    const page = await staff.get<Breach>(`${at}/people?limit=2`)
    assert.equal(page.status, 200, page.text)
    const rest = await staff.get<Breach>(`${at}/people?limit=2&cursor=${page.body.next_cursor}`)
    const listed = [...page.body.items, ...rest.body.items].map(({ user_id }) => user_id)
    assert.deepEqual(listed.sort(), [amina.id, zuri.id, juma.id].sort())

    assert.equal((await staff.post<Breach>(`${at}/people-notice`)).status, 200)
    await Promise.all([1, 2, 3].map(() => runTask(tellBreach, app, database, { breach_id })))
    await staff.post(`${at}/people-notice`)
    await runTask(tellBreach, app, database, { breach_id })
    const mails = await mailsOf('breach_notice')
    assert.deepEqual(mails.map(({ user_id }) => user_id).sort(), [amina.id, zuri.id, juma.id].sort())
    for (const { params } of mails)
      assert.deepEqual(JSON.parse(params), { breach_id }, 'the words are not in the queue')
    const { body } = await staff.get<Breach>(at)
    assert.deepEqual([body.people, body.people_told], [3, 3])
  })

  test('reminds staff once a day before the 72 hours end, and once when they are over', async () => {
    const { breach_id } = await enter()
    const before = (await mailsOf('breach_deadline')).length
    const remind = () => Promise.all([1, 2].map(() => runTask(remindOfBreaches, app, database)))
    const sent = async () =>
      (await mailsOf('breach_deadline')).slice(before).map(({ params }) => JSON.parse(params))
    await remind()
    assert.deepEqual(await sent(), [])
    const age = (hours: number) =>
      database.owner.query(
        `UPDATE data_breaches SET discovered_at = now() - interval '${hours} hours' WHERE breach_id = $1`,
        [breach_id],
      )
    await age(50)
    await remind()
    assert.deepEqual(await sent(), [{ soon: 1, overdue: 0 }])
    await age(73)
    await remind()
    await remind()
    assert.deepEqual(await sent(), [
      { soon: 1, overdue: 0 },
      { soon: 0, overdue: 1 },
    ])
    assert.equal((await staff.get<Breach>(`${URL}/${breach_id}`)).body.overdue, true)
  })

  test('is staff’s alone', async () => {
    const member = await signedIn(app, await makeUser(database.owner))
    const { breach_id } = await enter()
    for (const url of [URL, `${URL}/${breach_id}`, `${URL}/${breach_id}/people`])
      assert.equal((await member.get(url)).status, 403)
    assert.equal((await staff.get<Breach>(`${URL}/${admin.id}`)).body.code, 'data_breach.not_found')
  })
})
