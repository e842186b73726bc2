import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { type Client, clientOf, signIn, startApp, type TestApp } from '../../testing/client.ts'
import { createTestDatabase, type TestDatabase } from '../../testing/database.ts'
import {
  insert,
  makeEvent,
  makeTicket,
  makeUser,
  type TestUser,
  unique,
  type Values,
} from '../../testing/factories.ts'
import { forgetEvent } from './index.ts'

type Ticket = { name: string; remaining: number | null; on_sale: boolean; price: unknown }
type Event = {
  title: string
  registration_count: number
  spots_remaining: number | null
  registration_open: boolean
  organizer: { user_id: string } | null
  co_organizers: { user_id: string }[]
  speakers: unknown[]
  tickets: Ticket[]
}

const HOUR = 3_600_000
const from = (hours: number) => new Date(Date.now() + hours * HOUR)

describe('an event (P5)', () => {
  let database: TestDatabase
  let app: TestApp
  let stranger: Client
  let organizer: TestUser
  before(async () => {
    database = await createTestDatabase()
    app = await startApp(database)
    stranger = clientOf(app)
    organizer = await makeUser(database.owner, {}, 'coach')
  })
  after(async () => {
    await app.close()
    await database.close()
  })

  const make = (values: Values = {}) => makeEvent(database.owner, { organizer_id: organizer.id, ...values })
  const read = (slug: string | undefined, client = stranger) => client.get<Event>(`/api/v1/events/${slug}`)

  test('comes with its organizers, speakers and the tickets that are active', async () => {
    const helper = await makeUser(database.owner)
    const speakers = [{ name: 'Wangari Otieno', bio: 'Builds shops', photo_url: null }]
    const { event_id, slug } = await make({ speakers, capacity_limit: 80, registration_count: 60 })
    await insert(database.owner, 'event_organizers', { event_id, user_id: helper.id })
    const tickets: [Values, Partial<Ticket>][] = [
      [{ name: 'Free' }, { remaining: null, on_sale: true }],
      [
        { name: 'Early', price: 1000, quantity_available: 10, quantity_sold: 4, sale_ends_at: from(1) },
        { remaining: 6, on_sale: true },
      ],
      [
        { name: 'Sold', price: 1500, quantity_available: 10, quantity_sold: 10 },
        { remaining: 0, on_sale: false },
      ],
      [
        { name: 'Later', price: 2000, sale_starts_at: from(1) },
        { remaining: null, on_sale: false },
      ],
      [
        { name: 'Over', price: 2500, sale_ends_at: from(-1) },
        { remaining: null, on_sale: false },
      ],
    ]
    for (const [values] of tickets)
      await makeTicket(database.owner, event_id!, { currency: 'KES', ...values })
    await makeTicket(database.owner, event_id!, { name: 'Withdrawn', is_active: false })

    const { body } = await read(slug)
    assert.deepEqual(
      body.tickets.map(({ name, remaining, on_sale }) => ({ name, remaining, on_sale })),
      tickets.map(([{ name }, expected]) => ({ name, ...expected })),
    )
    assert.deepEqual(body.tickets[1]?.price, { amount_minor: 100_000, currency: 'KES' })
    assert.deepEqual([body.registration_count, body.spots_remaining], [60, 20])
    assert.equal(body.organizer?.user_id, organizer.id)
    assert.deepEqual(
      body.co_organizers.map(({ user_id }) => user_id),
      [helper.id],
    )
    assert.deepEqual(body.speakers, speakers)
  })

  test('never tells the way into the meeting, nor the recording', async () => {
    const secrets = {
      virtual_link: 'https://meet.example/s3cret-link',
      meeting_id: 's3cret-meeting',
      meeting_password: 's3cret-word',
      recording_url: 's3cret-recording',
    }
    const { event_id, slug } = await make(secrets)
    const staff = await makeUser(database.owner, {}, 'admin')
    for (const client of [stranger, await signIn(app, organizer), await signIn(app, staff)]) {
      assert.doesNotMatch((await read(slug, client)).text, /s3cret|virtual_link|meeting_|recording/)
    }
    await database.owner.query("UPDATE events SET status = 'draft' WHERE event_id = $1", [event_id])
    await forgetEvent(app.services, slug!)
    assert.doesNotMatch((await read(slug, await signIn(app, organizer))).text, /s3cret/)
  })

  test('is open for registration by its status and times', async () => {
    for (const [values, open] of [
      [{}, true],
      [{ capacity_limit: 5, registration_count: 5 }, true],
      [{ registration_opens_at: from(1) }, false],
      [{ registration_opens_at: from(-2), registration_closes_at: from(-1) }, false],
      [{ registration_opens_at: from(-2), registration_closes_at: from(1) }, true],
      [{ event_date: from(-1) }, false],
      [{ event_date: from(-1), end_date: from(1) }, true],
      [{ status: 'cancelled' }, false],
      [{ status: 'completed' }, false],
    ] as const) {
      const { slug } = await make(values)
      assert.equal((await read(slug)).body.registration_open, open, JSON.stringify(values))
    }
    const { slug } = await make()
    assert.equal((await read(slug)).body.spots_remaining, null, 'unlimited')
  })

  test('is, while a draft, there for its organizers and staff alone, and privately', async () => {
    const { event_id, slug } = await make({ status: 'draft' })
    const helper = await makeUser(database.owner)
    await insert(database.owner, 'event_organizers', { event_id, user_id: helper.id })
    const outsider = await makeUser(database.owner, {}, 'coach')
    for (const client of [stranger, await signIn(app, outsider)]) {
      const refused = await read(slug, client)
      assert.deepEqual([refused.status, refused.text.includes('event.not_found')], [404, true])
    }
    for (const user of [organizer, helper, await makeUser(database.owner, {}, 'super_admin')]) {
      const seen = await read(slug, await signIn(app, user))
      assert.deepEqual([seen.status, seen.headers['cache-control']], [200, 'private, no-store'])
      assert.equal(seen.headers.etag, undefined)
    }
    assert.equal((await read(slug)).status, 404, 'what an organizer saw is not cached for others')
  })

  test('is reached by every address that it ever had', async () => {
    const slugs = [1, 2, 3].map(() => unique('moved'))
    const { event_id } = await make({ slug: slugs[0] })
    for (const slug of slugs.slice(1)) {
      await database.owner.query('UPDATE events SET slug = $2 WHERE event_id = $1', [event_id, slug])
    }
    for (const old of slugs.slice(0, 2)) {
      const moved = await read(old)
      assert.deepEqual([moved.status, moved.headers.location], [301, `/api/v1/events/${slugs[2]}`])
      assert.equal(moved.headers['cache-control'], 'no-cache', 'the address may be given to another event')
    }
    const heir = await make({ slug: slugs[0], title: 'Another event' })
    await forgetEvent(app.services, slugs[0]!)
    assert.equal((await read(heir.slug)).body.title, 'Another event', 'who bears the address now comes first')
    await database.owner.query("UPDATE events SET status = 'draft' WHERE event_id = $1", [event_id])
    assert.equal((await read(slugs[1])).status, 404, 'a draft does not show by its old address')
    assert.equal((await read(slugs[1], await signIn(app, organizer))).status, 301)
  })

  test('is cached until it is forgotten, with an ETag that changes with it', async () => {
    const { event_id, slug } = await make({ capacity_limit: 10 })
    const first = await read(slug)
    const etag = String(first.headers.etag)
    assert.match(String(first.headers['cache-control']), /^public/)
    await database.owner.query('UPDATE events SET registration_count = 3 WHERE event_id = $1', [event_id])
    const cached = await stranger.get(`/api/v1/events/${slug}`, { 'if-none-match': etag })
    assert.equal(cached.status, 304)
    await forgetEvent(app.services, slug!)
    const fresh = await stranger.get<Event>(`/api/v1/events/${slug}`, { 'if-none-match': etag })
    assert.deepEqual([fresh.status, fresh.body.spots_remaining], [200, 7])
    const member = await signIn(app, await makeUser(database.owner))
    assert.equal((await read(slug, member)).headers.etag, fresh.headers.etag, 'the same for every reader')
  })

  test('is there from its first moment, although somebody had asked for its address before', async () => {
    const slug = unique('guessed')
    assert.equal((await read(slug)).status, 404)
    await make({ slug })
    assert.equal((await read(slug)).status, 200)
  })

  test('goes on without its organizer once that account is gone', async () => {
    const gone = await makeUser(database.owner)
    const { slug } = await make({ organizer_id: gone.id })
    await database.owner.query("UPDATE users SET status = 'deleted' WHERE user_id = $1", [gone.id])
    assert.equal((await read(slug)).body.organizer, null)
  })

  test('refuses what is no address, and does not know what is none', async () => {
    for (const [slug, status, code] of [
      ['nowhere-to-be-found', 404, 'event.not_found'],
      ['With Capitals', 400, 'request.invalid'],
      ['a%00b', 400, 'request.invalid_text'],
      ['%ED%A0%80', 400, 'request.invalid_url'],
      ["x'--", 400, 'request.invalid'],
      ['x'.repeat(10_000), 414, 'request.uri_too_long'],
    ] as const) {
      const reply = await stranger.get(`/api/v1/events/${slug}`)
      assert.deepEqual([reply.status, reply.body.code], [status, code], slug.slice(0, 40))
    }
    assert.equal((await stranger.get('/api/v1/events/x?unknown=1')).status, 404)
  })
})
