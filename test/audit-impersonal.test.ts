import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { PUBLIC_TEXTS } from '../src/platform/audit/entry.ts'
import { clientOf, signedIn, startApp, type TestApp } from '../src/testing/client.ts'
import { createTestDatabase, type TestDatabase } from '../src/testing/database.ts'
import { makeCoachApplication, makeUser, testPassword } from '../src/testing/factories.ts'
import { addressOf, goodValue, operationsOf } from './bad-input/operations.ts'

const file = join(import.meta.dirname, '../db/classification.json')
const classification: Readonly<Record<string, { columns: Readonly<Record<string, string>> }>> = JSON.parse(
  readFileSync(file, 'utf8'),
)

describe('the audit', () => {
  let database: TestDatabase
  let app: TestApp
  before(async () => {
    database = await createTestDatabase()
    app = await startApp(database, { env: { RATE_LIMITS: 'off' } })
  })
  after(async () => {
    await app.close()
    await database.close()
  })

  /** Every operation that changes something, as a member, as a coach to be and as a super admin, with values that are taken. */
  async function doEverything(): Promise<void> {
    const names = { full_name: 'Zawadi Nyakundi', username: 'zawadi_nyakundi' }
    const member = await makeUser(database.owner, { ...names, email: 'zawadi.nyakundi@example.org' })
    const target = await makeUser(database.owner, {
      full_name: 'Otieno Barasa',
      email: 'otieno.barasa@example.org',
    })
    const root = await makeUser(database.owner, { full_name: 'Nafula Cheptoo' }, 'super_admin')
    const application = await makeCoachApplication(database.owner, target.id)
    const ids = { user_id: target.id, application_id: application.application_id! }
    for (const password of [testPassword, 'not the passphrase'])
      await clientOf(app).post('/api/v1/auth/login', { username: member.email, password, session: 'token' })
    for (const who of [member, root]) {
      for (const operation of operationsOf(app.server)) {
        if (operation.method === 'get' || /auth\/logout|\/me\/erasure|\/me\/sessions/.test(operation.path))
          continue
        const client = await signedIn(app, who)
        const url = addressOf(operation, ids)
        const reply =
          operation.method === 'delete'
            ? await client.delete(url)
            : await client[operation.method](url, operation.body && goodValue(operation.body))
        assert.ok(reply.status < 500, `${operation.name}: ${reply.text}`)
      }
    }
    const client = await signedIn(app, root)
    await client.patch('/api/v1/me/account', { full_name: 'Nafula Wekesa' })
    await client.post(`/api/v1/admin/people/${target.id}/suspension`, {
      reason: 'Otieno Barasa asked for it',
    })
    await client.post(`/api/v1/admin/people/${target.id}/restoration`, { reason: 'Otieno Barasa is back' })
    await client.post(`/api/v1/admin/people/${target.id}/impersonation`, {
      reason: 'For Otieno Barasa',
      minutes: 5,
    })
    await client.post(`/api/v1/admin/people/${target.id}/roles`, {
      role: 'coach',
      reason: 'Otieno Barasa is able',
    })
  }

  /** What stands in text columns that are personal or secret: whatever is long enough to be somebody's, and no code. */
  async function personalValues(): Promise<string[]> {
    const { rows: columns } = await database.owner.query<{ name: string; table: string }>(
      `SELECT table_name AS "table", column_name AS name FROM information_schema.columns
       WHERE table_schema = 'public' AND data_type IN ('text', 'character varying', 'inet')`,
    )
    const values: string[] = []
    for (const { table, name } of columns) {
      if (!/^(personal|secret)/.test(classification[table]?.columns[name] ?? '') || table === 'audit_logs')
        continue
      const { rows } = await database.owner.query<{ value: string }>(
        `SELECT DISTINCT "${name}"::text AS value FROM "${table}" WHERE length("${name}"::text) >= 6`,
      )
      values.push(...rows.map(({ value }) => value).filter((value) => /[^a-z_.]/.test(value)))
    }
    return values
  }

  test('holds no personal value and no secret in what it tells, whatever was done', async () => {
    await doEverything()
    const { rows } = await database.owner.query<{ action: string; told: string }>(
      `SELECT action, concat_ws(' ', description, changes, metadata, ip_address, user_agent) AS told FROM audit_logs
       WHERE entity_type <> ALL ($1)`,
      [Object.keys(PUBLIC_TEXTS)], // of those see below
    )
    const actions = new Set(rows.map(({ action }) => action))
    assert.ok(actions.size >= 15, [...actions].join(', '))
    const values = await personalValues()
    assert.ok(values.some((value) => value.includes('Otieno Barasa')))
    const found = rows.flatMap(({ action, told }) =>
      values.filter((value) => told.includes(value)).map((value) => `${action}: ${value}`),
    )
    assert.deepEqual(found, [])
  })

  test('keeps texts as they were written only of tables that hold nothing personal but who wrote them', () => {
    for (const table of Object.values(PUBLIC_TEXTS)) {
      const personal = Object.entries(classification[table]?.columns ?? {}).filter(([, words]) =>
        /^(personal|secret)/.test(words),
      )
      assert.deepEqual(
        personal.filter(([column]) => !/_by$/.test(column)),
        [],
        table,
      )
    }
  })
})
