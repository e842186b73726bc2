import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type pg from 'pg'
import { withClient } from '../../testing/connections.ts'
import { createTestDatabase, type TestDatabase } from '../../testing/database.ts'
import { makeUser } from '../../testing/factories.ts'
import { PROGRAM_FILTERS, popularPage, searchText } from './queries/catalogue.ts'

const LAST_ID = `'ffffffff-ffff-ffff-ffff-ffffffffffff'`

describe('as app_user, over 4,000 programs', () => {
  let database: TestDatabase
  before(async () => {
    database = await createTestDatabase()
    const coach = await makeUser(database.owner, {}, 'coach')
    await database.owner.query(
      `INSERT INTO programs (title, slug, description, language, category, difficulty_level, instructor_id,
         pricing_type, status, published_at, enrollment_count)
       SELECT 'Program ' || n, 'program-' || n, 'Notes on topic' || n % 400, (ARRAY['en', 'sw', 'fr'])[1 + n % 3],
         'Category ' || n % 7, (ARRAY['beginner', 'intermediate', 'advanced'])[1 + n % 3], $1, 'free',
         CASE WHEN n % 10 = 0 THEN 'draft' ELSE 'published' END, now(), n % 1000
       FROM generate_series(1, 4000) n`,
      [coach.id],
    )
    await database.owner.query('VACUUM ANALYZE programs')
  })
  after(() => database.close())

  /** The plan that a connection keeps for a prepared statement, and the plan for these very values. */
  async function plans(text: string, values: readonly string[]): Promise<string[]> {
    return withClient(database.appUrl, async (client: pg.Client) => {
      await client.query(`PREPARE it AS ${text}`)
      const found: string[] = []
      for (const mode of ['force_generic_plan', 'force_custom_plan']) {
        await client.query(`SET plan_cache_mode = ${mode}`)
        const { rows } = await client.query(`EXPLAIN (COSTS off) EXECUTE it(${values.join(', ')})`)
        found.push(rows.map((row) => row['QUERY PLAN']).join('\n'))
      }
      return found
    })
  }

  const values = [`'Category 3'`, `'beginner'`, `'en'`, `'free'`]

  test('the list walks idx_programs_popular, or the index of its category when few are left, and never the table', async () => {
    // For a hundred of four thousand cards PostgreSQL 15 reads the table at once; for a page it must not.
    const readsAtOnce = database.server.version < 18
    for (const size of [20, 100] as const) {
      for (const filters of [[], ...PROGRAM_FILTERS.map((name) => [name]), PROGRAM_FILTERS]) {
        const given = filters.map((name) => values[PROGRAM_FILTERS.indexOf(name)]!)
        const key = ['20', '500', LAST_ID, `'digest'`]
        const few = filters.length > 1 || (readsAtOnce && size === 100 && filters.includes('category'))
        const serves = few ? /idx_programs_(popular|category)/ : /idx_programs_popular/
        for (const plan of await plans(popularPage(size, filters).text, [...key, ...given])) {
          assert.match(plan, serves, filters.join())
          if (!readsAtOnce || size === 20) assert.doesNotMatch(plan, /Seq Scan on programs/)
        }
      }
    }
  })

  test('a search reads idx_programs_fts, with and without filters', async () => {
    for (const filters of [[], PROGRAM_FILTERS]) {
      const given = filters.map((_, index) => values[index]!)
      const key = ['20', `'Infinity'`, LAST_ID, `'digest'`, `'topic7'`]
      for (const plan of await plans(searchText(20, filters), [...key, ...given])) {
        assert.match(plan, /Bitmap Index Scan on idx_programs_fts/)
        assert.doesNotMatch(plan, /Seq Scan on programs/)
      }
    }
  })
})
