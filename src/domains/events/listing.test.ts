import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { type Client, clientOf, startApp, type TestApp } from '../../testing/client.ts'
import { createTestDatabase, type TestDatabase } from '../../testing/database.ts'
import { makeEvent, makeTicket, makeUser, type Values } from '../../testing/factories.ts'
import { forgetEvent } from './index.ts'

type Money = { amount_minor: number; currency: string }
type Card = { slug: string; lowest_price: Money | null; highest_price: Money | null }
type Page = { items: Card[]; next_cursor: string | null }

const HOUR = 3_600_000
const inHours = (hours: number) => new Date(Date.now() + hours * HOUR)

describe('the list of events', () => {
  let database: TestDatabase
  let app: TestApp
  let stranger: Client
  let organizer: string
  before(async () => {
    database = await createTestDatabase()
    app = await startApp(database)
    stranger = clientOf(app)
    organizer = (await makeUser(database.owner)).id
  })
  after(async () => {
    await app.close()
    await database.close()
  })

  const make = (slug: string, values: Values = {}) =>
    makeEvent(database.owner, { slug, organizer_id: organizer, ...values })
  const find = async (query: string) => {
    const reply = await stranger.get<Page>(`/api/v1/events?${query}`)
    assert.equal(reply.status, 200, reply.text)
    return reply.body
  }
  const slugsOf = ({ items }: Page) => items.map(({ slug }) => slug)

  test('walks what is to come from the next on and what is over from the latest back, each event once', async () => {
    const place = { location_type: 'physical', country: 'RW', city: 'Kigali' }
    const days = [-40, -20, -3, -3, -1, 2, 5, 5, 5, 9]
    for (const [n, day] of days.entries())
      await make(`walk-${n}`, { ...place, event_date: inHours(day * 24) })
    await make('walk-running', { ...place, event_date: inHours(-5), end_date: inHours(5) })
    await make('walk-draft', { ...place, status: 'draft' })
    await make('walk-cancelled', { ...place, status: 'cancelled' })
    await make('walk-done', { ...place, status: 'completed', event_date: inHours(-30) })
    const walk = async (when: string, limit: number) => {
      const walked: string[] = []
      for (let cursor: string | null = ''; cursor !== null; ) {
        const page: Page = await find(
          `country=RW&when=${when}&limit=${limit}${cursor && `&cursor=${cursor}`}`,
        )
        walked.push(...slugsOf(page))
        cursor = page.next_cursor
      }
      return walked
    }
    const past = await walk('past', 100)
    assert.deepEqual(past.slice(0, 2), ['walk-4', 'walk-done'])
    assert.deepEqual(past.slice(-2), ['walk-1', 'walk-0'])
    assert.deepEqual(await walk('past', 2), past)
    const coming = await walk('upcoming', 100)
    assert.deepEqual([coming[0], coming[1], coming.at(-1)], ['walk-running', 'walk-5', 'walk-9'])
    assert.deepEqual(await walk('upcoming', 1), coming)
    assert.deepEqual([past.length, coming.length], [6, 6])
  })

  test('finds by place, town, days, price and words, and by all at once', async () => {
    const fit = { location_type: 'hybrid', country: 'SN', city: 'Saint-Louis du Sénégal', language: 'fr' }
    const town = 'city=saint-louis du senegal'
    await make('fit', { ...fit, title: 'Atelier des tisserandes', event_date: inHours(100) })
    await make('fit-late', { ...fit, title: 'Atelier des tisserandes', event_date: inHours(400) })
    await make('fit-bare', { ...fit, location_type: 'physical', title: 'Marché' })
    for (const [query, slugs] of [
      [`${town}&online=true`, ['fit', 'fit-late']],
      [`${town}&online=false`, ['fit-bare']],
      [`${town}&place=physical`, ['fit-bare']],
      [`${town}&q=tisserande`, ['fit', 'fit-late']],
      [
        `country=SN&online=true&pricing=free&q=ateliers&to=${encodeURIComponent(inHours(200).toISOString())}`,
        ['fit'],
      ],
      [`${town}&from=${encodeURIComponent(inHours(200).toISOString())}`, ['fit-late']],
      ['country=SN&city=Dakar', []],
      ['country=SN&pricing=paid', []],
    ] as const)
      assert.deepEqual(slugsOf(await find(query)), slugs, query)
  })

  test('tells the least and the greatest price; free is what has a way in for nothing', async () => {
    const tickets = async (slug: string, ...prices: number[]) => {
      const { event_id } = await make(slug, { location_type: 'physical', country: 'MW' })
      for (const price of prices) await makeTicket(database.owner, event_id!, { price, currency: 'KES' })
      await makeTicket(database.owner, event_id!, { price: 1, currency: 'KES', is_active: false })
    }
    await tickets('paid', 1500, 500)
    await tickets('mixed', 0, 700)
    await tickets('no-tickets')
    assert.deepEqual(slugsOf(await find('country=MW&pricing=free')).sort(), ['mixed', 'no-tickets'])
    const { items } = await find('country=MW&pricing=paid')
    assert.deepEqual(
      items.map(({ slug, lowest_price, highest_price }) => [slug, lowest_price, highest_price]),
      [['paid', { amount_minor: 50_000, currency: 'KES' }, { amount_minor: 150_000, currency: 'KES' }]],
    )
  })

  test('a first page is cached until an event that changed is forgotten', async () => {
    await find('place=virtual')
    await make('fresh', { location_type: 'virtual', event_date: inHours(1) })
    assert.ok(!slugsOf(await find('place=virtual')).includes('fresh'))
    await forgetEvent(app.services, 'fresh')
    assert.ok(slugsOf(await find('place=virtual')).includes('fresh'))
    const { headers } = await stranger.get('/api/v1/events')
    const again = await stranger.get('/api/v1/events', { 'if-none-match': String(headers.etag) })
    assert.equal(again.status, 304)
  })

  test('bad filters and cursors of another list are refused', async () => {
    const { next_cursor } = await find('country=RW&limit=1')
    for (const query of [
      'when=soon',
      'country=XX',
      'country=kenya',
      'from=tomorrow',
      'to=2026-13-45',
      `q=${'x'.repeat(201)}`,
      'online=maybe',
      `cursor=${next_cursor}`,
      `country=RW&when=past&cursor=${next_cursor}`,
    ])
      assert.equal((await stranger.get(`/api/v1/events?${query}`)).status, 400, query)
    for (const q of ['%', "'", ':*', 'the', '"'])
      assert.deepEqual((await find(`q=${encodeURIComponent(q)}`)).items, [], q)
  })
})
