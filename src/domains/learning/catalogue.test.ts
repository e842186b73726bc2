import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { type Client, clientOf, signIn, startApp, type TestApp } from '../../testing/client.ts'
import { createTestDatabase, type TestDatabase } from '../../testing/database.ts'
import {
  insert,
  makeEnrollment,
  makeLesson,
  makeModule,
  makeProgram,
  makeUser,
  type Row,
  type TestUser,
  unique,
  type Values,
} from '../../testing/factories.ts'
import { forgetPrograms } from './index.ts'

type Card = { program_id: string; slug: string; title: string; instructor: { user_id: string } | null }
type Page = { items: Card[]; next_cursor: string | null }

describe('the catalogue', () => {
  let database: TestDatabase
  let app: TestApp
  let coach: TestUser
  let stranger: Client
  before(async () => {
    database = await createTestDatabase()
    app = await startApp(database)
    stranger = clientOf(app)
    coach = await makeUser(database.owner, {}, 'coach')
  })
  after(async () => {
    await app.close()
    await database.close()
  })

  function program(values: Values = {}): Promise<Row> {
    return makeProgram(database.owner, { instructor_id: coach.id, ...values })
  }

  const list = (query = '') => stranger.get<Page>(`/api/v1/programs${query}`)
  const ids = (page: { body: Page }) => page.body.items.map((item) => item.program_id)

  /** Every page of a list, by its cursors. */
  async function walk(query: string): Promise<string[]> {
    const seen: string[] = []
    let cursor: string | null = null
    do {
      const page = await list(`?${query}${cursor === null ? '' : `&cursor=${cursor}`}`)
      assert.equal(page.status, 200, page.text)
      seen.push(...ids(page))
      cursor = page.body.next_cursor
    } while (cursor !== null)
    return seen
  }

  describe('as a list', () => {
    test('is in order of popularity, page by page, each program once', async () => {
      const category = unique('popular')
      const rows: Row[] = []
      for (const enrollment_count of [3, 9, 9, 9, 0, 5, 9])
        rows.push(await program({ category, enrollment_count }))
      const expected = rows
        .toSorted(
          (a, b) =>
            Number(b.enrollment_count) - Number(a.enrollment_count) ||
            (a.program_id! < b.program_id! ? 1 : -1),
        )
        .map((row) => row.program_id)
      for (const limit of [1, 2, 3, 7, 100])
        assert.deepEqual(await walk(`category=${category}&limit=${limit}`), expected)
    })

    test('filters by category, level, language and pricing, alone and together', async () => {
      const category = unique('filters')
      const wanted = await program({
        category,
        difficulty_level: 'advanced',
        language: 'sw',
        pricing_type: 'one_time',
        price_amount: '1500.50',
        currency: 'KES',
      })
      await program({ category, difficulty_level: 'beginner' })
      for (const filter of [
        'level=advanced',
        'language=sw',
        'pricing=one_time',
        'level=advanced&language=sw',
      ]) {
        const page = await list(`?category=${category}&${filter}`)
        assert.deepEqual(ids(page), [wanted.program_id], filter)
      }
      const { body } = await list(`?category=${category}&language=sw`)
      assert.deepEqual((body.items[0] as unknown as { price: unknown }).price, {
        amount_minor: 150050,
        currency: 'KES',
      })
      assert.equal(body.items[0]!.instructor?.user_id, coach.id)
      assert.deepEqual(ids(await list(`?category=${unique('none')}`)), [])
    })

    test('holds only what is published and not deleted', async () => {
      const category = unique('states')
      await program({ category, status: 'draft', published_at: null })
      await program({ category, status: 'archived' })
      await program({ category, deleted_at: new Date() })
      const shown = await program({ category })
      assert.deepEqual(ids(await list(`?category=${category}`)), [shown.program_id])
    })

    test('has its first page in the cache until a program is forgotten, and an ETag', async () => {
      await list('?level=advanced')
      const added = await program({
        difficulty_level: 'advanced',
        title: 'New here',
        enrollment_count: 1_000_000,
      })
      assert.ok(!ids(await list('?level=advanced')).includes(added.program_id!))
      await forgetPrograms(app.services, added.program_id!)
      const fresh = await list('?level=advanced')
      assert.equal(ids(fresh)[0], added.program_id)
      const again = await stranger.get('/api/v1/programs?level=advanced', {
        'if-none-match': String(fresh.headers.etag),
      })
      assert.equal(again.status, 304)
    })

    test("refuses another list's cursor", async () => {
      const category = unique('cursor')
      for (let n = 0; n < 3; n++) await program({ category, title: 'Cursor keepers' })
      const { body } = await list(`?category=${category}&limit=1`)
      for (const foreign of ['', `category=${category}&level=beginner&`, `category=${category}&q=cursor&`]) {
        const reply = await list(`?${foreign}cursor=${body.next_cursor}`)
        assert.deepEqual(
          [reply.status, (reply.body as unknown as { code: string }).code],
          [400, 'cursor.invalid'],
        )
      }
    })
  })

  describe('as a search', () => {
    const search = (q: string, more = '') => list(`?q=${encodeURIComponent(q)}${more}`)

    test('finds words of title and description, in each language, whatever their ending or accent', async () => {
      const english = await program({
        title: 'Beekeeping for profit',
        description: 'Hives and honeys sold well',
      })
      const french = await program({ title: 'Élever des poulets', language: 'fr' })
      const swahili = await program({ title: 'Kilimo cha mbogamboga', language: 'sw' })
      for (const [q, found] of [
        ['beekeeping', english],
        ['honey hive', english],
        ['"sold well"', english],
        ['elever', french],
        ['ÉLEVER poulet', french],
        ['mbogamboga', swahili],
      ] as const)
        assert.deepEqual(ids(await search(q)), [found.program_id], q)
      assert.deepEqual(ids(await search('beekeeping', '&language=fr')), [])
    })

    test('gives the best first, page by page, with equal ranks in a stable order', async () => {
      const word = unique('z').replaceAll('-', '')
      const titles = [
        word,
        `${word} ${word}`,
        `${word} and other words`,
        word,
        word,
        `${word} ${word} ${word}`,
      ]
      const made: Row[] = []
      for (const title of titles) made.push(await program({ title, description: `About ${word}` }))
      const whole = ids(await search(word))
      assert.equal(whole.length, titles.length)
      assert.equal(whole[0], made[5]!.program_id)
      for (const limit of [1, 2, 4]) assert.deepEqual(await walk(`q=${word}&limit=${limit}`), whole)
    })

    test('finds nothing for stop words and punctuation, and fails for nothing', async () => {
      await program({ title: 'The end of the beginning' })
      for (const q of [
        'the',
        'the of and',
        '!!!',
        '&|()',
        "':*",
        '"',
        '-',
        '   ',
        '\\',
        '%',
        '*',
        '😀',
        '<->',
      ])
        assert.deepEqual([(await search(q)).status, ids(await search(q))], [200, []], q)
      for (const q of ['a'.repeat(200), '"unfinished', "o'brien", 'a & b | !c', '-the', 'x -y'])
        assert.equal((await search(q)).status, 200, q)
    })

    test('holds only what is published and not deleted', async () => {
      const title = `Draft ${unique('w').replaceAll('-', '')}`
      await program({ title, status: 'draft', published_at: null })
      await program({ title, status: 'archived' })
      await program({ title, deleted_at: new Date() })
      assert.deepEqual(ids(await search(title)), [])
    })
  })

  test('tells what it may be filtered by, with how many there are, and forgets it when a program changes', async () => {
    type Facets = Record<'categories' | 'languages', { value: string; count: number }[]>
    const category = unique('facet')
    const facets = async () => (await stranger.get<Facets>('/api/v1/program-facets')).body
    const count = async () => (await facets()).categories.find(({ value }) => value === category)?.count
    assert.equal(await count(), undefined)
    const row = await program({ category, language: 'sw' })
    await program({ category })
    await program({ category, status: 'draft', published_at: null })
    assert.equal(await count(), undefined, 'kept')
    await forgetPrograms(app.services, row.program_id!)
    assert.equal(await count(), 2)
    assert.ok((await facets()).languages.some(({ value }) => value === 'sw'))
  })

  describe("a program's page", () => {
    type ProgramPage = Card & {
      status: string
      co_instructors: { user_id: string }[]
      tier_access: string[]
      modules: { title: string; lessons: { title: string; is_preview: boolean }[] }[]
      latest_reviews: { rating: number; reviewer: { user_id: string } | null }[]
    }
    const open = (slug: string, client = stranger) => client.get<ProgramPage>(`/api/v1/programs/${slug}`)

    test('shows people, tiers, the outline and the latest five reviews, and no body', async () => {
      const row = await program({ tier_access: ['build', 'thrive'], tags: ['brand'] })
      const helper = await makeUser(database.owner, {}, 'coach')
      await insert(database.owner, 'program_instructors', { program_id: row.program_id, user_id: helper.id })
      const second = await makeModule(database.owner, row.program_id!, { sequence_order: 2, title: 'Second' })
      const first = await makeModule(database.owner, row.program_id!, { sequence_order: 1, title: 'First' })
      await makeModule(database.owner, row.program_id!, { sequence_order: 3, is_published: false })
      const lesson = { text_content: 'needle-of-the-body', video_url: 'needle-of-the-body', is_preview: true }
      await makeLesson(database.owner, first.module_id!, { ...lesson, title: 'B', sequence_order: 2 })
      await makeLesson(database.owner, first.module_id!, { title: 'A', sequence_order: 1 })
      await makeLesson(database.owner, second.module_id!, { title: 'Hidden', is_published: false })
      for (let n = 1; n <= 7; n++) {
        const user_id = (await makeUser(database.owner)).id
        const { enrollment_id } = await makeEnrollment(database.owner, user_id, row.program_id!)
        await insert(database.owner, 'program_reviews', {
          program_id: row.program_id,
          enrollment_id,
          user_id,
          rating: (n % 5) + 1,
          review_text: n === 7 ? 'needle-of-a-removed-review' : `Review ${n}`,
          status: n === 7 ? 'removed' : 'published',
          created_at: new Date(Date.now() + n * 1000),
        })
      }
      const { status, body, text, headers } = await open(row.slug!)
      assert.equal(status, 200)
      assert.ok(headers.etag)
      assert.deepEqual(body.tier_access, ['build', 'thrive'])
      assert.deepEqual(
        body.co_instructors.map((one) => one.user_id),
        [helper.id],
      )
      assert.deepEqual(
        body.modules.map((one) => [one.title, one.lessons.map((lesson) => lesson.title)]),
        [
          ['First', ['A', 'B']],
          ['Second', []],
        ],
      )
      assert.deepEqual(
        body.latest_reviews.map((review) => review.rating),
        [2, 1, 5, 4, 3],
      )
      assert.doesNotMatch(text, /needle/)
    })

    test('is kept in the cache until it is forgotten', async () => {
      const row = await program()
      await open(row.slug!)
      await database.owner.query(`UPDATE programs SET title = 'Another name' WHERE program_id = $1`, [
        row.program_id,
      ])
      assert.equal((await open(row.slug!)).body.title, row.title)
      await forgetPrograms(app.services, row.program_id!)
      assert.equal((await open(row.slug!)).body.title, 'Another name')
    })

    test('answers 301 at every address that it once had, unless another program lives there now', async () => {
      const row = await program()
      const [second, third] = [unique('second'), unique('third')]
      for (const slug of [second, third])
        await database.owner.query('UPDATE programs SET slug = $2 WHERE program_id = $1', [
          row.program_id,
          slug,
        ])
      for (const old of [row.slug!, second]) {
        const { status, headers } = await open(old)
        assert.deepEqual([status, headers.location], [301, `/api/v1/programs/${third}`])
        assert.equal(headers['cache-control'], 'no-cache', 'the address may be given to another program')
      }
      const squatter = await program({ slug: second })
      assert.equal((await open(second)).body.program_id, squatter.program_id)
      await database.owner.query(`UPDATE programs SET status = 'archived' WHERE program_id = $1`, [
        row.program_id,
      ])
      assert.equal((await open(row.slug!)).status, 404)
    })

    test('that is not published is there for who teaches it and for staff alone, and never cached', async () => {
      const helper = await makeUser(database.owner, {}, 'coach')
      const [teacher, second, admin, member] = [
        await signIn(app, coach),
        await signIn(app, helper),
        await signIn(app, await makeUser(database.owner, {}, 'admin')),
        await signIn(app, await makeUser(database.owner, {}, 'coach')),
      ]
      for (const values of [
        { status: 'draft', published_at: null },
        { status: 'archived' },
        { deleted_at: new Date() },
      ]) {
        const row = await program(values)
        await insert(database.owner, 'program_instructors', {
          program_id: row.program_id,
          user_id: helper.id,
        })
        for (const client of [teacher, second, admin]) {
          const { status, headers } = await open(row.slug!, client)
          assert.deepEqual(
            [status, headers['cache-control'], headers.etag],
            [200, 'private, no-store', undefined],
          )
        }
        for (const client of [stranger, member]) {
          const { status, body } = await open(row.slug!, client)
          assert.deepEqual([status, (body as unknown as { code: string }).code], [404, 'program.not_found'])
        }
      }
      assert.equal((await open(unique('nowhere'))).status, 404)
    })
  })
})
