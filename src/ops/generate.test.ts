import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import path from 'node:path'
import { after, before, describe, test } from 'node:test'
import { verify } from '@node-rs/argon2'
import { OperatorError } from '../platform/errors.ts'
import { createTestDatabase, type TestDatabase } from '../testing/database.ts'
import { servers } from '../testing/servers.ts'
import { accountsToTry } from './generate/accounts.ts'
import { load } from './generate/load.ts'
import { readOptions } from './generate/options.ts'
import { oldestPartition } from './generate/rows/notices.ts'
import { TABLES } from './generate/tables.ts'
import { makeWorld } from './generate/world.ts'

const USERS = 200
const NOW = Date.UTC(2026, 0, 15)
const MAIN = path.join(import.meta.dirname, '../main.ts')

describe('a generated data set', () => {
  let database: TestDatabase
  let wholeBefore: string
  const one = async (query: string) => (await database.owner.query(query)).rows[0]
  const all = async (query: string) => (await database.owner.query(query)).rows

  before(async () => {
    database = await createTestDatabase()
    await partitions(database)
    wholeBefore = await catalogue(database)
    await loadInto(database, 1)
  })
  after(() => database.close())

  test('leaves indexes, keys, checks and triggers exactly as they were', async () => {
    assert.equal(await catalogue(database), wholeBefore)
    assert.equal((await one(`SELECT to_regclass('generate_pending') AS left`)).left, null)
  })

  test('has true counters, copies and capacities', async () => {
    assert.deepEqual(await all('SELECT * FROM counter_drift()'), [])
    assert.deepEqual(await all('SELECT * FROM counter_deltas'), [])
    assert.deepEqual(
      await all(`SELECT user_id FROM user_profiles p WHERE skills IS DISTINCT FROM (
        SELECT jsonb_agg(t.name ORDER BY t.name COLLATE "C") FROM user_skills s JOIN tags t USING (tag_id) WHERE s.user_id = p.user_id)`),
      [],
    )
    assert.deepEqual(
      await all(`SELECT user_id FROM user_profiles p WHERE profile_completion_percent <> (
        SELECT sum(percent) FROM profile_completion(p) WHERE done)`),
      [],
    )
    assert.deepEqual(
      await all(`SELECT partner_id FROM partners p WHERE programs_enrolled IS DISTINCT FROM (
        SELECT jsonb_agg(program_id ORDER BY added_at, program_id) FROM partner_programs WHERE partner_id = p.partner_id)`),
      [],
    )
    assert.deepEqual(
      await all(`SELECT event_id FROM events e WHERE registration_count <> (
        SELECT count(*) FROM event_registrations r WHERE r.event_id = e.event_id AND r.status IN ('registered', 'attended', 'no_show'))`),
      [],
    )
    assert.deepEqual(
      await all(`SELECT ticket_id FROM event_tickets t WHERE quantity_sold <> (
        SELECT count(*) FROM event_registrations r WHERE r.ticket_id = t.ticket_id AND r.status IN ('registered', 'attended', 'no_show'))`),
      [],
    )
    assert.deepEqual(
      await all(`SELECT cohort_id FROM partner_cohorts c WHERE enrolled_count <> (
        SELECT count(*) FROM cohort_members m WHERE m.cohort_id = c.cohort_id)`),
      [],
    )
  })

  test('says of an enrolment what its lessons say', async () => {
    assert.deepEqual(
      await all(`
        SELECT e.enrollment_id FROM enrollments e JOIN programs p USING (program_id)
        LEFT JOIN lesson_progress lp USING (enrollment_id)
        GROUP BY e.enrollment_id, p.lesson_count, p.published_at
        HAVING e.progress_percent <> floor(100.0 * count(lp.completed_at) / p.lesson_count)
          OR (e.status = 'completed') <> (count(lp.completed_at) = p.lesson_count) OR e.enrollment_date < p.published_at
          OR min(lp.first_accessed_at) < e.enrollment_date OR max(lp.last_accessed_at) IS DISTINCT FROM e.last_accessed_at`),
      [],
    )
    assert.deepEqual(
      await all(`SELECT lp.progress_id FROM lesson_progress lp LEFT JOIN lesson_time t USING (user_id, lesson_id)
        GROUP BY lp.progress_id HAVING sum(t.seconds) IS DISTINCT FROM lp.time_spent_seconds`),
      [],
    )
    const ungraded = await all(`
      SELECT lp.progress_id FROM lesson_progress lp JOIN lessons l USING (lesson_id) JOIN assessments a USING (lesson_id)
      LEFT JOIN assessment_submissions s ON s.assessment_id = a.assessment_id AND s.user_id = lp.user_id AND s.passed
      WHERE lp.completed_at IS NOT NULL AND s.submission_id IS NULL`)
    assert.deepEqual(ungraded, [])
  })

  test('lets nobody act before they joined, nor anything happen after the given day', async () => {
    const early = await all(`
      SELECT 'post' FROM posts p JOIN users u ON u.user_id = p.author_id WHERE p.created_at < u.created_at
      UNION ALL SELECT 'comment' FROM comments c JOIN users u ON u.user_id = c.author_id JOIN posts p USING (post_id)
        WHERE c.created_at < greatest(u.created_at, p.created_at)
      UNION ALL SELECT 'reaction' FROM reactions r JOIN users u USING (user_id) WHERE r.created_at < u.created_at
      UNION ALL SELECT 'registration' FROM event_registrations r JOIN users u USING (user_id) WHERE registration_date < u.created_at
      UNION ALL SELECT 'session' FROM coaching_sessions s JOIN users u ON u.user_id = s.mentee_id WHERE s.created_at < u.created_at
      UNION ALL SELECT 'payment' FROM transactions t JOIN users u USING (user_id) WHERE t.created_at < u.created_at`)
    assert.deepEqual(early, [])
    const { late } = await one(`SELECT greatest(
      (SELECT max(created_at) FROM comments), (SELECT max(created_at) FROM reactions), (SELECT max(last_accessed_at) FROM lesson_progress),
      (SELECT max(created_at) FROM notifications), (SELECT max(timestamp) FROM audit_logs)) > '${new Date(NOW).toISOString()}' AS late`)
    assert.equal(late, 'f')
    const twice = await all(`
      SELECT person, at FROM coaching_sessions, LATERAL (VALUES (coach_id, scheduled_at), (mentee_id, scheduled_at)) v(person, at)
      GROUP BY 1, 2 HAVING count(*) > 1`)
    assert.deepEqual(twice, [])
  })

  test('is skewed: a few posts, programs and coaches have most of it, evenings and weekdays are busy', async () => {
    const share = async (query: string) => Number((await one(query)).share)
    const top = (counter: string, table: string) =>
      share(`SELECT sum(n) FILTER (WHERE place <= all_of_them * 0.1)::numeric / sum(n) AS share FROM (
        SELECT ${counter} AS n, row_number() OVER (ORDER BY ${counter} DESC) AS place, count(*) OVER () AS all_of_them FROM ${table}) ranked`)
    assert.ok((await top('like_count', 'posts')) > 0.35)
    assert.ok((await top('comment_count', 'posts')) > 0.3)
    assert.ok((await top('enrollment_count', 'programs')) > 0.12)
    assert.ok(
      (await share(
        'SELECT avg((extract(hour FROM created_at) BETWEEN 15 AND 20)::int) AS share FROM posts',
      )) > 0.35,
    )
    assert.ok(
      (await share('SELECT avg((extract(isodow FROM created_at) > 5)::int) AS share FROM posts')) < 0.26,
    )
    const { countries, languages } = await one(`SELECT
      (SELECT count(DISTINCT location ->> 'country') FROM user_profiles) AS countries, (SELECT count(DISTINCT language) FROM posts) AS languages`)
    assert.ok(Number(countries) > 12)
    assert.equal(languages, '3')
  })

  test('has answers of the size that the benchmarks are meant for', async () => {
    const { lessons } = await one(`
      SELECT avg(length(read_module_lessons(e.user_id, e.current_module_id)))::int AS lessons
      FROM enrollments e WHERE e.status = 'active' AND e.current_module_id IS NOT NULL`)
    assert.ok(Number(lessons) > 14_000 && Number(lessons) < 19_000, `a module's lessons are ${lessons} bytes`)
  })

  test('has people who can sign in with the printed password', async () => {
    const { password, accounts } = accountsToTry(makeWorld(1, USERS, NOW))
    assert.equal(accounts.length, 3)
    for (const { email } of accounts) {
      const { password_hash, status } = await one(`SELECT * FROM auth_lookup('${email}')`)
      assert.equal(status, 'active')
      assert.ok(await verify(password_hash, password))
    }
    const roles = await all(`SELECT role_name, count(*)::int FROM user_roles GROUP BY 1 ORDER BY 1`)
    assert.deepEqual(
      roles.map(({ role_name }) => role_name),
      ['admin', 'coach', 'member', 'partner', 'super_admin'],
    )
  })

  test('is not put beside people who are there already', async () => {
    const { code, said } = await generate(database)
    assert.equal(code, 1)
    assert.equal(
      said.trim().split('\n').at(-1),
      'the table users has rows already: expected a database without people',
    )
  })

  test('is the same, byte for byte, for the same seed, also when the load before it was killed and is undone first', async () => {
    const twin = await createTestDatabase()
    await partitions(twin)
    const killed = await generate(twin, { killAt: 'building indexes' })
    assert.equal(killed.code, null)
    await goneFrom(twin)
    assert.notEqual(await catalogue(twin), wholeBefore)
    const again = await generate(twin)
    assert.equal(again.code, 0)
    assert.match(again.said, /a load that was cut short was undone/)
    assert.equal(await catalogue(twin), wholeBefore)
    assert.deepEqual(await checksums(twin), await checksums(database))
    await twin.close()
  })

  test('is another one for another seed; a row that is refused leaves the oldest server empty and whole', async () => {
    const oldest = await createTestDatabase((await servers()).at(-1))
    await partitions(oldest)
    await oldest.owner.query('ALTER TABLE coach_availability ADD CONSTRAINT never CHECK (day_of_week > 9)')
    const before = await catalogue(oldest)
    await assert.rejects(loadInto(oldest, 2), /coach_availability: .*never/)
    assert.equal(await catalogue(oldest), before)
    assert.deepEqual(await filledTables(oldest), [])

    await oldest.owner.query('ALTER TABLE coach_availability DROP CONSTRAINT never')
    await loadInto(oldest, 2)
    assert.deepEqual((await oldest.owner.query('SELECT * FROM counter_drift()')).rows, [])
    const [ours, other] = await Promise.all([database, oldest].map(checksums))
    assert.deepEqual(
      Object.keys(ours!).filter((table) => ours![table] === other![table]),
      [],
    )
    await oldest.close()
  })
})

describe('the options of generate', () => {
  test('have defaults and take the day, the seed and the number of people', () => {
    const today = NOW + 5_000
    assert.deepEqual(readOptions([], today), { users: 100_000, seed: 1, now: NOW })
    const given = readOptions(['--seed', '7', '--users', '500', '--now', '2025-12-31'], today)
    assert.deepEqual(given, { users: 500, seed: 7, now: Date.UTC(2025, 11, 31) })
  })

  test('are refused in one line that says what was expected', () => {
    const refused = (words: string, message: RegExp) =>
      assert.throws(
        () => readOptions(words.split(' '), NOW),
        (error) => {
          assert.ok(error instanceof OperatorError)
          assert.match(error.message, message)
          return true
        },
      )
    refused('--users 3', /--users is "3": expected a whole number from 100 to 1000000/)
    refused('--users 1e3', /--users is "1e3"/)
    refused('--seed -1', /--seed is "-1"/)
    refused('--now tomorrow', /--now is "tomorrow": expected a day/)
    refused('--now 2026-01-16', /not later than today/)
    refused('--people 7', /unexpected "--people"/)
    refused('--users', /unexpected "--users"/)
  })
})

async function loadInto({ ownerUrl }: Pick<TestDatabase, 'ownerUrl'>, seed: number): Promise<void> {
  const world = makeWorld(seed, USERS, NOW)
  const counts = new Map(TABLES.map(({ name, open }) => [name, open(world).count]))
  await load(ownerUrl, world, counts)
}

/** Those that a load makes, so that only what it changes beside them is seen. */
function partitions({ owner }: TestDatabase): Promise<unknown> {
  const since = new Date(oldestPartition(makeWorld(1, 100, NOW)))
  return owner.query('SELECT FROM ensure_partitions($1::date)', [since.toISOString()])
}

/** Everything of the schema that guards or speeds up rows, as the server prints it. */
async function catalogue({ owner }: TestDatabase): Promise<string> {
  const { rows } = await owner.query(`
    SELECT 'index' AS kind, indrelid::regclass::text AS relation, pg_get_indexdef(indexrelid) AS definition,
           concat_ws(' ', indisvalid, indisunique, indisprimary, indimmediate) AS state
    FROM pg_index WHERE indrelid::regclass::text !~ '^(pg_|graphile)'
    UNION ALL
    SELECT contype::text, conrelid::regclass::text, conname || ' ' || pg_get_constraintdef(oid), convalidated::text
    FROM pg_constraint WHERE conrelid <> 0 AND conrelid::regclass::text !~ '^(pg_|graphile)'
    UNION ALL
    SELECT 'trigger', tgrelid::regclass::text, pg_get_triggerdef(oid), tgenabled::text FROM pg_trigger WHERE NOT tgisinternal
    UNION ALL
    SELECT 'table', oid::regclass::text, relkind::text, concat_ws(' ', relrowsecurity, relacl) FROM pg_class
    WHERE relkind IN ('r', 'p', 'i', 'I') AND relnamespace = 'public'::regnamespace
    ORDER BY 1, 2, 3`)
  return rows.map((row) => Object.values(row).join(' | ')).join('\n')
}

async function checksums({ owner }: TestDatabase): Promise<Record<string, string>> {
  const sums: Record<string, string> = {}
  for (const { name } of TABLES) {
    const { rows } = await owner.query(
      `SELECT md5(string_agg(t::text, E'\\n' ORDER BY t::text COLLATE "C")) AS sum FROM ${name} t`,
    )
    sums[name] = rows[0].sum
  }
  return sums
}

async function filledTables({ owner }: TestDatabase): Promise<string[]> {
  const filled: string[] = []
  for (const { name } of TABLES) {
    if ((await owner.query(`SELECT FROM ${name} LIMIT 1`)).rowCount) filled.push(name)
  }
  return filled
}

/** The command itself, in a process of its own. */
async function generate({ ownerUrl, appUrl }: TestDatabase, { killAt }: { killAt?: string } = {}) {
  const env = { ...process.env, DATABASE_OWNER_URL: ownerUrl, DATABASE_URL: appUrl, NODE_ENV: 'test' }
  const words = ['ops', 'generate', '--users', String(USERS), '--now', '2026-01-15', '--yes']
  const child = spawn(process.execPath, [MAIN, ...words], { env })
  let said = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (data) => {
      said += data
      if (killAt !== undefined && said.includes(killAt)) child.kill('SIGKILL')
    })
  }
  const [code] = await once(child, 'close')
  return { code: code as number | null, said }
}

/** The killed process's statements may run on for a moment. */
async function goneFrom({ owner }: TestDatabase): Promise<void> {
  for (;;) {
    const { rowCount } = await owner.query(
      `SELECT FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'bcn generate'`,
    )
    if (rowCount === 0) return
  }
}
