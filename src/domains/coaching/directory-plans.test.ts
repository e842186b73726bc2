import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import pg from 'pg'
import { createTestDatabase, type TestDatabase } from '../../testing/database.ts'
import { type CoachFilter, coachPage } from './queries/directory.ts'

const FIRST = ['-6', '-2147483648', '00000000-0000-0000-0000-000000000000']
const DEEP = ['-3.5', '-20', '00000000-0000-0000-0000-000000000000']
const FILTERS: readonly CoachFilter[] = [
  {},
  { skill: 'Skill 0' },
  { skill: 'Skill 39' },
  { skill: 'Nobody has it' },
  { country: 'KE' },
  { country: 'XX' },
  { min_rating: 4.9 },
  { currency: 'KES', max_rate: '1500' },
  { skill: 'Skill 0', country: 'KE' },
  { skill: 'Skill 39', country: 'KE', min_rating: 4 },
  { skill: 'Skill 0', country: 'KE', min_rating: 4, currency: 'KES', max_rate: '5000' },
]

describe('the plans of the directory, with 5,000 coaches among 20,000 people', () => {
  let database: TestDatabase
  let reader: pg.Client
  before(async () => {
    database = await createTestDatabase()
    await fill(database.owner)
    reader = new pg.Client(database.appUrl)
    await reader.connect()
  })
  after(async () => {
    await reader.end()
    await database.close()
  })

  for (const mode of ['force_custom_plan', 'force_generic_plan']) {
    test(`read no table of people from end to end, and stay within a page's work (${mode})`, async () => {
      await reader.query(`SET plan_cache_mode = ${mode}`)
      for (const filter of FILTERS) {
        for (const after of [FIRST, DEEP]) {
          const name = `${JSON.stringify(filter)} after ${after[0]}`
          const plan = await planOf(reader, filter, after, mode)
          assert.doesNotMatch(plan, /Seq Scan on (users|user_\w+)/, name)
          assert.match(plan, /(using|on) idx_profiles_coach_(rank|country)/, name)
          assert.ok(buffersOf(plan) < 8000, `${name} read ${buffersOf(plan)} pages\n${plan}`)
        }
      }
    })
  }
})

async function planOf(
  reader: pg.Client,
  filter: CoachFilter,
  after: string[],
  mode: string,
): Promise<string> {
  const { statement, values } = coachPage(filter, { after, digest: 'x', show: 20 })
  const name = `${statement.name}_${mode}`
  const types = values.map(() => 'unknown').join(', ')
  await reader.query(`PREPARE ${name} (${types}) AS ${statement.text}`)
  const args = values.map((value) => reader.escapeLiteral(value)).join(', ')
  const { rows } = await reader.query<{ 'QUERY PLAN': string }>(
    `EXPLAIN (ANALYZE, BUFFERS, COSTS OFF, TIMING OFF) EXECUTE ${name} (${args})`,
  )
  await reader.query(`DEALLOCATE ${name}`)
  return rows.map((row) => row['QUERY PLAN']).join('\n')
}

/** The root's count is the whole statement's. */
function buffersOf(plan: string): number {
  return Number(/shared hit=(\d+)/.exec(plan)?.[1] ?? 0)
}

/** Skills by a power law: every fifth coach has Skill 0, one in seventy Skill 39. */
async function fill(owner: pg.Pool): Promise<void> {
  await owner.query(`
    SELECT setseed(0.5);
    INSERT INTO users (email, username, full_name)
    SELECT 'u' || i || '@example.com', 'user' || i, 'User ' || i FROM generate_series(1, 20000) i;
    INSERT INTO user_settings (user_id) SELECT user_id FROM users;
    INSERT INTO user_roles (user_id, role_name) SELECT user_id, 'member' FROM users;
    INSERT INTO user_profiles (user_id, bio, skills, location)
    SELECT user_id, repeat('words and words ', 20),
      jsonb_build_array('Skill ' || floor(40 * power(random(), 2)), 'Skill ' || floor(40 * power(random(), 2))),
      jsonb_build_object('country', (ARRAY['KE', 'KE', 'KE', 'NG', 'NG', 'UG', 'TZ', 'GH'])[1 + floor(random() * 8)])
    FROM users;
    UPDATE user_profiles SET hourly_rate = 1000 + floor(random() * 9000), session_count = floor(random() * 50),
      currency = (ARRAY['KES', 'USD', 'UGX'])[1 + floor(random() * 3)], rating_count = floor(random() * 6)
    WHERE user_id IN (SELECT user_id FROM users ORDER BY user_id LIMIT 5000);
    UPDATE user_profiles SET rating_sum = rating_count * 3 + floor(random() * (rating_count * 2 + 1))
    WHERE hourly_rate IS NOT NULL;
    INSERT INTO user_roles (user_id, role_name) SELECT user_id, 'coach' FROM user_profiles WHERE hourly_rate IS NOT NULL`)
  for (const table of ['users', 'user_profiles', 'user_roles', 'user_settings']) {
    await owner.query(`VACUUM ANALYZE ${table}`)
  }
}
