import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { asSelf } from '../../platform/actor.ts'
import { audit } from '../../platform/audit/index.ts'
import { noteSchema } from '../../platform/upkeep/schema-watch.ts'
import { signedIn, startApp, type TestApp } from '../../testing/client.ts'
import { createTestDatabase, type TestDatabase } from '../../testing/database.ts'
import { insert, makeUser, type TestUser } from '../../testing/factories.ts'
import { tellPeople } from '../../testing/notices.ts'
import { raiseAlerts } from './alerts.ts'
import type { AlertKind } from './queries/alerts.ts'

describe('an alert', () => {
  let database: TestDatabase
  let app: TestApp
  let admin: TestUser
  let member: TestUser
  before(async () => {
    database = await createTestDatabase()
    app = await startApp(database)
    admin = await makeUser(database.owner, {}, 'admin')
    member = await makeUser(database.owner)
    await makeUser(database.owner, { status: 'suspended' }, 'super_admin')
  })
  after(async () => {
    await app.close()
    await database.close()
  })

  async function raised(): Promise<AlertKind[]> {
    const kinds: AlertKind[] = []
    await raiseAlerts(app.services, database.workerDb, (kind) => void kinds.push(kind))
    return kinds.sort()
  }

  const note = (action: string, more: Partial<Parameters<typeof audit>[1]> = {}) =>
    database.workerDb.transaction(null, (tx) =>
      audit(tx, {
        actor: null,
        action,
        entityType: 'user',
        entityId: member.id,
        retentionClass: 'security',
        ...more,
      }),
    )

  const told = async (table: 'notifications' | 'outgoing_messages') => {
    await tellPeople(app, database)
    const { rows } = await database.owner.query(`SELECT user_id FROM ${table}`)
    return rows.map(({ user_id }) => user_id)
  }

  test('is raised by the sixth refused sign-in within an hour, told to active staff, once, by notification and mail', async () => {
    for (let n = 0; n < 5; n++) await note('identity.sign_in_refused')
    assert.deepEqual(await raised(), [])
    await note('identity.sign_in_refused')
    const kinds = (await Promise.all([raised(), raised(), raised()])).flat()
    assert.deepEqual(kinds, ['failed_sign_ins'])
    await note('identity.sign_in_refused')
    assert.deepEqual(await raised(), [])
    assert.deepEqual(await told('notifications'), [admin.id])
    assert.deepEqual(await told('outgoing_messages'), [admin.id])
    type Told = { items: { title: string; action_url: string; message: string }[] }
    const { items } = (await (await signedIn(app, admin)).get<Told>('/api/v1/me/notifications')).body
    assert.equal(items[0]?.title, 'Many failed sign-ins')
    assert.match(items[0]?.action_url ?? '', /^\/admin\/audit\/[0-9a-f-]{36}$/)
    assert.doesNotMatch(JSON.stringify(items), new RegExp(`${member.email}|${member.row.full_name}`))
  })

  test('is raised by an export, by reading of many, by changes of roles; what is no emergency is not mailed', async () => {
    const actor = asSelf(admin.id)
    await note('identity.audit_exported', { actor, entityType: 'audit', entityId: null })
    await note('identity.role_granted', { metadata: { role: 'coach' } })
    const user_ids = Array.from({ length: 300 }, () => member.id)
    await note('identity.personal_data_read', { actor, entityId: null, metadata: { user_ids } })
    assert.deepEqual(await raised(), ['bulk_export', 'role_change'])
    await note('identity.personal_data_read', { actor, entityId: null, metadata: { user_ids } })
    await note('identity.role_revoked', { metadata: { role: 'admin' } })
    assert.deepEqual(await raised(), ['bulk_export', 'role_change'])
    assert.equal((await told('notifications')).length, 5)
    assert.equal((await told('outgoing_messages')).length, 4, 'a coach is no emergency')
  })

  test('is raised by each migration, and by a change past them', async () => {
    const look = () => database.workerDb.transaction(null, noteSchema)
    await look()
    assert.deepEqual(await raised(), [], 'a new database is none')
    await database.owner.query(
      `INSERT INTO schema_migrations (version, name, checksum, duration_ms) VALUES (901, 'V901__test.sql', 'a1b2', 1)`,
    )
    await look()
    assert.deepEqual(await raised(), ['schema_change'])
    await database.owner.query('ALTER TABLE posts ADD COLUMN sneaky INT')
    await look()
    assert.deepEqual(await raised(), ['schema_change'])
  })

  test('is raised by a budget for SMS that comes to its end, each step once a month', async () => {
    const reached = (month: string, percent: number) =>
      note('platform.sms_budget_reached', {
        entityType: 'sms_month',
        entityId: null,
        metadata: { month, percent },
      })
    await reached('2027-01-01', 80)
    assert.deepEqual(await raised(), ['sms_budget'])
    await reached('2027-01-01', 80)
    assert.deepEqual(await raised(), [])
    await reached('2027-01-01', 100)
    assert.deepEqual(await raised(), ['sms_budget'])
  })

  test('is raised by three times the busiest day of a currency, of ten payments at least; refunds apart', async () => {
    const pay = (count: number, amount: number, currency: string, when: string, type = 'course') =>
      Promise.all(
        Array.from({ length: count }, () =>
          insert(database.owner, 'transactions', {
            user_id: member.id,
            amount,
            currency,
            transaction_type: type,
            payment_method: 'mpesa',
            status: 'success',
            created_at: when,
          }),
        ),
      )
    const day = (ago: number) => new Date(Date.now() - ago * 86_400_000).toISOString()
    await pay(10, 100, 'KES', day(3))
    await pay(10, 250, 'KES', day(0))
    await pay(9, 9000, 'USD', day(0))
    assert.deepEqual(await raised(), [], 'less than three times, and less than ten')
    await pay(10, 100, 'KES', day(0))
    assert.deepEqual(await raised(), ['money_volume'])
    await pay(10, 1, 'KES', day(0), 'refund')
    assert.deepEqual(await raised(), ['money_volume'], 'ten refunds where there were none')
    assert.deepEqual(await raised(), [])
  })
})
