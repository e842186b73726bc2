import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { sealAudit } from '../../platform/audit/seal.ts'
import { type Client, clientOf, signedIn, startApp, type TestApp } from '../../testing/client.ts'
import { createTestDatabase, type TestDatabase } from '../../testing/database.ts'
import { makeUser, type TestUser, testPassword } from '../../testing/factories.ts'
import { untilAllIsOver } from '../../testing/waiting.ts'

type Entry = {
  log_id: string
  action: string
  user_id: string | null
  actor: { full_name: string } | null
  timestamp: string
  request_id: string | null
}
type Page = { items: Entry[]; next_cursor: string | null }

describe('the audit, for staff', () => {
  let database: TestDatabase
  let app: TestApp
  let admin: TestUser
  let root: TestUser
  let member: TestUser
  let staff: Client
  before(async () => {
    database = await createTestDatabase()
    app = await startApp(database)
    ;[admin, root, member] = [
      await makeUser(database.owner, { full_name: 'Wanjiru Staff' }, 'admin'),
      await makeUser(database.owner, {}, 'super_admin'),
      await makeUser(database.owner),
    ]
    staff = await signedIn(app, admin)
    await clientOf(app).post(
      '/api/v1/auth/login',
      { username: member.email, password: testPassword, session: 'token' },
      { 'user-agent': 'Test Browser/1' },
    )
    for (let n = 0; n < 3; n++)
      await clientOf(app).post('/api/v1/auth/login', {
        username: member.email,
        password: 'wrong',
        session: 'token',
      })
  })
  after(async () => {
    await app.close()
    await database.close()
  })

  const search = async (query: string, client = staff) =>
    (await client.get<Page>(`/api/v1/admin/audit?${query}`)).body

  test('is found by action, class, actor, thing, request, severity and time, page by page, the newest first', async () => {
    const refused = await search(
      `action=identity.sign_in_refused&entity_id=${member.id}&retention_class=security`,
    )
    assert.equal(refused.items.length, 3)
    const first = await search('action=identity.sign_in_refused&limit=2')
    const cursor = encodeURIComponent(first.next_cursor ?? '')
    const second = await search(`action=identity.sign_in_refused&limit=2&cursor=${cursor}`)
    assert.deepEqual(
      [...first.items, ...second.items].map(({ log_id }) => log_id),
      refused.items.map(({ log_id }) => log_id),
    )
    assert.equal(second.next_cursor, null)
    const [signedInRow] = (await search(`actor_id=${member.id}&action=identity.user_signed_in`)).items
    assert.equal(signedInRow?.actor?.full_name, 'Amina Wanjiru')
    const same = await search(`request_id=${signedInRow?.request_id}`)
    assert.ok(same.items.some(({ log_id }) => log_id === signedInRow?.log_id))
    const day = 86_400_000
    const [yesterday, tomorrow] = [-day, day].map((ms) => new Date(Date.now() + ms).toISOString())
    assert.equal((await search(`to=${yesterday}`)).items.length, 0)
    assert.ok(
      (await search(`from=${yesterday}&to=${tomorrow}&entity_type=user&severity=info`)).items.length > 0,
    )
    assert.equal((await search('retention_class=financial')).items.length, 0)
    const other = await staff.get(`/api/v1/admin/audit?limit=2&cursor=${cursor}`)
    assert.deepEqual([other.status, other.body.code], [400, 'cursor.invalid'])
  })

  test('shows where something came from, and that this was looked at', async () => {
    const [row] = (await search(`actor_id=${member.id}&action=identity.user_signed_in`)).items
    const { status, body } = await staff.get<{ origin: unknown }>(`/api/v1/admin/audit/${row?.log_id}`)
    assert.equal(status, 200)
    assert.deepEqual(body.origin, { ip: '127.0.0.1', agent: 'Test Browser/1', reason: null, is_open: true })
    const read = await search(
      `actor_id=${admin.id}&action=identity.personal_data_read&entity_id=${member.id}`,
    )
    assert.equal(read.items.length, 1)
    await database.owner.query('DELETE FROM audit_keys WHERE user_id = $1', [member.id])
    const { body: later } = await staff.get<{ origin: unknown }>(`/api/v1/admin/audit/${row?.log_id}`)
    assert.deepEqual(later.origin, { ip: null, agent: null, reason: null, is_open: false })
    const missing = await staff.get('/api/v1/admin/audit/0198f0a0-0000-7000-8000-000000000009')
    assert.deepEqual([missing.status, missing.body.code], [404, 'audit_entry.not_found'])
  })

  test('leaves as CSV for a super admin, which is audited itself before the first line', async () => {
    const client = await signedIn(app, root)
    const reply = await client.get('/api/v1/admin/audit-export?action=identity.sign_in_refused')
    assert.equal(reply.status, 200)
    assert.match(String(reply.headers['content-type']), /^text\/csv/)
    const lines = String(reply.text).trimEnd().split('\r\n')
    assert.equal(lines.length, 4)
    assert.match(lines[0]!, /^timestamp,log_id,/)
    assert.match(lines[1]!, /identity\.sign_in_refused/)
    const [exported] = (await search('action=identity.audit_exported&severity=warning')).items
    assert.equal(exported?.user_id, root.id)
    assert.equal((await staff.get('/api/v1/admin/audit-export')).status, 403)
  })

  test('is nobody else’s', async () => {
    const client = await signedIn(app, member)
    for (const path of ['audit', 'audit-export', 'audit-integrity', `audit/${member.id}`])
      assert.equal((await client.get(`/api/v1/admin/${path}`)).status, 403, path)
  })

  test('tells how its chains stand', async () => {
    type State = {
      items: { retention_class: string; waiting_rows: number; seals: number; without_copy: number }[]
    }
    const state = async () => {
      const { body } = await staff.get<State>('/api/v1/admin/audit-integrity')
      return body.items.find(({ retention_class }) => retention_class === 'security')
    }
    assert.ok((await state())!.waiting_rows > 0)
    await untilAllIsOver(database.owner)
    const { storage } = app.services
    await sealAudit({ db: database.workerDb, storage, signal: new AbortController().signal })
    const sealed = await state()
    assert.deepEqual([sealed?.waiting_rows, sealed?.seals, sealed?.without_copy], [0, 1, 0])
  })
})
