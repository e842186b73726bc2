import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { after, before, describe, test } from 'node:test'
import { type Client, clientOf, signedIn, signIn, startApp, type TestApp } from '../../testing/client.ts'
import { createTestDatabase, type TestDatabase } from '../../testing/database.ts'
import { makeEnrollment, makeProgram, makeUser, type TestUser, type Values } from '../../testing/factories.ts'

type Enrollment = {
  enrollment_id: string
  status: string
  progress_percent: number
  program: { slug: string }
}
type Page = { items: Enrollment[]; next_cursor: string | null }

describe('enrolments', () => {
  let database: TestDatabase
  let app: TestApp
  let learner: TestUser
  let client: Client
  before(async () => {
    database = await createTestDatabase()
    app = await startApp(database)
    learner = await makeUser(database.owner)
    client = await signIn(app, learner)
  })
  after(async () => {
    await app.close()
    await database.close()
  })

  const enroll = (programId: string, as = client) =>
    as.post<Enrollment>(`/api/v1/programs/${programId}/enrollments`)

  async function program(values: Values = {}): Promise<string> {
    return (await makeProgram(database.owner, values)).program_id!
  }

  async function audited(enrollmentId: string): Promise<string[]> {
    const text = 'SELECT action FROM audit_logs WHERE entity_id = $1 AND user_id = $2 ORDER BY timestamp'
    const { rows } = await database.owner.query(text, [enrollmentId, learner.id])
    return rows.map((row) => row.action)
  }

  async function code(programId: string, as = client): Promise<unknown[]> {
    const { status, body } = await enroll(programId, as)
    return [status, (body as unknown as { code: string }).code]
  }

  test('a free program enrols at once; the second time nothing changes', async () => {
    const id = await program()
    const first = await enroll(id)
    assert.deepEqual([first.status, first.body.status, first.body.progress_percent], [201, 'active', 0])
    const second = await enroll(id)
    assert.deepEqual([second.status, second.body], [200, first.body])
    assert.deepEqual(await audited(first.body.enrollment_id), ['learning.enrollment_created'])
  })

  test('who dropped out comes back to the same enrolment', async () => {
    const id = await program()
    const before = await makeEnrollment(database.owner, learner.id, id, {
      status: 'dropped',
      progress_percent: 40,
    })
    const { status, body } = await enroll(id)
    assert.deepEqual(
      [status, body.enrollment_id, body.status, body.progress_percent],
      [200, before.enrollment_id, 'active', 40],
    )
    assert.deepEqual(await audited(body.enrollment_id), ['learning.enrollment_resumed'])
  })

  test('a program that costs is bought elsewhere; who has it already keeps it', async () => {
    for (const pricing_type of ['one_time', 'subscription']) {
      const id = await program({ pricing_type, price_amount: '25.00', currency: 'KES' })
      assert.deepEqual(await code(id), [409, 'enrollment.payment_required'])
      await makeEnrollment(database.owner, learner.id, id, { status: 'dropped' })
      assert.deepEqual(await code(id), [409, 'enrollment.payment_required'], 'after dropping out')
      await database.owner.query(`UPDATE enrollments SET status = 'active' WHERE program_id = $1`, [id])
      assert.equal((await enroll(id)).status, 200)
    }
  })

  test('what is not published cannot be joined, and a suspension is not lifted by joining', async () => {
    const drafts = [
      await program({ status: 'draft', published_at: null }),
      await program({ status: 'archived' }),
      await program({ deleted_at: new Date() }),
      randomUUID(),
    ]
    for (const id of drafts) assert.deepEqual(await code(id), [404, 'program.not_found'])
    const id = await program()
    await makeEnrollment(database.owner, learner.id, id, { status: 'suspended' })
    assert.deepEqual(await code(id), [403, 'enrollment.suspended'])
    assert.deepEqual(await code(id, clientOf(app)), [401, 'auth.required'])
  })

  test('mine are listed newest first, page by page, by status, with their programs', async () => {
    const user = await makeUser(database.owner)
    const mine = await signedIn(app, user)
    const ids: string[] = []
    for (let n = 0; n < 5; n++) {
      const row = await makeEnrollment(database.owner, user.id, await program(), {
        status: n === 0 ? 'dropped' : 'active',
        enrollment_date: n < 3 ? '2026-03-01T10:00:00.123456Z' : '2026-03-02T10:00:00.654321Z',
      })
      ids.push(row.enrollment_id!)
    }
    const seen: string[] = []
    for (let url: string | null = '/api/v1/me/enrollments?limit=2'; url !== null; ) {
      const { body }: { body: Page } = await mine.get<Page>(url)
      seen.push(...body.items.map((item) => item.enrollment_id))
      assert.ok(body.items.every((item) => item.program.slug.startsWith('program-')))
      url = body.next_cursor && `/api/v1/me/enrollments?limit=2&cursor=${body.next_cursor}`
    }
    assert.deepEqual(seen, ids.toReversed())
    const dropped = await mine.get<Page>('/api/v1/me/enrollments?status=dropped')
    assert.deepEqual(
      dropped.body.items.map((item) => item.enrollment_id),
      [ids[0]],
    )
    assert.deepEqual(
      (await (await signedIn(app, await makeUser(database.owner))).get('/api/v1/me/enrollments')).body,
      {
        items: [],
        next_cursor: null,
      },
    )
  })

  test('the same person, twice at the same moment, is enrolled once', async () => {
    const id = await program()
    const replies = await Promise.all(Array.from({ length: 20 }, () => enroll(id)))
    assert.deepEqual(replies.map(({ status }) => status).sort(), [...Array<number>(19).fill(200), 201])
    assert.equal(new Set(replies.map(({ body }) => body.enrollment_id)).size, 1)
  })

  test('two hundred people at once are all enrolled, and after the fold the counter tells the truth', async () => {
    const id = await program()
    const people = await Promise.all(
      Array.from({ length: 200 }, async () => signedIn(app, await makeUser(database.owner))),
    )
    const replies = await Promise.all(people.map((person) => enroll(id, person)))
    assert.deepEqual(
      replies.filter(({ status }) => status !== 201),
      [],
    )
    await database.owner.query('SELECT fold_counters()')
    const { rows } = await database.owner.query(
      'SELECT enrollment_count FROM programs WHERE program_id = $1',
      [id],
    )
    assert.equal(rows[0].enrollment_count, '200')
    const drift = await database.owner.query('SELECT * FROM counter_drift()')
    assert.deepEqual(drift.rows, [])
  })
})
