import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Client, clientOf, signedIn, startApp, type TestApp } from '../../testing/client.ts'
import { createTestDatabase, type TestDatabase } from '../../testing/database.ts'
import {
  makeCoachApplication,
  makeUser,
  type TestUser,
  unknownId,
  type Values,
} from '../../testing/factories.ts'
import { type Mailbox, openMailbox } from '../../testing/mailbox.ts'

type Application = {
  application_id: string
  status: string
  decision_note: string | null
  internal_note: string | null
  applicant: { user_id: string }
  reviewer: { user_id: string } | null
  code?: string
}
type List = { items: Application[]; next_cursor: string | null }
type Coaches = { items: { user_id: string; hourly_rate: object }[] }

const APPROVAL = { decision: 'approved', note: 'Welcome.' }
const REFUSAL = { decision: 'rejected', note: 'Come back with references.' }

describe('reviewing who asks to become a coach', () => {
  let database: TestDatabase
  let app: TestApp
  let mailbox: Mailbox
  let admin: TestUser
  let staff: Client
  before(async () => {
    database = await createTestDatabase()
    app = await startApp(database)
    mailbox = await openMailbox(app)
    admin = await makeUser(database.owner, {}, 'admin')
    staff = await signedIn(app, admin)
  })
  after(async () => {
    await mailbox.stop()
    await app.close()
    await database.close()
  })

  const PATH = '/api/v1/admin/coach-applications'
  const applicant = async (values: Values = {}) => {
    const user = await makeUser(database.owner)
    const { application_id } = await makeCoachApplication(database.owner, user.id, values)
    return { user, id: application_id!, client: await signedIn(app, user) }
  }
  const decide = (id: string, body: object, client = staff) =>
    client.post<Application>(`${PATH}/${id}/decision`, body)
  const rolesOf = async (client: Client) =>
    (await client.get<{ roles: { role_name: string }[] }>('/api/v1/me')).body.roles.map(
      (one) => one.role_name,
    )
  const rows = async (text: string, ...values: unknown[]) => (await database.owner.query(text, values)).rows

  /** The directory is forgotten by a job. */
  const untilListed = async (id: string) => {
    for (let waited = 0; waited < 10_000; waited += 20) {
      const { items } = (await clientOf(app).get<Coaches>('/api/v1/coaches')).body
      const card = items.find(({ user_id }) => user_id === id)
      if (card) return card
      await sleep(20)
    }
    assert.fail('the directory did not show the new coach')
  }

  test('lists applications, who has waited longest first, and each with all that was handed in', async () => {
    const order: string[] = []
    for (const submitted_at of ['2026-01-03', '2026-01-01', '2026-01-02', '2026-01-02'].sort()) {
      order.push((await applicant({ submitted_at })).id)
    }
    const truth = [order[0], ...[order[1], order[2]].sort(), order[3]]
    for (const limit of [1, 3, 100]) {
      const walked: string[] = []
      for (let cursor: string | null = ''; cursor !== null; ) {
        const url: string = `${PATH}?status=submitted&limit=${limit}${cursor && `&cursor=${cursor}`}`
        const { body }: { body: List } = await staff.get<List>(url)
        walked.push(...body.items.map(({ application_id }) => application_id))
        cursor = body.next_cursor
      }
      assert.deepEqual(walked, truth, `pages of ${limit}`)
    }
    assert.equal((await staff.get<List>(`${PATH}?limit=1`)).body.items[0]?.application_id, order[0])
    assert.deepEqual((await staff.get<List>(`${PATH}?status=approved`)).body.items, [])
    const { body } = await staff.get<Application & Values>(`${PATH}/${order[0]}`)
    assert.equal(body.motivation, 'I have taught tailors to price their work for six years.')
    assert.deepEqual(body.hourly_rate, { amount_minor: 250_000, currency: 'KES' })
    assert.equal(
      (await staff.get<Application>(`${PATH}/${unknownId()}`)).body.code,
      'coach_application.not_found',
    )
  })

  test('is staff’s alone', async () => {
    const { id, client } = await applicant()
    const others = await Promise.all(
      ['member', 'coach', 'partner'].map(async (role) =>
        signedIn(app, await makeUser(database.owner, {}, role)),
      ),
    )
    for (const other of [...others, client]) {
      assert.equal((await other.get(PATH)).status, 403)
      assert.equal((await other.get(`${PATH}/${id}`)).status, 403)
      assert.equal((await decide(id, APPROVAL, other)).status, 403)
    }
    assert.equal((await decide(id, APPROVAL, clientOf(app))).status, 401)
    assert.ok(!(await rolesOf(client)).includes('coach'))
  })

  test('makes a coach by an approval, whom the directory shows at once, and tells them by mail', async () => {
    const { user, id, client } = await applicant({
      specialties: ['Pricing', 'Books'],
      languages: ['sw'],
      hourly_rate_minor: 30_000,
      currency: 'UGX',
    })
    const before = await clientOf(app).get<Coaches>('/api/v1/coaches')
    assert.ok(!before.body.items.some(({ user_id }) => user_id === user.id))
    assert.ok(!(await rolesOf(client)).includes('coach'))
    const { status, body } = await decide(id, { ...APPROVAL, internal_note: 'Met her in Gulu.' })
    assert.deepEqual([status, body.status, body.reviewer?.user_id], [200, 'approved', admin.id])
    assert.equal(body.internal_note, 'Met her in Gulu.')
    assert.ok((await rolesOf(client)).includes('coach'), 'the session that was open')
    const card = await untilListed(user.id)
    assert.deepEqual(card.hourly_rate, { amount_minor: 30_000, currency: 'UGX' })
    const page = await clientOf(app).get<Values>(`/api/v1/coaches/${user.row.username}`)
    assert.deepEqual(
      [page.body.coaching_specialties, page.body.languages, page.body.availability_status],
      [['Pricing', 'Books'], ['sw'], 'available'],
    )
    const [grant] = await rows(
      `SELECT granted_by, grant_reason, expires_at FROM user_roles WHERE user_id = $1 AND role_name = 'coach'`,
      user.id,
    )
    assert.deepEqual(grant, { granted_by: admin.id, grant_reason: `application ${id}`, expires_at: null })
    const mail = await mailbox.about(user.email, /Welcome as a coach/)
    assert.match(mail.text, /Welcome\./)
    const mails = await rows('SELECT template, params FROM outgoing_messages WHERE user_id = $1', user.id)
    assert.deepEqual(
      mails.map(({ template, params }) => [template, JSON.parse(params)]),
      [['coach_application_decided', { decision: 'approved', note: 'Welcome.' }]],
    )
    const recorded = await rows(
      'SELECT action FROM audit_logs WHERE user_id = $1 AND entity_id IN ($2, $3) ORDER BY action',
      admin.id,
      user.id,
      id,
    )
    assert.deepEqual(
      recorded.map(({ action }) => action),
      ['identity.coach_application_approved', 'identity.personal_data_read', 'identity.role_granted'],
    )
  })

  test('lets the role end when the reviewer says so, and no earlier than now', async () => {
    const { user, id } = await applicant()
    const past = await decide(id, { ...APPROVAL, expires_at: '2020-01-01T00:00:00Z' })
    assert.deepEqual([past.status, past.body.code], [400, 'role.invalid_period'])
    const expires_at = new Date(Date.now() + 86_400_000).toISOString()
    const refusal = await decide(id, { ...REFUSAL, expires_at })
    assert.deepEqual([refusal.status, refusal.body.code], [400, 'coach_application.nothing_expires'])
    assert.equal((await decide(id, { ...APPROVAL, expires_at })).status, 200)
    const [grant] = await rows(
      `SELECT expires_at = $2 AS ends FROM user_roles WHERE user_id = $1 AND role_name = 'coach'`,
      user.id,
      expires_at,
    )
    assert.equal(grant.ends, 't')
  })

  test('tells the applicant the reviewer’s note and never what reviewers tell each other', async () => {
    const { user, id, client } = await applicant()
    await decide(id, { ...REFUSAL, internal_note: 'hesitant about money' })
    const { text, body } = await client.get<Application>('/api/v1/me/coach-application')
    assert.deepEqual([body.status, body.decision_note], ['rejected', REFUSAL.note])
    assert.doesNotMatch(text, /hesitant/)
    assert.ok(!(await rolesOf(client)).includes('coach'))
    for (const table of ['outgoing_messages', 'audit_logs']) {
      assert.deepEqual(await rows(`SELECT 1 FROM ${table} t WHERE t::text LIKE '%hesitant%'`), [], table)
    }
    // Nor once they are staff themselves.
    await database.owner.query(`INSERT INTO user_roles (user_id, role_name) VALUES ($1, 'admin')`, [user.id])
    const promoted = await signedIn(app, user)
    const own = await promoted.get<Application>(`${PATH}/${id}`)
    assert.deepEqual([own.status, own.body.internal_note], [200, null])
    assert.equal((await staff.get<Application>(`${PATH}/${id}`)).body.internal_note, 'hesitant about money')
  })

  test('is not for one’s own application', async () => {
    for (const role of ['admin', 'super_admin']) {
      const user = await makeUser(database.owner, {}, role)
      const { application_id } = await makeCoachApplication(database.owner, user.id)
      const reply = await decide(application_id!, APPROVAL, await signedIn(app, user))
      assert.deepEqual([reply.status, reply.body.code], [403, 'coach_application.own'])
      assert.deepEqual(
        await rows(`SELECT 1 FROM user_roles WHERE user_id = $1 AND role_name = 'coach'`, user.id),
        [],
      )
    }
  })

  test('of two reviewers at once lets one decide, whatever they say', async () => {
    const reviewers = await Promise.all(
      Array.from({ length: 6 }, async () => signedIn(app, await makeUser(database.owner, {}, 'admin'))),
    )
    const { user, id } = await applicant()
    const replies = await Promise.all(
      reviewers.map((client, n) =>
        decide(id, { ...(n % 2 ? APPROVAL : REFUSAL), internal_note: `note ${n}` }, client),
      ),
    )
    const codes = replies.map(({ status, body }) => body.code ?? status)
    assert.deepEqual(codes.sort(), [200, ...Array(5).fill('coach_application.decided')])
    const won = replies.find(({ status }) => status === 200)?.body
    const grants = await rows(`SELECT 1 FROM user_roles WHERE user_id = $1 AND role_name = 'coach'`, user.id)
    assert.equal(grants.length, won?.status === 'approved' ? 1 : 0)
    assert.equal(
      (await rows('SELECT 1 FROM coach_application_notes WHERE application_id = $1', id)).length,
      1,
    )
    assert.equal((await rows('SELECT 1 FROM outgoing_messages WHERE user_id = $1', user.id)).length, 1)
  })

  test('either decides or lets the applicant withdraw, when both come at once', async () => {
    for (let n = 0; n < 5; n++) {
      const { user, id, client } = await applicant()
      const [decided, withdrawn] = await Promise.all([
        decide(id, APPROVAL),
        client.delete<Application>('/api/v1/me/coach-application'),
      ])
      const outcome = [decided.body.code ?? decided.status, withdrawn.body?.code ?? withdrawn.status]
      const grants = await rows(
        `SELECT 1 FROM user_roles WHERE user_id = $1 AND role_name = 'coach'`,
        user.id,
      )
      if (grants.length === 1) assert.deepEqual(outcome, [200, 'coach_application.not_found'])
      else assert.deepEqual(outcome, ['coach_application.decided', 204])
    }
  })

  test('leaves everything as it was when the role cannot be granted', async () => {
    const { user, id } = await applicant()
    await database.owner.query(`INSERT INTO user_roles (user_id, role_name) VALUES ($1, 'coach')`, [user.id])
    const reply = await decide(id, { ...APPROVAL, internal_note: 'twice' })
    assert.deepEqual([reply.status, reply.body.code], [409, 'role.overlaps'])
    assert.equal((await staff.get<Application>(`${PATH}/${id}`)).body.status, 'submitted')
    assert.deepEqual(await rows('SELECT 1 FROM coach_application_notes WHERE application_id = $1', id), [])
    assert.deepEqual(await rows('SELECT 1 FROM outgoing_messages WHERE user_id = $1', user.id), [])
  })
})
