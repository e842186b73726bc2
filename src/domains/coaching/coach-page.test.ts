import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { type Client, clientOf, signIn, startApp, type TestApp } from '../../testing/client.ts'
import { createTestDatabase, type TestDatabase } from '../../testing/database.ts'
import { insert, makeCoach, makeUser, type TestUser, unique, type Values } from '../../testing/factories.ts'
import { forgetDirectory } from './index.ts'

type Review = { feedback_id: string; feedback_text: string | null; reviewer: { user_id: string } | null }
type Page = {
  user_id: string
  certifications: unknown
  languages: string[]
  coaching_specialties: unknown
  rating_count: number
  rating_distribution: Record<string, number>
  reviews: Review[]
  next_free_day: string | null
  timezone: string | null
}
type Reviews = { items: Review[]; next_cursor: string | null }

describe('the page of a coach', () => {
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

  const addressOf = (coach: TestUser) => `/api/v1/coaches/${coach.row.username}`
  const read = async (coach: TestUser, client = stranger) => (await client.get<Page>(addressOf(coach))).body
  const fold = () => database.owner.query('SELECT fold_counters()')
  const change = async (text: string, ...values: unknown[]) => {
    await database.owner.query(text, values)
    await forgetDirectory(app.services)
  }

  const rate = async (coach: TestUser, minute: number, values: Values) => {
    const mentee = await makeUser(database.owner)
    const { session_id } = await insert(database.owner, 'coaching_sessions', {
      coach_id: coach.id,
      mentee_id: mentee.id,
      scheduled_at: '2026-01-05T09:00:00Z',
      timezone: 'Africa/Nairobi',
      session_type: 'one_on_one',
      status: 'completed',
    })
    const { feedback_id } = await insert(database.owner, 'session_feedback', {
      session_id,
      submitted_by: mentee.id,
      coach_id: coach.id,
      rating: 5,
      is_public: true,
      created_at: new Date(Date.UTC(2026, 0, 6, 0, minute)),
      ...values,
    })
    return { mentee, feedback: feedback_id! }
  }

  const openAllDay = (coach: TestUser, values: Values = {}) =>
    insert(database.owner, 'coach_availability', {
      coach_id: coach.id,
      day_of_week: new Date(Date.now() + 86_400_000).getUTCDay(),
      start_time: '00:00',
      end_time: '24:00',
      timezone: 'UTC',
      effective_from: '2026-01-01',
      ...values,
    })

  test('adds to the card what one asks before one books', async () => {
    const coach = await makeCoach(database.owner, {
      certifications: [{ name: 'ICF', issuer: 'ICF' }],
      coaching_languages: JSON.stringify(['en', 'sw']),
      coaching_specialties: JSON.stringify(['Pricing']),
    })
    const page = await read(coach)
    assert.equal(page.user_id, coach.id)
    assert.deepEqual(page.certifications, [{ name: 'ICF', issuer: 'ICF' }])
    assert.deepEqual(page.languages, ['en', 'sw'])
    assert.deepEqual(page.coaching_specialties, ['Pricing'])
    assert.deepEqual([page.reviews, page.next_free_day, page.timezone], [[], null, null])
    assert.deepEqual(page.rating_distribution, { 1: 0, 2: 0, 3: 0, 4: 0, 5: 0 })
  })

  test('counts every rating and tells only what its author let everybody read, without the advice to the coach', async () => {
    const coach = await makeCoach(database.owner)
    await rate(coach, 1, { rating: 1, is_public: false, feedback_text: 'kept to ourselves' })
    await rate(coach, 2, { rating: 4, improvements: JSON.stringify(['speak less']) })
    await rate(coach, 3, { rating: 4, feedback_text: 'Well spent.' })
    await fold()
    for (const client of [stranger, await signIn(app, coach)]) {
      const { text, body } = await client.get<Page>(addressOf(coach))
      assert.equal(body.rating_count, 3)
      assert.deepEqual(body.rating_distribution, { 1: 1, 2: 0, 3: 0, 4: 2, 5: 0 })
      assert.deepEqual(
        body.reviews.map(({ feedback_text }) => feedback_text),
        ['Well spent.', null],
      )
      assert.doesNotMatch(text, /kept to ourselves|speak less/)
      const { text: reviews } = await client.get(`${addressOf(coach)}/reviews`)
      assert.doesNotMatch(reviews, /kept to ourselves|speak less/)
    }
  })

  test('shows the five newest reviews, and all of them page by page', async () => {
    const coach = await makeCoach(database.owner)
    const written: string[] = []
    for (const minute of [1, 2, 2, 2, 3, 4, 5]) written.unshift((await rate(coach, minute, {})).feedback)
    const { rows } = await database.owner.query<{ feedback_id: string }>(
      `SELECT feedback_id FROM session_feedback WHERE coach_id = $1 ORDER BY created_at DESC, feedback_id DESC`,
      [coach.id],
    )
    const truth = rows.map(({ feedback_id }) => feedback_id)
    const page = await read(coach)
    assert.deepEqual(
      page.reviews.map(({ feedback_id }) => feedback_id),
      truth.slice(0, 5),
    )
    for (const limit of [1, 2, 7, 100]) {
      const walked: string[] = []
      for (let cursor: string | null = ''; cursor !== null; ) {
        const url: string = `${addressOf(coach)}/reviews?limit=${limit}${cursor && `&cursor=${cursor}`}`
        const { body }: { body: Reviews } = await stranger.get<Reviews>(url)
        walked.push(...body.items.map(({ feedback_id }) => feedback_id))
        cursor = body.next_cursor
      }
      assert.deepEqual(walked, truth, `pages of ${limit}`)
    }
  })

  test('names a reviewer as they show themselves, and nobody in the place of who is gone', async () => {
    const coach = await makeCoach(database.owner)
    const here = await rate(coach, 2, {})
    const gone = await rate(coach, 1, {})
    await change(`UPDATE users SET status = 'suspended' WHERE user_id = $1`, gone.mentee.id)
    const { reviews } = await read(coach)
    assert.deepEqual(
      reviews.map(({ reviewer }) => reviewer?.user_id ?? null),
      [here.mentee.id, null],
    )
  })

  test('tells the next free day, and none of who is away or fully booked', async () => {
    const coach = await makeCoach(database.owner)
    await openAllDay(coach)
    const tomorrow = new Date(Date.now() + 86_400_000).toISOString().slice(0, 10)
    const page = await read(coach)
    assert.deepEqual([page.next_free_day, page.timezone], [tomorrow, 'UTC'])
    await change(`UPDATE user_profiles SET availability_status = 'away' WHERE user_id = $1`, coach.id)
    assert.equal((await read(coach)).next_free_day, null)
    await change(`UPDATE user_profiles SET availability_status = 'busy' WHERE user_id = $1`, coach.id)
    assert.equal((await read(coach)).next_free_day, tomorrow)
    const away = { blocked_from: '2026-01-01', blocked_until: '2100-01-01', reason: 'an operation' }
    await insert(database.owner, 'coach_blocked_times', { coach_id: coach.id, ...away })
    await forgetDirectory(app.services)
    const { body, text } = await stranger.get<Page>(addressOf(coach))
    assert.equal(body.next_free_day, null)
    assert.doesNotMatch(text, /operation/)
  })

  test('is found by the username whatever its case, and nothing else is', async () => {
    const coach = await makeCoach(database.owner)
    const upper = await stranger.get<Page>(`/api/v1/coaches/${coach.row.username?.toUpperCase()}`)
    assert.equal(upper.body.user_id, coach.id)
    for (const nobody of [coach.id, 'nobody-at-all', '%25%25%25', `${coach.row.username}x`]) {
      for (const rest of ['', '/reviews']) {
        const { status } = await stranger.get(`/api/v1/coaches/${nobody}${rest}`)
        assert.ok(status === 404 || status === 400, nobody)
      }
    }
  })

  test('leads from a username that the coach gave up to the present one', async () => {
    const coach = await makeCoach(database.owner)
    const own = await signIn(app, coach)
    const { username } = (
      await own.patch<{ username: string }>('/api/v1/me/account', { username: unique('new') })
    ).body
    const moved = await stranger.get(addressOf(coach))
    assert.deepEqual([moved.status, moved.headers.location], [301, `/api/v1/coaches/${username}`])
    assert.equal((await stranger.get(String(moved.headers.location))).status, 200)
    await change(`UPDATE user_settings SET profile_visibility = 'private' WHERE user_id = $1`, coach.id)
    assert.equal((await stranger.get(addressOf(coach))).status, 404)
  })

  test('is there for whom the directory shows the coach to, and for nobody else', async () => {
    const coach = await makeCoach(database.owner)
    const seen = async () => {
      const replies = [stranger, member].flatMap((client) =>
        ['', '/reviews'].map((rest) => client.get<{ code?: string }>(addressOf(coach) + rest)),
      )
      return (await Promise.all(replies)).map(({ status, body }) => body.code ?? status)
    }
    const [yes, no] = [200, 'coach.not_found']
    const visibility = 'UPDATE user_settings SET profile_visibility = $2 WHERE user_id = $1'
    assert.deepEqual(await seen(), [yes, yes, yes, yes])
    await change(visibility, coach.id, 'members_only')
    assert.deepEqual(await seen(), [no, no, yes, yes])
    await change(visibility, coach.id, 'private')
    assert.deepEqual(await seen(), [no, no, no, no])
    await change(visibility, coach.id, 'public')
    assert.deepEqual(await seen(), [yes, yes, yes, yes])
    await change(`UPDATE user_roles SET revoked_at = now() WHERE user_id = $1`, coach.id)
    assert.deepEqual(await seen(), [no, no, no, no])
  })

  test('is kept for a moment until the directory is forgotten, publicly with an ETag, for members privately', async () => {
    const coach = await makeCoach(database.owner, { tagline: 'before' })
    const first = await stranger.get<{ tagline: string }>(addressOf(coach))
    await database.owner.query(`UPDATE user_profiles SET tagline = 'after' WHERE user_id = $1`, [coach.id])
    const kept = await stranger.get<{ tagline: string }>(addressOf(coach), {
      'if-none-match': String(first.headers.etag),
    })
    assert.equal(kept.status, 304)
    await forgetDirectory(app.services)
    assert.equal((await stranger.get<{ tagline: string }>(addressOf(coach))).body.tagline, 'after')
    await change(`UPDATE user_settings SET profile_visibility = 'members_only' WHERE user_id = $1`, coach.id)
    const own = await member.get(addressOf(coach))
    assert.deepEqual([own.headers.etag, own.headers['cache-control']], [undefined, 'private, no-store'])
  })

  test("refuses the cursor of another coach's reviews, and a forged one", async () => {
    const [one, other] = [await makeCoach(database.owner), await makeCoach(database.owner)]
    for (const minute of [1, 2]) await rate(one, minute, {})
    const { next_cursor } = (await stranger.get<Reviews>(`${addressOf(one)}/reviews?limit=1`)).body
    const foreign = await stranger.get(`${addressOf(other)}/reviews?cursor=${next_cursor}`)
    assert.deepEqual([foreign.status, foreign.body.code], [400, 'cursor.invalid'])
    const parts = JSON.parse(Buffer.from(String(next_cursor), 'base64url').toString())
    const forged = Buffer.from(JSON.stringify([parts[0], parts[1], ['x', 'y'], parts[3]])).toString(
      'base64url',
    )
    assert.equal((await stranger.get(`${addressOf(one)}/reviews?cursor=${forged}`)).status, 400)
  })
})
