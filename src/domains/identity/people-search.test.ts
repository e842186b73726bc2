import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { type Client, signedIn, startApp, type TestApp } from '../../testing/client.ts'
import { createTestDatabase, type TestDatabase } from '../../testing/database.ts'
import { makeUser, type TestUser, unique, unknownId } from '../../testing/factories.ts'

type Found = { user_id: string; email: string; full_name: string; status: string; roles: string[] }
type Page = { items: Found[]; next_cursor: string | null }

describe('staff', () => {
  let database: TestDatabase
  let app: TestApp
  let admin: TestUser
  let admins: Client
  before(async () => {
    database = await createTestDatabase()
    app = await startApp(database)
    admin = await makeUser(database.owner, {}, 'admin')
    admins = await signedIn(app, admin)
  })
  after(async () => {
    await app.close()
    await database.close()
  })

  const search = async (query: Record<string, string>) => {
    const reply = await admins.get<Page>(`/api/v1/admin/people?${new URLSearchParams(query)}`)
    assert.equal(reply.status, 200, reply.text)
    return reply.body
  }
  const idsOf = ({ items }: Page) => items.map(({ user_id }) => user_id)
  const reads = async () => {
    const { rows } = await database.owner.query(
      `SELECT entity_id, changes, metadata FROM audit_logs
       WHERE action = 'identity.personal_data_read' AND user_id = $1 AND retention_class = 'security'
       ORDER BY log_id DESC`,
      [admin.id],
    )
    return rows
  }

  test('find people by any part of an address, a name or a username, whatever its case and accents', async () => {
    const mark = unique('z').slice(-8)
    const user = await makeUser(database.owner, {
      email: `aissatou.${mark}@example.com`,
      username: `Diané-${mark}`.replace('é', 'e'),
      full_name: `Aïssatou Ọládélé ${mark}`,
    })
    for (const q of [
      mark,
      `AISSATOU.${mark}@`,
      `satou oladele ${mark.slice(0, 4)}`,
      `Aïssatou Ọládélé ${mark}`,
      `dele\u0301 ${mark}`,
      `diane-${mark}`,
    ]) {
      assert.deepEqual(idsOf(await search({ q })), [user.id], q)
    }
    for (const q of [`${mark}%`, `_${mark.slice(1)}`, `${mark}\\`, `xx${mark}`]) {
      assert.deepEqual(idsOf(await search({ q })), [], `${q} is taken to the letter`)
    }
  })

  test('find who has a status, a role or both, at this moment', async () => {
    const mark = unique('y').slice(-8)
    const named = (values: Record<string, unknown>, ...roles: string[]) =>
      makeUser(database.owner, { full_name: `Kwame ${mark}`, ...values }, ...roles)
    const [coach, suspended, past] = [
      await named({}, 'coach'),
      await named({ status: 'suspended' }, 'coach'),
      await named({}),
    ]
    await database.owner.query(
      `INSERT INTO user_roles (user_id, role_name, granted_at, valid_from, expires_at)
       VALUES ($1, 'coach', '2024-01-01', '2024-01-01', '2024-02-01')`,
      [past.id],
    )
    assert.deepEqual(idsOf(await search({ q: mark })), [past.id, suspended.id, coach.id], 'the newest first')
    assert.deepEqual(idsOf(await search({ q: mark, role: 'coach' })), [suspended.id, coach.id])
    assert.deepEqual(idsOf(await search({ q: mark, role: 'coach', status: 'active' })), [coach.id])
    assert.deepEqual(idsOf(await search({ role: 'coach', limit: '2' })), [suspended.id, coach.id])
    assert.deepEqual(idsOf(await search({ status: 'suspended', limit: '1' })), [suspended.id])
    const { items } = await search({ q: mark })
    assert.deepEqual(
      items.map(({ roles }) => roles),
      [['member'], ['coach', 'member'], ['coach', 'member']],
    )
  })

  test('turn pages without missing anybody, and not with the cursor of another search', async () => {
    const mark = unique('x').slice(-8)
    const users: string[] = []
    for (let n = 0; n < 7; n++)
      users.unshift((await makeUser(database.owner, { full_name: `Wanjiru ${mark}` })).id)
    const seen: string[] = []
    let cursor: string | null = null
    do {
      const page: Page = await search({ q: mark, limit: '3', ...(cursor !== null && { cursor }) })
      seen.push(...idsOf(page))
      cursor = page.next_cursor
    } while (cursor !== null)
    assert.deepEqual(seen, users)
    const { next_cursor } = await search({ q: mark, limit: '3' })
    const other = await admins.get(`/api/v1/admin/people?cursor=${next_cursor}`)
    assert.deepEqual([other.status, other.body.code], [400, 'cursor.invalid'])
  })

  test('find somebody among the oldest as well as among the newest', async () => {
    const mark = unique('w').slice(-8)
    const old = await makeUser(database.owner, {
      user_id: '00000000-0000-7000-8000-00000000000a',
      full_name: `Oldest ${mark}`,
    })
    await database.owner.query(
      `INSERT INTO users (email, full_name) SELECT 'crowd' || n || '@example.com', 'Crowd' FROM generate_series(1, 2100) n`,
    )
    assert.deepEqual(idsOf(await search({ q: mark })), [old.id])
    assert.equal((await search({ q: 'crowd', limit: '100' })).items.length, 100)
  })

  test('are not answered for less than three letters, or for what nobody can be', async () => {
    for (const query of ['q=ab', 'q=%20%20%20', 'q=abc%20', 'status=tired', 'role=king', 'limit=0']) {
      assert.equal((await admins.get(`/api/v1/admin/people?${query}`)).status, 400, query)
    }
  })

  test('see an account whole, and never a secret', async () => {
    const user = await makeUser(
      database.owner,
      { two_factor_secret: 'the-secret', two_factor_enabled: true },
      'coach',
    )
    await signedIn(app, user)
    const reply = await admins.get<Record<string, unknown>>(`/api/v1/admin/people/${user.id}`)
    const { email, roles, session_count, has_password, has_second_factor, locked_until, suspensions } =
      reply.body
    assert.deepEqual(
      { email, roles, session_count, has_password, has_second_factor, locked_until, suspensions },
      {
        email: user.email,
        roles: [
          { role: 'coach', expires_at: null },
          { role: 'member', expires_at: null },
        ],
        session_count: 1,
        has_password: true,
        has_second_factor: true,
        locked_until: null,
        suspensions: [],
      },
    )
    assert.doesNotMatch(reply.text, /the-secret|argon2|token_hash|cipher/)
    const unknown = await admins.get(`/api/v1/admin/people/${unknownId()}`)
    assert.deepEqual([unknown.status, unknown.body.code], [404, 'person.not_found'])
  })

  test('leave a trace of whose data they read, with the names of columns and no value', async () => {
    const mark = unique('v').slice(-8)
    const [one, other] = [
      await makeUser(database.owner, { full_name: `Amina ${mark}` }),
      await makeUser(database.owner, { full_name: `Amina ${mark}` }),
    ]
    const before = (await reads()).length
    for (const part of ['', '/roles', '/sessions']) await admins.get(`/api/v1/admin/people/${one.id}${part}`)
    await search({ q: mark })
    await search({ q: `${mark}-nobody` })
    await admins.get(`/api/v1/admin/people/${admin.id}`)
    const rows = await reads()
    assert.equal(rows.length - before, 4, 'one each; none where nothing was seen, or one’s own')
    const [found, sessions, roles, record] = rows
    assert.deepEqual([record.entity_id, roles.entity_id, sessions.entity_id], [one.id, one.id, one.id])
    assert.deepEqual(JSON.parse(found.metadata), { user_ids: [other.id, one.id] })
    for (const { changes } of [found, sessions, roles, record]) {
      for (const column of JSON.parse(changes)) assert.match(column, /^[a-z_]+\.[a-z_]+$/)
    }
    assert.ok(JSON.parse(record.changes).includes('users.email'))
    assert.ok(!JSON.stringify(rows).includes(mark))
  })
})
