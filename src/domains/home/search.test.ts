import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { type Client, clientOf, signIn, startApp, type TestApp } from '../../testing/client.ts'
import { createTestDatabase, type TestDatabase } from '../../testing/database.ts'
import {
  makeCoach,
  makeEvent,
  makePost,
  makeProgram,
  makeUser,
  type Values,
} from '../../testing/factories.ts'

type Found = {
  programs: { title: string }[] | null
  people: { user_id: string; full_name: string; is_coach: boolean }[] | null
  posts: { post_id: string; title: string | null; author: { user_id: string } | null }[] | null
  events: { slug: string; title: string }[] | null
}

describe('the search over everything', () => {
  let database: TestDatabase
  let app: TestApp
  let stranger: Client
  before(async () => {
    database = await createTestDatabase()
    app = await startApp(database)
    stranger = clientOf(app)
  })
  after(async () => {
    await app.close()
    await database.close()
  })

  const find = async (q: string, rest = '', client = stranger) => {
    const reply = await client.get<Found>(`/api/v1/search?q=${encodeURIComponent(q)}${rest}`)
    assert.equal(reply.status, 200, reply.text)
    return reply.body
  }
  const person = (full_name: string, values: Values = {}) =>
    makeUser(database.owner, { full_name, ...values })
  const namesOf = ({ people }: Found) => people?.map(({ full_name }) => full_name)

  test('words typed half-way find people, programs, posts and events, whatever their case and accents', async () => {
    await person('Ngozi Élise Okwuosa')
    await makeProgram(database.owner, { title: 'Vendre à Okwuosa, pas à pas', language: 'fr' })
    await makePost(database.owner, { title: 'Carnet', content: 'Ma rencontre avec Élise, place Okwuosa.' })
    await makeEvent(database.owner, { title: 'OKWUOSA market night' })
    const found = await find('okwuo')
    assert.deepEqual(namesOf(found), ['Ngozi Élise Okwuosa'])
    for (const kind of ['programs', 'posts', 'events'] as const) assert.equal(found[kind]?.length, 1, kind)
    assert.deepEqual(namesOf(await find('ELISE ngo')), ['Ngozi Élise Okwuosa'])
    assert.deepEqual(
      namesOf(await find('élise z')),
      ['Ngozi Élise Okwuosa'],
      'one letter narrows nothing yet',
    )
    assert.deepEqual(namesOf(await find('élise zu')), [])
  })

  test('one kind alone can be asked for, and more of it', async () => {
    for (let n = 0; n < 8; n++) await makeProgram(database.owner, { title: `Mkulima ${n}` })
    const few = await find('mkulima')
    assert.equal(few.programs?.length, 5)
    const found = await find('mkulima', '&type=programs&limit=20')
    assert.deepEqual([found.programs?.length, found.people, found.posts, found.events], [8, null, null, null])
  })

  test('who is called exactly so comes first, then whom most follow', async () => {
    const lesser = await person('Zuberi Lesser')
    const greater = await person('Zuberi Greater')
    await person('Somebody Else', { username: 'zuberi' })
    await database.owner.query('UPDATE user_profiles SET follower_count = $2 WHERE user_id = $1', [
      greater.id,
      9,
    ])
    assert.deepEqual(namesOf(await find('zuberi')), ['Somebody Else', 'Zuberi Greater', 'Zuberi Lesser'])
    assert.ok((await find('zuberi lesser')).people?.some(({ user_id }) => user_id === lesser.id))
  })

  test('an event to come stands before one that is over', async () => {
    const day = (days: number) => new Date(Date.now() + days * 86_400_000)
    for (const [slug, days] of [
      ['last-year', -365],
      ['next-month', 30],
      ['last-week', -7],
      ['tomorrow', 1],
    ] as const) {
      await makeEvent(database.owner, { slug, title: 'Tamasha la kazi', event_date: day(days) })
    }
    const { events } = await find('tamas')
    assert.deepEqual(
      events?.map(({ slug }) => slug),
      ['tomorrow', 'next-month', 'last-week', 'last-year'],
    )
  })

  test('what is not published and who is gone or keeps their profile to themselves is not found', async () => {
    const { owner } = database
    const hidden = await person('Kizito Hidden')
    const members = await person('Kizito Members')
    await owner.query(`UPDATE user_settings SET profile_visibility = 'private' WHERE user_id = $1`, [
      hidden.id,
    ])
    await owner.query(`UPDATE user_settings SET profile_visibility = 'members_only' WHERE user_id = $1`, [
      members.id,
    ])
    await person('Kizito Suspended', { status: 'suspended' })
    await makeProgram(owner, { title: 'Kizito draft', status: 'draft' })
    await makePost(owner, { title: 'Kizito flagged', status: 'flagged' })
    await makeEvent(owner, { title: 'Kizito draft', status: 'draft' })
    await makeEvent(owner, { title: 'Kizito cancelled', status: 'cancelled' })
    assert.deepEqual(await find('kizito'), { programs: [], people: [], posts: [], events: [] })
    const member = await signIn(app, await makeUser(owner))
    assert.deepEqual(namesOf(await find('kizito', '', member)), ['Kizito Members'])
  })

  test('a block hides either from the other, with what they wrote; a mute hides posts', async () => {
    const [reader, other, muted] = [
      await person('Reader'),
      await person('Wekesa Blocked'),
      await person('Wekesa Muted'),
    ]
    for (const author_id of [other.id, muted.id])
      await makePost(database.owner, { author_id, title: 'Wekesa writes' })
    const client = await signIn(app, reader)
    await client.put(`/api/v1/people/${other.id}/block`)
    await client.put(`/api/v1/people/${muted.id}/mute`)
    const found = await find('wekesa', '', client)
    assert.deepEqual([namesOf(found), found.posts], [['Wekesa Muted'], []])
    const seenByBlocked = await find('reader', '', await signIn(app, other))
    assert.ok(!seenByBlocked.people?.some(({ user_id }) => user_id === reader.id))
    assert.equal((await find('wekesa')).posts?.length, 2)
  })

  test('an address finds nobody, and a coach is told apart', async () => {
    const coach = await makeCoach(database.owner)
    await database.owner.query(
      `UPDATE users SET full_name = 'Nyokabi Coach', email = 'findme@secret.example' WHERE user_id = $1`,
      [coach.id],
    )
    assert.deepEqual((await find('findme')).people, [])
    assert.deepEqual((await find('nyokabi')).people?.[0]?.is_coach, true)
  })

  test('a post that is older than the newest is found by a whole or a half-typed word', async () => {
    await makePost(database.owner, { content: 'Nilinunua cherehani ya zamani.', published_at: '2020-01-01' })
    await database.owner.query(
      `INSERT INTO posts (author_id, content, category, status, published_at)
       SELECT (SELECT user_id FROM users LIMIT 1), 'Nothing of the kind', 'story', 'published', now() FROM generate_series(1, 310)`,
    )
    for (const q of ['cherehani', 'cherehan', 'zamani cherehani'])
      assert.equal((await find(q)).posts?.length, 1, q)
  })

  test('hostile words get clean answers', async () => {
    const nothing = { programs: [], people: [], posts: [], events: [] }
    for (const q of ['%%', '__', `''`, `":*`, '\\\\', '!!', '--', '()', '&|', '  ', '🦁🦁', 'a b'])
      assert.deepEqual(await find(q), nothing, q)
    for (const q of [
      `'; DROP TABLE users; --`,
      'the and of',
      '\\m(?=x)',
      'ab:*&!cd',
      '<-> <2>',
      `${'wa '.repeat(60)}`,
      '٣٤ مرحبا',
      'e\u0301\u0301\u0301lise',
      '1e5 -7 0x1F',
    ])
      await find(q)
    for (const query of [`q=${'x'.repeat(201)}`, 'q=a', 'q=', '', 'q=ab&type=secrets', 'q=ab&limit=21']) {
      const reply = await stranger.get(`/api/v1/search?${query}`)
      assert.equal(reply.status, 400, query.slice(0, 40))
    }
    assert.equal((await stranger.get('/api/v1/search?q=a%00b')).status, 400)
    assert.equal((await stranger.get(`/api/v1/search?q=${'x'.repeat(10_000)}`)).status, 414)
  })
})
