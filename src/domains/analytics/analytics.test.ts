import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { type Client, clientOf, signIn, startApp, type TestApp } from '../../testing/client.ts'
import { createTestDatabase, type TestDatabase } from '../../testing/database.ts'
import { insert, makeEnrollment, makeProgram, makeUser, type Values } from '../../testing/factories.ts'
import { refreshPlatformMetrics, refreshProgramReports } from './refresh.ts'

type Money = { amount_minor: number; currency: string }
type Metrics = {
  computed_at: string
  new_users_30d: number
  active_users_7d: number
  revenue_monthly: Money[]
}
type Item = {
  program_id: string
  enrollment_count: number
  completion_rate: number | null
  average_rating: number | null
  revenue: Money[]
}
type Report = { items: Item[]; next_cursor: string | null }

const METRICS = '/api/v1/admin/metrics'
const REPORT = '/api/v1/admin/programs/report'

describe('analytics', () => {
  let database: TestDatabase
  let app: TestApp
  let admin: Client
  let member: Client
  const people: string[] = []
  before(async () => {
    database = await createTestDatabase()
    app = await startApp(database)
    const { owner } = database
    admin = await signIn(app, await makeUser(owner, {}, 'admin'))
    const user = await makeUser(owner)
    member = await signIn(app, user)
    people.push(user.id)
    const ago = (days: number) => new Date(Date.now() - days * 86_400_000)
    people.push((await makeUser(owner, { created_at: ago(40), last_login: ago(3) })).id)
    people.push((await makeUser(owner, { created_at: ago(40), last_login: ago(9) })).id)
  })
  after(async () => {
    await app.close()
    await database.close()
  })

  const pay = (values: Values) =>
    insert(database.owner, 'transactions', {
      user_id: people[0],
      amount: '10.00',
      currency: 'KES',
      transaction_type: 'course',
      payment_method: 'mpesa',
      status: 'success',
      ...values,
    })

  test('is closed to strangers and members', async () => {
    for (const url of [METRICS, `${METRICS}/daily`, REPORT]) {
      assert.equal((await clientOf(app).get(url)).status, 401)
      assert.equal((await member.get(url)).status, 403)
    }
  })

  test('a super admin reads it too', async () => {
    const other = await signIn(
      app,
      await makeUser(database.owner, { created_at: '2020-01-01' }, 'super_admin'),
    )
    assert.equal((await other.get(METRICS)).status, 200)
    assert.equal((await other.get(REPORT)).status, 200)
  })

  test('A1 counts people once, and money per currency, refunds taken off', async () => {
    await pay({ amount: '1500.50' })
    await pay({ amount: '200.25', transaction_type: 'refund' })
    await pay({ amount: '68000', currency: 'UGX', transaction_type: 'event' })
    await pay({ amount: '19.99', currency: 'USD', user_id: people[1] })
    await pay({ amount: '5000', currency: 'USD', status: 'pending' })
    await pay({ amount: '5000', currency: 'USD', status: 'failed' })
    await pay({ amount: '5000', currency: 'USD', status: 'refunded' })
    await pay({ amount: '5000', currency: 'USD', created_at: new Date(Date.now() - 40 * 86_400_000) })

    const { rows } = await database.owner.query('SELECT * FROM platform_metrics')
    assert.deepEqual(rows, [])
    const live = (await admin.get<Metrics>(METRICS)).body
    // Made in the last 30 days: admin and member. Signed in during the last 7: those two, the super admin, and one more.
    assert.deepEqual([live.new_users_30d, live.active_users_7d], [2, 4])
    assert.deepEqual(live.revenue_monthly, [
      { currency: 'KES', amount_minor: 130_025 },
      { currency: 'UGX', amount_minor: 68_000 },
      { currency: 'USD', amount_minor: 1999 },
    ])
    // A run of the job was asked for, once.
    const jobs = await database.owner.query(`SELECT key FROM graphile_worker.jobs WHERE key LIKE '%metrics%'`)
    assert.equal(jobs.rows.length, 1)

    await refreshPlatformMetrics(database.workerDb)
    await pay({ amount: '1', currency: 'USD' })
    const first = (await admin.get<Metrics>(METRICS)).body
    assert.deepEqual(first.revenue_monthly, live.revenue_monthly, 'the snapshot stands until the next')
    await refreshPlatformMetrics(database.workerDb)
    const second = (await admin.get<Metrics>(METRICS)).body
    assert.ok(second.computed_at > first.computed_at)
    assert.equal(second.revenue_monthly.at(-1)?.amount_minor, 2099)
  })

  test('tells of each of the last days who came and what came in, refunds taken off', async () => {
    type Day = { day: string; new_users: number; revenue: Money[] }
    const yesterday = new Date(Date.now() - 86_400_000)
    await makeUser(database.owner, { created_at: yesterday })
    await pay({ amount: '300', created_at: yesterday })
    await pay({ amount: '100', created_at: yesterday, transaction_type: 'refund' })
    const { items } = (await admin.get<{ items: Day[] }>(`${METRICS}/daily?days=7`)).body
    assert.equal(items.length, 7)
    assert.deepEqual(items.at(-2), {
      day: yesterday.toISOString().slice(0, 10),
      new_users: 1,
      revenue: [{ currency: 'KES', amount_minor: 20_000 }],
    })
    assert.deepEqual([items[0]?.new_users, items[0]?.revenue], [0, []], 'a day without anything is there too')
    assert.equal((await admin.get(`${METRICS}/daily?days=400`)).status, 400)
    await database.owner.query('DELETE FROM transactions WHERE created_at = $1', [yesterday])
  })

  test('A2 tells people, completion, rating and revenue of each program, the largest first, page by page', async () => {
    const { owner } = database
    const [busy, calm, empty] = await Promise.all([
      makeProgram(owner),
      makeProgram(owner),
      makeProgram(owner),
    ])
    const gone = await makeProgram(owner, { deleted_at: new Date() })
    const taken = []
    for (const [index, user] of people.entries()) {
      const status = index === 0 ? 'completed' : 'active'
      taken.push(await makeEnrollment(owner, user, busy.program_id!, { status }))
    }
    await makeEnrollment(owner, people[0]!, calm.program_id!)
    for (const [index, rating] of [5, 4, 1].entries()) {
      const { enrollment_id, program_id, user_id } = taken[index]!
      const status = rating === 1 ? 'removed' : 'published'
      await insert(owner, 'program_reviews', { enrollment_id, program_id, user_id, rating, status })
    }
    const of = { reference_type: 'program', reference_id: busy.program_id }
    await pay({ ...of, amount: '4500.00' })
    await pay({ ...of, amount: '500.00', transaction_type: 'refund' })
    await pay({ ...of, amount: '90000', currency: 'UGX', created_at: '2024-02-01' })
    await pay({ ...of, reference_type: 'event', amount: '7' })

    const live = (await admin.get<Report>(`${REPORT}?limit=100`)).body
    const jobs = await owner.query(`SELECT key FROM graphile_worker.jobs WHERE key LIKE '%program_reports%'`)
    assert.equal(jobs.rows.length, 1, 'a run of the job was asked for')
    await refreshProgramReports(database.workerDb)
    const kept = (await admin.get<Report>(`${REPORT}?limit=100`)).body
    const plain = ({ items }: Report) => items.map((item) => ({ ...item, computed_at: '' }))
    assert.deepEqual(plain(live), plain(kept), 'what is computed for the first reader is what is kept')

    const { program_id, ...figures } = kept.items[0]!
    assert.equal(program_id, busy.program_id)
    assert.equal(figures.enrollment_count, 3)
    assert.equal(figures.completion_rate, 0.3333)
    assert.equal(figures.average_rating, 4.5)
    assert.deepEqual(figures.revenue, [
      { currency: 'KES', amount_minor: 400_000 },
      { currency: 'UGX', amount_minor: 90_000 },
    ])
    const bare = kept.items.find((item) => item.program_id === empty.program_id)
    assert.deepEqual([bare?.completion_rate, bare?.average_rating, bare?.revenue], [null, null, []])
    assert.ok(!kept.items.some((item) => item.program_id === gone.program_id))

    const walked: string[] = []
    let cursor: string | null = ''
    while (cursor !== null) {
      const page: Report = (await admin.get<Report>(`${REPORT}?limit=1${cursor && `&cursor=${cursor}`}`)).body
      walked.push(...page.items.map((item) => item.program_id))
      cursor = page.next_cursor
    }
    assert.deepEqual(
      walked,
      kept.items.map((item) => item.program_id),
    )
  })

  test('refuses cursors of other lists and pages of no size', async () => {
    const reply = await admin.get(`${REPORT}?cursor=bm9wZQ`)
    assert.deepEqual([reply.status, reply.body.code], [400, 'cursor.invalid'])
    assert.equal((await admin.get(`${REPORT}?limit=0`)).status, 400)
    assert.equal((await admin.get(`${REPORT}?page=2`)).status, 400)
  })

  test('a program that is deleted leaves the report with the next run', async () => {
    const program = await makeProgram(database.owner)
    await refreshProgramReports(database.workerDb)
    await database.owner.query('UPDATE programs SET deleted_at = now() WHERE program_id = $1', [
      program.program_id,
    ])
    await refreshProgramReports(database.workerDb)
    const { items } = (await admin.get<Report>(`${REPORT}?limit=100`)).body
    assert.ok(!items.some((item) => item.program_id === program.program_id))
  })
})
