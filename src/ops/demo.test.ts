import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { clientOf, signIn, startApp, type TestApp } from '../testing/client.ts'
import { createTestDatabase, type TestDatabase } from '../testing/database.ts'
import { makeUser } from '../testing/factories.ts'
import { answerOf } from '../testing/ops.ts'
import { demo, demoCommand } from './demo.ts'

describe('the demo world', () => {
  let database: TestDatabase
  let app: TestApp
  let seconds: number
  before(async () => {
    database = await createTestDatabase()
    const from = performance.now()
    // Two at once: one waits, and finds the other's world.
    const loaded = await Promise.all([demo.loadIfEmpty(database), demo.loadIfEmpty(database)])
    seconds = (performance.now() - from) / 1000
    assert.deepEqual(loaded.sort(), [false, true])
    app = await startApp(database)
  })
  after(async () => {
    await app.close()
    await database.close()
  })

  const rows = async (text: string) => (await database.owner.query(text)).rows
  const none = async (text: string) => assert.deepEqual(await rows(text), [])

  test('is there within five seconds', () => assert.ok(seconds < 5, `${seconds} s`))

  test('has one account a role that can sign in, and shows it as long as it is active', async () => {
    const accounts = await demo.accounts(database)
    assert.deepEqual(
      accounts.map(({ role, email }) => [role, email]),
      [
        ['member', 'amina@example.com'],
        ['coach', 'kwame@example.com'],
        ['partner', 'zawadi@example.com'],
        ['admin', 'thandiwe@example.com'],
        ['super_admin', 'lindiwe@example.com'],
      ],
    )
    for (const account of accounts) {
      const person = await signIn(app, account)
      const { status, body } = await person.get<{ roles: { role_name: string }[] }>('/api/v1/me')
      assert.equal(status, 200)
      assert.ok(body.roles.some(({ role_name }) => role_name === account.role))
      const figures = await person.get('/api/v1/admin/metrics')
      assert.equal(figures.status, account.role.includes('admin') ? 200 : 403)
    }
    await database.owner.query(`UPDATE users SET status = 'suspended' WHERE username = 'kwame'`)
    assert.ok(!(await demo.accounts(database)).some(({ role }) => role === 'coach'))
    await database.owner.query(`UPDATE users SET status = 'active' WHERE username = 'kwame'`)
  })

  test('reads well through the API', async () => {
    const stranger = clientOf(app)
    const list = async (url: string) => {
      const { status, body } = await stranger.get<{ items: { slug?: string }[] }>(url)
      assert.equal(status, 200, url)
      return body.items
    }
    assert.equal((await list('/api/v1/posts?limit=45')).length, 45)
    assert.equal((await list('/api/v1/programs')).length, 8)
    assert.ok((await list('/api/v1/coaches')).length >= 8)
    const events = await rows('SELECT slug FROM events')
    for (const { slug } of events) assert.equal((await stranger.get(`/api/v1/events/${slug}`)).status, 200)
  })

  test('has people who wait to become coaches, and coaches whose page says when they have time', async () => {
    const accounts = await demo.accounts(database)
    const admin = await signIn(app, accounts.find(({ role }) => role === 'admin')!)
    const { body } = await admin.get<{ items: { applicant: { username: string } }[] }>(
      '/api/v1/admin/coach-applications?status=submitted',
    )
    assert.deepEqual(
      body.items.map(({ applicant }) => applicant.username),
      ['zanele', 'ines', 'rudo'],
    )
    type Coach = { languages: string[]; next_free_day: string | null; reviews: object[] }
    const kwame = (await clientOf(app).get<Coach>('/api/v1/coaches/kwame')).body
    assert.deepEqual(kwame.languages, ['en'])
    assert.ok(kwame.next_free_day !== null && kwame.reviews.length > 0)
  })

  test('has partners with an owner each, whose members hold the role partner, and nobody else', async () => {
    const accounts = await demo.accounts(database)
    const zawadi = await signIn(app, accounts.find(({ role }) => role === 'partner')!)
    const [{ partner_id }] = await rows(
      `SELECT partner_id FROM partners WHERE slug = 'pwani-enterprise-trust'`,
    )
    const { body } = await zawadi.get<{ items: { role: string; person: { username: string } }[] }>(
      `/api/v1/partners/${partner_id}/members`,
    )
    assert.deepEqual(
      new Map(body.items.map(({ person, role }) => [person.username, role])),
      new Map([
        ['zawadi', 'owner'],
        ['rehema', 'manager'],
        ['halima', 'member'],
      ]),
    )
    await none(`SELECT slug FROM partners p WHERE NOT EXISTS (
      SELECT FROM partner_members m WHERE m.partner_id = p.partner_id AND m.role = 'owner')`)
    await none(`SELECT username FROM users u WHERE has_role(u.user_id, 'partner') <> EXISTS (
      SELECT FROM partner_members m WHERE m.user_id = u.user_id)`)
  })

  test('has counters that are true, with nothing pending', async () => {
    await none('SELECT * FROM counter_drift()')
    await none('SELECT * FROM counter_deltas')
  })

  test('has profiles as complete as the rules say, and skills that others vouch for', async () => {
    await none(`
      SELECT user_id FROM user_profiles p WHERE profile_completion_percent < 50 OR profile_completion_percent <> (
        SELECT sum(percent) FROM profile_completion(p) WHERE done)`)
    const [found] = await rows('SELECT max(endorsement_count) AS most FROM user_skills')
    assert.equal(found.most, '5')
  })

  test('has enrolments that stand where their lessons stand', async () => {
    await none(`
      SELECT e.enrollment_id FROM enrollments e
      JOIN LATERAL (
        SELECT sum(coalesce(lp.progress_percent, 0)) / count(*) AS percent
        FROM modules m JOIN lessons l USING (module_id)
        LEFT JOIN lesson_progress lp ON lp.lesson_id = l.lesson_id AND lp.enrollment_id = e.enrollment_id
        WHERE m.program_id = e.program_id
      ) derived ON true
      WHERE e.progress_percent <> derived.percent
        OR (e.status = 'completed') <> (derived.percent = 100)
        OR (e.status = 'completed') <> EXISTS (SELECT FROM certificates c WHERE c.enrollment_id = e.enrollment_id)`)
    await none(`
      SELECT lp.progress_id FROM lesson_progress lp JOIN lessons l USING (lesson_id)
      WHERE lp.completed_at IS NOT NULL AND l.content_type IN ('quiz', 'assignment') AND NOT EXISTS (
        SELECT FROM assessments a JOIN assessment_submissions s USING (assessment_id)
        WHERE a.lesson_id = l.lesson_id AND s.user_id = lp.user_id AND s.passed AND s.score >= a.passing_score)`)
    await none(`
      SELECT progress_id FROM lesson_progress lp WHERE time_spent_seconds <> (
        SELECT sum(seconds) FROM lesson_time t WHERE t.user_id = lp.user_id AND t.lesson_id = lp.lesson_id)`)
    await none(`
      SELECT lp.progress_id FROM lesson_progress lp JOIN lessons l USING (lesson_id) JOIN modules m USING (module_id)
      JOIN lessons b ON b.module_id = m.unlock_after_module_id
      LEFT JOIN lesson_progress bp ON bp.lesson_id = b.lesson_id AND bp.user_id = lp.user_id
      WHERE bp.completed_at IS NULL`)
  })

  test('has seats, payments and copies that agree with what they count and copy', async () => {
    await none(`
      SELECT slug FROM events e WHERE registration_count <> (
        SELECT count(*) FROM event_registrations r WHERE r.event_id = e.event_id AND r.status <> 'cancelled')
        OR registration_count > capacity_limit`)
    await none(`
      SELECT name FROM event_tickets t WHERE quantity_sold <> (
        SELECT count(*) FROM event_registrations r WHERE r.ticket_id = t.ticket_id)`)
    await none(`
      SELECT registration_id FROM event_registrations r JOIN event_tickets t USING (ticket_id)
      LEFT JOIN transactions x USING (transaction_id)
      WHERE r.amount_paid <> coalesce(x.amount, 0) OR (x.status = 'success') IS FALSE OR t.event_id <> r.event_id`)
    await none(`
      SELECT user_id FROM user_profiles p WHERE skills IS DISTINCT FROM (
        SELECT jsonb_agg(t.name ORDER BY t.name) FROM user_skills s JOIN tags t USING (tag_id) WHERE s.user_id = p.user_id)`)
    await none(
      'SELECT cohort_id FROM cohort_members m JOIN enrollments e USING (enrollment_id) WHERE m.user_id <> e.user_id',
    )
    await none(`SELECT feedback_id FROM session_feedback f JOIN coaching_sessions s USING (session_id)
      WHERE s.status <> 'completed' OR f.submitted_by <> s.mentee_id OR f.created_at < s.scheduled_at`)
  })

  test('has ids of version 7 and nothing that happens after the loading', async () => {
    await none(`SELECT post_id FROM posts WHERE substr(post_id::text, 15, 1) <> '7' OR published_at > now()`)
    await none(
      'SELECT comment_id FROM comments c JOIN posts p USING (post_id) WHERE c.created_at < p.published_at OR c.created_at > now()',
    )
    await none('SELECT user_id FROM users WHERE last_login > now() OR last_login < created_at')
    await none('SELECT transaction_id FROM transactions WHERE created_at > now()')
    await none('SELECT reaction_id FROM reactions WHERE created_at > now()')
  })

  test('is the same every time, told from its own time', async () => {
    const other = await createTestDatabase()
    try {
      await demo.loadIfEmpty(other)
      const digest = `
        SELECT md5(string_agg(line, '|' ORDER BY line)) AS digest FROM (
          SELECT concat_ws(' ', u.username, p.slug, e.progress_percent, e.status, m.loaded - e.enrollment_date) AS line
          FROM enrollments e JOIN users u USING (user_id) JOIN programs p USING (program_id),
            (SELECT max(created_at) + interval '60 days' AS loaded FROM users) m
          UNION ALL SELECT concat_ws(' ', slug, like_count, comment_count, title) FROM posts
          UNION ALL SELECT concat_ws(' ', l.title, lp.time_spent_seconds) FROM lesson_progress lp JOIN lessons l USING (lesson_id)
        ) lines`
      const [mine, others] = [await rows(digest), (await other.owner.query(digest)).rows]
      assert.deepEqual(others, mine)
    } finally {
      await other.close()
    }
  })
})

describe('ops demo', () => {
  test('says what it would load, loads with --yes, and refuses a database with users', async () => {
    const database = await createTestDatabase()
    try {
      const dry = await answerOf(demoCommand, database)
      assert.ok(dry.includes('    8 programs'))
      assert.equal(dry.at(-1), 'nothing was changed; add --yes to load')
      const { rows } = await database.owner.query('SELECT user_id FROM users')
      assert.deepEqual(rows, [])
      assert.equal((await answerOf(demoCommand, database, '--yes'))[0], 'the demo world is loaded')
      await assert.rejects(answerOf(demoCommand, database, '--yes'), /^OperatorError: the database has users/)
    } finally {
      await database.close()
    }
  })

  test('leaves a database with one user alone', async () => {
    const database = await createTestDatabase()
    try {
      await makeUser(database.owner)
      assert.equal(await demo.loadIfEmpty(database), false)
      assert.deepEqual(await demo.accounts(database), [])
      await assert.rejects(answerOf(demoCommand, database), /the database has users/)
    } finally {
      await database.close()
    }
  })
})
