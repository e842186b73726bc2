import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { sql } from 'kysely'
import { retentionCommand } from '../../ops/retention.ts'
import { signedIn, startApp, type TestApp } from '../../testing/client.ts'
import { createTestDatabase, type TestDatabase } from '../../testing/database.ts'
import { insert, makeEnrollment, makePartner, makeProgram, makeUser } from '../../testing/factories.ts'
import { answerOf } from '../../testing/ops.ts'
import { runTask } from '../../testing/tasks.ts'
import { retain, retention } from './retention.ts'
import { RETENTION_RULES } from './retention-rules.ts'

const signal = new AbortController().signal

describe('retention', () => {
  let database: TestDatabase
  let app: TestApp
  before(async () => {
    database = await createTestDatabase()
    app = await startApp(database)
  })
  after(async () => {
    await app.close()
    await database.close()
  })

  const ruleOf = (name: string) => RETENTION_RULES.filter((rule) => rule.name === name)
  /** Ends after the work of its first batch and before the commit, as when a worker is killed there. */
  const die = async (name: string) => {
    const rules = ruleOf(name).map((rule) => ({
      ...rule,
      async sweep(...args: Parameters<NonNullable<typeof rule.sweep>>): Promise<number> {
        await rule.sweep!(...args)
        throw new Error('killed')
      },
    }))
    await assert.rejects(retain(database.workerDb, { services: app.services, signal, rules }), /killed/)
  }
  /** A run that dies comes before each: what the next one finds and does tells that nothing of it was left. */
  const run = async (name: string, dryRun = false) => {
    if (!dryRun) await die(name)
    const [only] = await retain(database.workerDb, {
      services: app.services,
      signal,
      dryRun,
      rules: ruleOf(name),
    })
    return [only?.found, only?.done]
  }
  const count = async (rows: string) =>
    Number((await database.owner.query(`SELECT count(*) AS n FROM ${rows}`)).rows[0].n)
  const years = (user: { id: string }, n: number) =>
    database.owner.query(
      `UPDATE users SET created_at = now() - make_interval(years => ${n}), last_login = now() - make_interval(years => ${n})
       WHERE user_id = '${user.id}'`,
    )

  test('has a rule for every row of the specification’s table, and each says what executes it', () => {
    const names = RETENTION_RULES.map(({ name }) => name)
    for (const row of [
      'accounts_deleted',
      'accounts_unused_warned',
      'transactions',
      'audit_months',
      'course_content',
    ])
      assert.ok(names.includes(row), row)
    for (const row of ['community_posts', 'messages', 'notifications', 'sessions', 'media_unused'])
      assert.ok(names.includes(row), row)
    const kept = RETENTION_RULES.filter(({ sweep, doneBy }) => !sweep && doneBy === undefined)
    assert.deepEqual(
      kept.map(({ name }) => name),
      ['transactions', 'course_content', 'community_posts'],
    )
    assert.equal(new Set(names).size, names.length)
  })

  test('never takes a payment, however old, and no role of the application could', async () => {
    const { id } = await makeUser(database.owner)
    const payment = await insert(database.owner, 'transactions', {
      user_id: id,
      transaction_type: 'course',
      amount: 10,
      currency: 'KES',
      payment_method: 'card',
      status: 'success',
      created_at: '2001-01-01',
    })
    await retain(database.workerDb, { services: app.services, signal })
    assert.equal(await count(`transactions WHERE transaction_id = '${payment.transaction_id}'`), 1)
    for (const db of [database.db, database.workerDb])
      await assert.rejects(sql`DELETE FROM transactions`.execute(db.anonymous), /permission denied/)
  })

  test('warns who has not signed in for two years, closes thirty days later, and lets come back who comes back', async () => {
    const [gone, back, staff, active] = [
      await makeUser(database.owner),
      await makeUser(database.owner),
      await makeUser(database.owner, {}, 'super_admin'),
      await makeUser(database.owner),
    ]
    for (const user of [gone, back, staff, active]) await years(user, 3)
    await signedIn(app, active)
    assert.deepEqual(await run('accounts_unused_warned', true), [2, 0])
    assert.equal(await count('inactivity_notices'), 0, 'a dry run')
    const rules = ruleOf('accounts_unused_warned')
    await Promise.all(
      [1, 2, 3].map(() => retain(database.workerDb, { services: app.services, signal, rules })),
    )
    const mails = `outgoing_messages WHERE template = 'account_unused'`
    assert.equal(await count(mails), 2, 'each once')
    assert.deepEqual(await run('accounts_unused_closed'), [0, 0])

    await database.owner.query(`UPDATE inactivity_notices SET warned_at = now() - interval '31 days'`)
    await database.owner.query('UPDATE users SET last_login = now() WHERE user_id = $1', [back.id])
    assert.deepEqual(await run('accounts_unused_closed'), [1, 1])
    const { rows } = await database.owner.query(
      `SELECT user_id, status FROM users WHERE user_id = ANY ($1) ORDER BY status`,
      [[gone.id, back.id, staff.id, active.id]],
    )
    assert.deepEqual(
      rows.map(({ status }) => status),
      ['active', 'active', 'active', 'deleted'],
    )
    assert.equal(await count(`erasures WHERE user_id = '${gone.id}' AND status = 'waiting'`), 1)
    assert.equal(await count(mails), 3)
    assert.equal(await count(`inactivity_notices WHERE user_id = '${back.id}'`), 0)
  })

  test('hands accounts that were deleted thirty days ago to the purge, once', async () => {
    const user = await makeUser(database.owner, { status: 'deleted' })
    await database.owner.query(
      `UPDATE users SET deleted_at = now() - interval '31 days' WHERE user_id = $1`,
      [user.id],
    )
    assert.deepEqual(await run('accounts_deleted'), [1, 1])
    assert.deepEqual(await run('accounts_deleted'), [0, 0])
    assert.equal(await count(`erasures WHERE user_id = '${user.id}' AND cancellable_until <= now()`), 1)
  })

  test('takes messages after twelve months, in batches that can be broken off and begun again', async () => {
    const [amina, zuri] = [await makeUser(database.owner), await makeUser(database.owner)]
    await database.owner.query(
      `INSERT INTO messages (conversation_id, sender_id, recipient_id, content, created_at)
       SELECT uuid_v7(), $1, $2, 'Hello', now() - CASE WHEN n <= 1200 THEN interval '13 months' ELSE interval '11 months' END
       FROM generate_series(1, 1210) n`,
      [amina.id, zuri.id],
    )
    const stopping = new AbortController()
    const [rule] = ruleOf('messages')
    const broken = {
      ...rule!,
      async sweep(...args: Parameters<NonNullable<typeof rule>['sweep'] & {}>) {
        const taken = await rule!.sweep!(...args)
        stopping.abort()
        return taken
      },
    }
    await retain(database.workerDb, { services: app.services, signal: stopping.signal, rules: [broken] })
    assert.equal(await count('messages'), 710)
    assert.equal(
      await count(`retention_runs WHERE rule = 'messages' AND finished_at IS NULL AND done = 500`),
      1,
    )
    assert.deepEqual(await run('messages'), [700, 700])
    assert.equal(await count('messages'), 10)
  })

  test('takes notifications after ninety days: whole months at once, and the rest of a month in batches', async () => {
    await database.owner.query(`SELECT ensure_partitions((current_date - interval '7 months')::date)`)
    const { id } = await makeUser(database.owner)
    const at = (age: string) =>
      database.owner.query(
        `WITH t AS (SELECT overlay(uuid_v7()::text PLACING
             substr(lpad(to_hex((extract(epoch FROM now() - interval '${age}') * 1000)::bigint), 12, '0'), 1, 8) || '-' ||
             substr(lpad(to_hex((extract(epoch FROM now() - interval '${age}') * 1000)::bigint), 12, '0'), 9, 4) FROM 1 FOR 13)::uuid AS id)
         INSERT INTO notifications (notification_id, created_at, user_id, notification_type, title, message)
         SELECT id, uuid_v7_time(id), $1, 'system', 't', 'm' FROM t`,
        [id],
      )
    for (const age of ['7 months', '91 days', '89 days', '1 day']) await at(age)
    const [months] = await run('notification_months')
    assert.ok(Number(months) >= 3)
    assert.deepEqual(await run('notification_months'), [0, 0])
    const { rows } = await database.owner.query(
      `SELECT c.relname AS name FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
       WHERE i.inhparent = 'notifications'::regclass ORDER BY 1 DESC LIMIT 1`,
    )
    await database.owner.query(`ALTER TABLE ${rows[0].name} RENAME TO notifications_2001_01`)
    assert.deepEqual(await run('notification_months'), [0, 0], 'a name says nothing')
    await database.owner.query(`ALTER TABLE notifications_2001_01 RENAME TO ${rows[0].name}`)
    await run('notifications')
    assert.equal(await count('notifications'), 2)
  })

  test('drops a month of the audit when its class has had its time, and not before each row is sealed outside', async () => {
    await database.owner.query(`SELECT ensure_partitions((current_date - interval '40 months')::date)`)
    const months = (name: string) => count(`pg_inherits WHERE inhparent = 'audit_logs_${name}'::regclass`)
    const [general, security, financial] = [
      await months('general'),
      await months('security'),
      await months('financial'),
    ]
    const { rows } = await database.owner.query(
      `WITH m AS (SELECT date_trunc('month', now() - interval '14 months') + interval '1 day' AS at),
       t AS (SELECT at, overlay(uuid_v7()::text PLACING substr(h, 1, 8) || '-' || substr(h, 9, 4) FROM 1 FOR 13)::uuid AS id
         FROM m, LATERAL (SELECT lpad(to_hex((extract(epoch FROM at) * 1000)::bigint), 12, '0') AS h) x)
       INSERT INTO audit_logs (log_id, timestamp, retention_class, action, entity_type)
       SELECT id, uuid_v7_time(id), 'general', 'test.done', 'test' FROM t RETURNING timestamp`,
    )
    await run('audit_months')
    const left = await months('general')
    assert.ok(left < general)
    assert.ok((await months('security')) < security)
    assert.equal(await months('financial'), financial)
    assert.equal(await count(`audit_logs WHERE action = 'test.done'`), 1, 'it is not sealed')

    await database.owner.query(
      `INSERT INTO audit_seals (retention_class, month, number, cluster, from_xid, to_xid, row_count, log_ids, previous, head, stored_at)
       SELECT 'general', date_trunc('month', $1::timestamptz)::date, 1, 'c', '1', '2', 1, decode(repeat('00', 16), 'hex'),
         '\\x00', decode(repeat('00', 33), 'hex'), now()`,
      [rows[0].timestamp],
    )
    assert.deepEqual(await run('audit_months'), [1, 1])
    assert.equal(await count(`audit_logs WHERE action = 'test.done'`), 0)
    assert.equal(await count('audit_seals WHERE row_count = 1'), 1, 'the seal stays')
  })

  test('takes pictures that no portfolio names for twelve months, and forgets the time of one that is named again', async () => {
    const user = await makeUser(database.owner)
    const picture = (n: number) =>
      insert(database.owner, 'media_assets', {
        filename: `${n}.webp`,
        file_type: 'image/webp',
        file_size_bytes: 1,
        storage_key: `k${user.id}${n}`,
        uploaded_by: user.id,
        usage_type: 'portfolio',
        processing_status: 'ready',
      })
    const [unused, used] = [await picture(1), await picture(2)]
    const name = (id: string | undefined) =>
      database.owner.query('UPDATE user_profiles SET portfolio_urls = $2 WHERE user_id = $1', [
        user.id,
        JSON.stringify([{ asset_id: id, title: 'Work' }]),
      ])
    await name(used.asset_id)
    await run('media_noted')
    assert.equal(await count('media_assets WHERE unused_since IS NOT NULL'), 1)
    await name(unused.asset_id)
    await run('media_noted')
    const { rows } = await database.owner.query(
      'SELECT asset_id FROM media_assets WHERE unused_since IS NOT NULL',
    )
    assert.deepEqual(rows, [{ asset_id: used.asset_id }])
    await database.owner.query(`UPDATE media_assets SET unused_since = unused_since - interval '13 months'`)
    assert.deepEqual(await run('media_unused'), [1, 1])
    assert.equal(await count(`media_assets WHERE asset_id = '${used.asset_id}' AND remove_after <= now()`), 1)
  })

  test('takes deleted programs in which nobody ever enrolled, and deleted partners', async () => {
    const [empty, attended, fresh] = [
      await makeProgram(database.owner),
      await makeProgram(database.owner),
      await makeProgram(database.owner),
    ]
    await makeEnrollment(database.owner, (await makeUser(database.owner)).id, attended.program_id!)
    const partner = await makePartner(database.owner)
    await database.owner.query(
      `UPDATE programs SET deleted_at = now() - interval '31 days' WHERE program_id = ANY ($1)`,
      [[empty.program_id, attended.program_id]],
    )
    await database.owner.query(`UPDATE programs SET deleted_at = now() WHERE program_id = $1`, [
      fresh.program_id,
    ])
    await database.owner.query(
      `UPDATE partners SET deleted_at = now() - interval '31 days' WHERE partner_id = $1`,
      [partner.partner_id],
    )
    assert.deepEqual(await run('programs_deleted'), [1, 1])
    assert.deepEqual(await run('partners_deleted'), [1, 1])
    assert.equal(await count(`programs WHERE program_id = '${attended.program_id}'`), 1)
    assert.equal(await count(`programs WHERE program_id = '${fresh.program_id}'`), 1)
  })

  test('goes on with the other rules when one fails, and says so; the command counts without changing anything', async () => {
    await runTask(retention, app, database)
    const before = await count('messages')
    const lines = await answerOf(retentionCommand, database, 'run', '--dry-run')
    assert.equal(lines.length, RETENTION_RULES.length + 1)
    assert.ok(lines.at(-1)?.startsWith('nothing was changed'))
    assert.equal(await count('messages'), before)
    const failures: string[] = []
    const failing = { name: 'failing', keeps: '', sweep: () => Promise.reject(new Error('no')) }
    const runs = await retain(database.workerDb, {
      services: app.services,
      signal,
      rules: [failing, ...ruleOf('messages')],
      onFailure: (rule) => void failures.push(rule.name),
    })
    assert.deepEqual([failures, runs.map(({ rule }) => rule.name)], [['failing'], ['messages']])
    assert.match(await app.services.metrics.text(), /job_duration|process_cpu/)
  })
})
