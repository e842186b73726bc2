import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { sql } from 'kysely'
import { type Client, clientOf, startApp, type TestApp } from '../../testing/client.ts'
import { createTestDatabase, type TestDatabase } from '../../testing/database.ts'
import { forEachServer } from '../../testing/servers.ts'
import { tagPage } from './queries/tags.ts'

type Tags = { items: { name: string; category: string }[]; next_cursor: string | null; code?: string }

const NAMES = [
  'Branding',
  'brand story',
  'Économie',
  'economics',
  'Eco-design',
  'Zanzibar',
  '100 % cotton',
  '_under',
]

describe('the taxonomy', () => {
  let database: TestDatabase
  let app: TestApp
  let stranger: Client
  before(async () => {
    database = await createTestDatabase()
    for (const [n, name] of NAMES.entries())
      await database.owner.query('INSERT INTO tags (name, slug, category) VALUES ($1, $2, $3)', [
        name,
        `tag-${n}`,
        n % 2 ? 'skill' : 'topic',
      ])
    app = await startApp(database)
    stranger = clientOf(app)
  })
  after(async () => {
    await app.close()
    await database.close()
  })

  const found = async (query: string) => {
    const { status, body } = await stranger.get<Tags>(`/api/v1/tags?${query}`)
    assert.equal(status, 200)
    return body.items.map(({ name }) => name)
  }

  test('is found by what a name begins with, whatever its case and accents', async () => {
    for (const q of ['eco', 'ECO', 'éco', 'E%CC%81co'])
      assert.deepEqual(await found(`q=${q}`), ['Eco-design', 'economics', 'Économie'], q)
    assert.deepEqual(await found('q=brand'), ['brand story', 'Branding'])
    assert.deepEqual(await found('q=story'), [], 'not by what is in the middle')
  })

  test('takes what was typed for what it is', async () => {
    for (const q of ['%25', '_', '100+%25', '%5C', "'%3B--", '%F4%8F%BF%BF'])
      assert.ok(
        (await found(`q=${q}`)).every((name) => name === '100 % cotton' || name === '_under'),
        q,
      )
  })

  test('is read by category', async () => {
    assert.deepEqual(await found('category=skill'), ['_under', 'brand story', 'economics', 'Zanzibar'])
    assert.deepEqual(await found('category=skill&q=z'), ['Zanzibar'])
    assert.deepEqual(await found('category=nothing'), [])
  })

  test('is paged by a cursor of its own filter', async () => {
    const seen: string[] = []
    let cursor: string | null = null
    do {
      const more: string = cursor === null ? '' : `&cursor=${cursor}`
      const { body } = await stranger.get<Tags>(`/api/v1/tags?limit=3${more}`)
      seen.push(...body.items.map(({ name }) => name))
      cursor = body.next_cursor
    } while (cursor !== null)
    assert.deepEqual(seen, await found('limit=100'))
    assert.equal(seen.length, NAMES.length)
    const { body } = await stranger.get<Tags>('/api/v1/tags?limit=3')
    const other = await stranger.get<Tags>(`/api/v1/tags?limit=3&category=skill&cursor=${body.next_cursor}`)
    assert.deepEqual([other.status, other.body.code], [400, 'cursor.invalid'])
  })

  test('is not sent again to who has it', async () => {
    const { headers } = await stranger.get('/api/v1/tags')
    const again = await stranger.get('/api/v1/tags', { 'if-none-match': String(headers.etag) })
    assert.equal(again.status, 304)
  })
})

test('ten thousand tags are typed ahead along their index, under row security too', async () => {
  await forEachServer(async (server) => {
    const database = await createTestDatabase(server)
    try {
      await database.owner.query(`
        INSERT INTO tags (name, slug, category)
        SELECT initcap(md5(i::text)), 'tag-' || i, CASE WHEN i % 3 = 0 THEN 'skill' ELSE 'topic' END
        FROM generate_series(1, 10000) i`)
      await database.owner.query('ANALYZE tags')
      const values = ['Ab', '', '00000000-0000-0000-0000-000000000000', 'digest', '20']
      for (const [category, index] of [
        [undefined, 'idx_tags_typed'],
        ['skill', 'idx_tags_category_typed'],
      ] as const) {
        const { text } = tagPage(20, category)
        const given = category === undefined ? values : [...values, category]
        const filled = text.replaceAll(/\$(\d)/g, (_, n: string) => `'${given[Number(n) - 1]}'`)
        const { rows } = await sql<{ 'QUERY PLAN': string }>`EXPLAIN ${sql.raw(filled)}`.execute(
          database.db.anonymous,
        )
        const plan = rows.map((row) => row['QUERY PLAN']).join('\n')
        assert.match(plan, new RegExp(`Index Scan using ${index}`), plan)
        assert.match(plan, /Index Cond: .*typed_form/, plan)
      }
    } finally {
      await database.close()
    }
  })
})
