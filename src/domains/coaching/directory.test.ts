import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { type Client, clientOf, signIn, startApp, type TestApp } from '../../testing/client.ts'
import { createTestDatabase, type TestDatabase } from '../../testing/database.ts'
import { makeCoach, makeUser, type TestUser, type Values } from '../../testing/factories.ts'
import { forgetDirectory } from './index.ts'

type Card = {
  user_id: string
  rating_average: number | null
  session_count: number
  skills: string[]
  location: { country: string }
  hourly_rate: { amount_minor: number; currency: string }
}
type Page = { items: Card[]; next_cursor: string | null }

describe('the directory of coaches (P4)', () => {
  let database: TestDatabase
  let app: TestApp
  let stranger: Client
  let member: Client
  before(async () => {
    database = await createTestDatabase()
    app = await startApp(database)
    stranger = clientOf(app)
    member = await signIn(app, await makeUser(database.owner))
  })
  after(async () => {
    await app.close()
    await database.close()
  })

  const rated = (average: number | null, sessions: number, profile: Values = {}) =>
    makeCoach(database.owner, {
      rating_count: average === null ? 0 : 2,
      rating_sum: average === null ? 0 : average * 2,
      session_count: sessions,
      ...profile,
    })
  const find = async (query: string, client = stranger) =>
    (await client.get<Page>(`/api/v1/coaches?${query}`)).body
  const idsOf = ({ items }: Page) => items.map(({ user_id }) => user_id)
  const seeAs = async (coach: TestUser, visibility: string) => {
    await database.owner.query('UPDATE user_settings SET profile_visibility = $2 WHERE user_id = $1', [
      coach.id,
      visibility,
    ])
    await forgetDirectory(app.services)
  }

  test('walks from the best rated to the unrated, every coach once, whatever the size of a page', async () => {
    const country = { location: { country: 'MU' } }
    for (const average of [5, 4.5, 4.5, 4, null, null, null, 4.5, 5]) {
      for (const sessions of [3, 3, 0]) await rated(average, sessions, country)
    }
    const { rows } = await database.owner.query<{ user_id: string }>(
      `SELECT user_id FROM user_profiles WHERE location->>'country' = 'MU'
       ORDER BY rating_average DESC NULLS LAST, session_count DESC, user_id`,
    )
    const truth = rows.map(({ user_id }) => user_id)
    for (const limit of [1, 4, 26, 27, 100]) {
      const walked: string[] = []
      for (let cursor: string | null = ''; cursor !== null; ) {
        const page: Page = await find(`country=MU&limit=${limit}${cursor && `&cursor=${cursor}`}`)
        walked.push(...idsOf(page))
        cursor = page.next_cursor
      }
      assert.deepEqual(walked, truth, `pages of ${limit}`)
    }
  })

  test('finds by skill, country, rating and rate, and by all at once', async () => {
    const [skills, location] = [['Pitching', 'Négociation “dure”'], { country: 'RW' }]
    const fit = await rated(4.5, 1, { skills, location, hourly_rate: 30_000, currency: 'RWF' })
    await rated(4.5, 1, { skills, location, hourly_rate: 30_001, currency: 'RWF' })
    await rated(4, 1, { skills, location, hourly_rate: 30_000, currency: 'RWF' })
    await rated(4.5, 1, { skills: ['Pitch'], location, hourly_rate: 30_000, currency: 'RWF' })
    await rated(4.5, 1, { skills, location: { country: 'UG' }, hourly_rate: 30_000, currency: 'RWF' })
    await rated(4.5, 1, { skills, location, hourly_rate: 30_000, currency: 'KES' })
    const all = 'skill=Pitching&country=RW&min_rating=4.25&max_rate=30000&currency=RWF'
    assert.deepEqual(idsOf(await find(all)), [fit.id])
    assert.equal((await find('skill=Pitching')).items.length, 5)
    assert.equal((await find(`skill=${encodeURIComponent('Négociation “dure”')}`)).items.length, 5)
    assert.equal((await find('country=RW')).items.length, 5)
    assert.equal((await find('country=RW&min_rating=4.5')).items.length, 4)
    assert.equal((await find('currency=RWF&max_rate=30000')).items.length, 4)
    assert.equal((await find('country=RW&currency=KES')).items.length, 1)
    assert.deepEqual((await find(all)).items[0]?.hourly_rate, { amount_minor: 30_000, currency: 'RWF' })
    assert.deepEqual(await find('skill=pitching'), { items: [], next_cursor: null })
  })

  test('leaves the unrated out above a rating of 0, and only there', async () => {
    await rated(null, 1, { location: { country: 'LS' } })
    assert.equal((await find('country=LS&min_rating=0')).items.length, 1)
    assert.equal((await find('country=LS&min_rating=0.5')).items.length, 0)
  })

  test('shows members-only coaches to members, and private ones to nobody', async () => {
    const coach = await rated(5, 1, { location: { country: 'SZ' } })
    const seen = async () => [await find('country=SZ'), await find('country=SZ', member)].map(idsOf)
    assert.deepEqual(await seen(), [[coach.id], [coach.id]])
    await seeAs(coach, 'members_only')
    assert.deepEqual(await seen(), [[], [coach.id]])
    await seeAs(coach, 'private')
    assert.deepEqual(await seen(), [[], []])
  })

  test('leaves out whose role ended, who has no rate, and whose account is not active', async () => {
    const { owner } = database
    const location = { country: 'CV' }
    const coaches = [await rated(5, 1, { location }), await rated(5, 1, { location })]
    await rated(5, 1, { location, hourly_rate: null })
    await owner.query('UPDATE user_roles SET revoked_at = now() WHERE user_id = $1', [coaches[0]?.id])
    await owner.query("UPDATE users SET status = 'suspended' WHERE user_id = $1", [coaches[1]?.id])
    assert.deepEqual((await find('country=CV')).items, [])
  })

  test('keeps no page that strangers could ask for in countless variants', async () => {
    for (const [query, skill, currency] of [
      ['skill=Falconry', 'Falconry', 'USD'],
      ['skill=Archery&currency=XTS', 'Archery', 'XTS'],
      ['currency=XTS&max_rate=123456789', 'Rowing', 'XTS'],
      ['min_rating=4.123', 'Rowing', 'XTS'],
    ] as const) {
      const before = (await find(query)).items.length
      await rated(5, 900, { skills: JSON.stringify([skill]), currency, hourly_rate: 10 })
      const after = (await find(query)).items
      assert.equal(after.length, Math.min(before + 1, 20), query)
      assert.ok(
        after.some((coach) => coach.skills.includes(skill)),
        query,
      )
    }
  })

  test('is answered from the cache until it is forgotten, to a stranger with an ETag, to a member privately', async () => {
    assert.deepEqual((await find('country=ER')).items, [])
    const coach = await rated(5, 1, { location: { country: 'ER' } })
    assert.deepEqual((await find('country=ER')).items, [], 'cached')
    assert.deepEqual(idsOf(await find('country=ER', member)), [coach.id], "members' own variant")
    await forgetDirectory(app.services)
    const fresh = await stranger.get<Page>('/api/v1/coaches?country=ER')
    assert.deepEqual(idsOf(fresh.body), [coach.id])
    const { etag } = fresh.headers
    assert.match(String(fresh.headers['cache-control']), /^public/)
    const again = await stranger.get('/api/v1/coaches?country=ER', { 'if-none-match': String(etag) })
    assert.equal(again.status, 304)
    const own = await member.get('/api/v1/coaches?country=ER')
    assert.deepEqual([own.headers.etag, own.headers['cache-control']], [undefined, 'private, no-store'])
  })

  test('refuses what it does not understand, and names the field', async () => {
    for (const [query, pointer] of [
      ['max_rate=100', '/query/currency'],
      ['min_rating=5.1', '/query/min_rating'],
      ['min_rating=-1', '/query/min_rating'],
      ['min_rating=NaN', '/query/min_rating'],
      ['max_rate=-1&currency=KES', '/query/max_rate'],
      ['max_rate=1e9&currency=KES', '/query/max_rate'],
      ['max_rate=99999999999999999999&currency=KES', '/query/max_rate'],
      ['currency=kes', '/query/currency'],
      ['country=Kenya', '/query/country'],
      ['country=ke', '/query/country'],
      ['skill=', '/query/skill'],
      [`skill=${'x'.repeat(5000)}`, '/query/skill'],
      ['limit=0', '/query/limit'],
      ['limit=101', '/query/limit'],
      ['nothing=1', '/query/nothing'],
    ] as const) {
      const { status, body } = await stranger.get<{ errors: { pointer: string }[] }>(
        `/api/v1/coaches?${query}`,
      )
      assert.equal(status, 400, query)
      assert.equal(body.errors[0]?.pointer, pointer, query)
    }
    assert.equal((await stranger.get('/api/v1/coaches?skill=a%00b')).body.code, 'request.invalid_text')
    assert.equal((await stranger.get('/api/v1/coaches?skill=%ED%A0%80')).body.code, 'request.invalid_text')
  })

  test('refuses the cursor of another filter, and a forged one, never with a 5xx', async () => {
    await rated(5, 1, { location: { country: 'BJ' } })
    await rated(4, 1, { location: { country: 'BJ' } })
    const { next_cursor } = await find('country=BJ&limit=1')
    assert.ok(next_cursor)
    const foreign = await stranger.get(`/api/v1/coaches?country=TG&cursor=${next_cursor}`)
    assert.deepEqual([foreign.status, foreign.body.code], [400, 'cursor.invalid'])
    const parts = JSON.parse(Buffer.from(next_cursor, 'base64url').toString())
    for (const key of [
      ['x', '1', 'y'],
      ['1', '99999999999', parts[2][2]],
      ['NaN', '0', parts[2][2]],
      ['1'],
    ]) {
      const forged = Buffer.from(JSON.stringify([parts[0], parts[1], key, parts[3]])).toString('base64url')
      const { status } = await stranger.get(`/api/v1/coaches?country=BJ&cursor=${forged}`)
      assert.ok(status === 400 || status === 200, `${key}: ${status}`)
    }
  })
})
