import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { sql } from 'kysely'
import { asSelf } from '../../src/platform/actor.ts'
import { createTestDatabase, type TestDatabase } from '../../src/testing/database.ts'
import { buildWorld, type World } from './world.ts'

const BODY = 'the-body-of-the-lesson'
const VIDEO = 'the-video-of-the-lesson'
const ANSWER = 'the-right-answer'
const REASON = 'because-it-is-so'

describe('the functions that run with the owner’s rights', () => {
  let database: TestDatabase
  let world: World
  before(async () => {
    database = await createTestDatabase()
    world = await buildWorld(database.owner)
    await fillLessons()
  })
  after(() => database.close())

  test('read_me says of the reader everything and of others nothing', async () => {
    const text = (await readMe(world.owner)) ?? ''
    assert.match(text, /bio of amina/)
    for (const other of ['stranger', 'friend', 'coach', 'admin'])
      assert.ok(!text.includes(`bio of ${other}`), other)
    assert.ok(!text.includes('secret-hash'))
    assert.equal(await readMe(world.unborn), null)
    await database.owner.query(`UPDATE users SET status = 'suspended' WHERE user_id = $1`, [world.friend])
    assert.equal(await readMe(world.friend), null)
  })

  test('a lesson’s body leaves for those who are enrolled, teach, or see a preview', async () => {
    for (const reader of [world.owner, world.stranger, world.coach, world.admin]) {
      const text = (await readModule(reader)) ?? ''
      assert.ok(text.includes(BODY) && text.includes(VIDEO), 'the body is there')
    }
  })

  test('no byte of a locked lesson or of any answer leaves', async () => {
    for (const reader of [null, world.friend, world.outside_coach, world.partner, world.unborn]) {
      const text = (await readModule(reader)) ?? ''
      assert.match(text, /"title" ?: ?"Lesson"/)
      assert.ok(!text.includes(BODY) && !text.includes(VIDEO) && !text.includes('the-question'))
    }
    for (const reader of [null, world.owner, world.stranger, world.friend, world.coach, world.admin]) {
      const text = (await readModule(reader)) ?? ''
      assert.ok(!text.includes(ANSWER) && !text.includes(REASON))
    }
  })

  test('a preview shows itself and not its neighbours', async () => {
    const text = (await readModule(world.friend)) ?? ''
    assert.ok(text.includes('the-preview'))
  })

  test('a date, an unfinished module before, or a dropped enrolment locks it again', async () => {
    const locks = [
      `UPDATE modules SET unlock_date = now() + interval '1 day' WHERE module_id = '${world.modules[0]}'`,
      `WITH m AS (INSERT INTO modules (program_id, title, sequence_order) VALUES ('${world.programs[0]}', 'Before', 99) RETURNING module_id),
         l AS (INSERT INTO lessons (module_id, title, sequence_order, content_type) SELECT module_id, 'Before', 1, 'text' FROM m)
       UPDATE modules SET unlock_after_module_id = (SELECT module_id FROM m) WHERE module_id = '${world.modules[0]}'`,
      `UPDATE enrollments SET status = 'dropped' WHERE user_id = '${world.owner}'`,
      `UPDATE enrollments SET status = 'suspended' WHERE user_id = '${world.owner}'`,
    ]
    for (const lock of locks) {
      const text = await afterChange(lock, world.owner)
      assert.ok(text && !text.includes(BODY) && !text.includes('the-question'), lock)
    }
  })

  test('a draft module is not there for who does not teach it', async () => {
    const hide = `UPDATE programs SET status = 'draft' WHERE program_id = '${world.programs[0]}'`
    assert.equal(await afterChange(hide, world.friend), null)
    assert.equal(await afterChange(hide, null), null)
    assert.ok((await afterChange(hide, world.coach))?.includes(BODY))
  })

  test('auth_lookup finds at most one person, by e-mail or username, whatever the case', async () => {
    for (const [login, found] of [
      ['amina', 1],
      ['AMINA', 1],
      ['Amina@Example.Test', 1],
      ['amin%', 0],
      ['', 0],
      ['%', 0],
      [`' OR true --`, 0],
    ] as const) {
      const { rows } = await sql`SELECT * FROM auth_lookup(${login})`.execute(database.db.anonymous)
      assert.equal(rows.length, found, login)
    }
    // Someone may not take another's address as a username and be found in their place.
    await assert.rejects(
      database.owner.query('UPDATE users SET username = $1 WHERE user_id = $2', [
        'amina@example.test',
        world.friend,
      ]),
      /valid_username/,
    )
  })

  test('passkey_lookup and identity_lookup say whose a key or an identity is, and nothing else', async () => {
    const { rows } = await database.owner.query<Record<string, string>>(
      `WITH key AS (INSERT INTO passkeys (user_id, credential_id, public_key, name, backed_up)
         VALUES ($1, '\\x0aff', '\\x01', 'Phone', true) RETURNING user_id)
       INSERT INTO user_identities (user_id, provider, issuer, subject) SELECT user_id, 'one', 'https://one', 'Me' FROM key
       RETURNING user_id`,
      [world.owner],
    )
    const whose = { user_id: rows[0]?.user_id, status: 'active' }
    const key = (credential: string) =>
      sql`SELECT * FROM passkey_lookup(${credential}::bytea)`.execute(database.db.anonymous)
    assert.deepEqual((await key('\\x0aff')).rows, [whose])
    assert.deepEqual((await key('\\x0a')).rows, [])
    const identity = async (issuer: string, subject: string, address: string | null) => {
      const found = await sql<{ user_id: string; linked: boolean }>`
        SELECT user_id, linked FROM identity_lookup(${issuer}, ${subject}, ${address})`.execute(
        database.db.anonymous,
      )
      return found.rows
    }
    const { rows: others } = await database.owner.query<{ email: string }>(
      'SELECT email FROM users WHERE user_id = $1',
      [world.stranger],
    )
    const address = others[0]!.email.toUpperCase()
    assert.deepEqual(await identity('https://one', 'Me', null), [{ user_id: world.owner, linked: true }])
    assert.deepEqual(await identity('https://one', 'Me', address), [{ user_id: world.owner, linked: true }])
    for (const [issuer, subject] of [
      ['https://two', 'Me'],
      ['https://one', 'me'],
    ] as const) {
      assert.deepEqual(await identity(issuer, subject, null), [])
      assert.deepEqual(await identity(issuer, subject, address), [{ user_id: world.stranger, linked: false }])
    }
  })

  test('session_lookup answers for live sessions of active people only', async () => {
    const session = async (user: string, expires: string) => {
      const { rows } = await database.owner.query(
        `INSERT INTO sessions (session_id, user_id, token_hash, expires_at) VALUES (uuid_v7(), $1, 'h', $2) RETURNING session_id`,
        [user, expires],
      )
      const found = await sql`SELECT * FROM session_lookup(${rows[0].session_id})`.execute(
        database.db.anonymous,
      )
      return found.rows.length
    }
    assert.equal(await session(world.owner, '2100-01-01'), 1)
    assert.equal(await session(world.owner, '2020-01-01'), 0)
    await database.owner.query(`UPDATE users SET status = 'suspended' WHERE user_id = $1`, [world.stranger])
    assert.equal(await session(world.stranger, '2100-01-01'), 0)
    await database.owner.query(`UPDATE users SET status = 'active' WHERE user_id = $1`, [world.stranger])
  })

  test('a suspension that is over is ended for whom it is over, and nobody else’s', async () => {
    const { owner, db } = database
    const statusOf = async (user: string) => {
      const { rows } = await owner.query('SELECT status FROM users WHERE user_id = $1', [user])
      return rows[0].status
    }
    for (const [user, ends] of [
      [world.partner, '2024-02-01'],
      [world.outside_partner, '2100-01-01'],
    ]) {
      await owner.query(`UPDATE users SET status = 'suspended' WHERE user_id = $1`, [user])
      await owner.query(
        `INSERT INTO user_suspensions (user_id, status_before, reason, suspended_at, ends_at)
         VALUES ($1, 'active', 'Why', '2024-01-01', $2)`,
        [user, ends],
      )
    }
    await sql`SELECT end_past_suspensions(${world.outside_partner})`.execute(db.anonymous)
    await sql`SELECT end_past_suspensions(${world.partner})`.execute(db.anonymous)
    assert.deepEqual(
      [await statusOf(world.partner), await statusOf(world.outside_partner)],
      ['active', 'suspended'],
    )
    await owner.query(`UPDATE users SET status = 'active' WHERE user_id = $1`, [world.outside_partner])
  })

  test('people_for_staff shows staff everybody, and the others nobody', async () => {
    const seen = async (reader: string | null) => {
      const actor = reader === null ? null : asSelf(reader)
      const { rows } = await database.db.transaction(actor, (tx) =>
        sql`SELECT FROM people_for_staff`.execute(tx),
      )
      return rows.length
    }
    for (const reader of [null, world.owner, world.coach, world.partner]) assert.equal(await seen(reader), 0)
    for (const reader of [world.admin, world.super_admin]) assert.ok((await seen(reader)) > 10)
  })

  async function fillLessons(): Promise<void> {
    const { owner } = database
    await owner.query(
      `UPDATE lessons SET text_content = $1, video_url = $2, resource_urls = '[{"url": "${BODY}"}]' WHERE lesson_id = $3`,
      [BODY, VIDEO, world.lessons[0]],
    )
    await owner.query(`UPDATE lessons SET content_type = 'quiz' WHERE lesson_id = $1`, [world.lessons[0]])
    await owner.query(
      `UPDATE lessons SET text_content = 'the-preview', is_preview = true WHERE lesson_id = $1`,
      [world.lessons[1]],
    )
    const questions = [{ question: 'the-question', options: ['a', 'b'], answer: ANSWER, explanation: REASON }]
    await owner.query('UPDATE assessments SET questions = $1 WHERE assessment_id = $2', [
      JSON.stringify(questions),
      world.assessment,
    ])
  }

  const readMe = (reader: string) => database.db.text({ name: 'me', text: 'SELECT read_me($1)' }, [reader])

  const readModule = (reader: string | null) =>
    database.db.text({ name: 'lessons', text: 'SELECT read_module_lessons($1, $2)' }, [
      reader,
      world.modules[0],
    ])

  /** What the reader gets once the change is made, which is then undone. */
  async function afterChange(change: string, reader: string | null): Promise<string | null> {
    const client = await database.owner.connect()
    try {
      await client.query(`BEGIN; ${change}`)
      const { rows } = await client.query('SELECT read_module_lessons($1, $2) AS text', [
        reader,
        world.modules[0],
      ])
      return rows[0].text
    } finally {
      await client.query('ROLLBACK')
      client.release()
    }
  }
})
