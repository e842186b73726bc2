import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { type Client, clientOf, signedIn, startApp, type TestApp } from '../../testing/client.ts'
import { createTestDatabase, type TestDatabase } from '../../testing/database.ts'
import { makeTag, makeUser, type TestUser, unknownId } from '../../testing/factories.ts'

const SKILLS = '/api/v1/me/skills'
type Skill = {
  tag_id: string
  name: string
  level: string
  endorsement_count: number
  endorsed_by_me: boolean
  first_endorsers: { user_id: string }[]
}
type Skills = { items: Skill[]; code?: string }

describe('skills', () => {
  let database: TestDatabase
  let app: TestApp
  let tags: string[]
  before(async () => {
    database = await createTestDatabase()
    app = await startApp(database)
    tags = await Promise.all(Array.from({ length: 60 }, async () => (await makeTag(database.owner)).tag_id!))
  })
  after(async () => {
    await app.close()
    await database.close()
  })

  const person = async () => {
    const user = await makeUser(database.owner)
    return { ...user, client: await signedIn(app, user) }
  }
  const add = (client: Client, tag: string, level = 'advanced') =>
    client.put<Skills>(`${SKILLS}/${tag}`, { level })
  const mine = async (client: Client) => (await client.get<Skills>(SKILLS)).body.items
  const settle = () =>
    database.workerDb.transaction(null, (tx) =>
      tx.selectFrom(tx.fn<{ row_id: string }>('fold_counters', []).as('folded')).selectAll().execute(),
    )
  const seen = (reader: Client, who: TestUser) => reader.get<Skills>(`/api/v1/people/${who.id}/skills`)
  const place = (who: TestUser, tag: string) => `/api/v1/people/${who.id}/skills/${tag}/endorsement`

  test('are added with a level, change it, and go', async () => {
    const { client } = await person()
    assert.equal((await add(client, tags[0]!, 'beginner')).status, 204)
    assert.equal((await add(client, tags[1]!, 'expert')).status, 204)
    assert.equal((await add(client, tags[0]!, 'advanced')).status, 204)
    const levels = (await mine(client)).map(({ tag_id, level }) => [tag_id, level])
    assert.deepEqual(
      levels.sort(),
      [
        [tags[0], 'advanced'],
        [tags[1], 'expert'],
      ].sort(),
    )
    for (let n = 0; n < 2; n++) assert.equal((await client.delete(`${SKILLS}/${tags[0]}`)).status, 204)
    assert.equal((await mine(client)).length, 1)
  })

  test('show at once in one’s own page', async () => {
    const { client } = await person()
    const shown = async () =>
      (await client.get<{ profile: { skills: string[] | null } }>('/api/v1/me')).body.profile.skills
    assert.equal(await shown(), null)
    await add(client, tags[0]!)
    assert.equal((await shown())?.length, 1)
    await client.delete(`${SKILLS}/${tags[0]}`)
    assert.equal(await shown(), null)
  })

  test('are tags of the taxonomy’s skills and nothing else', async () => {
    const { client } = await person()
    const { tag_id: topic } = await makeTag(database.owner, { category: 'topic' })
    for (const tag of [topic!, unknownId()]) {
      const reply = await add(client, tag)
      assert.deepEqual([reply.status, reply.body.code], [404, 'skill.not_found'])
    }
    for (const body of [{}, { level: 'guru' }, { level: null }, { level: 'expert', endorsement_count: 9 }])
      assert.equal((await client.put(`${SKILLS}/${tags[0]}`, body)).status, 400)
    assert.equal((await clientOf(app).put(`${SKILLS}/${tags[0]}`, { level: 'expert' })).status, 401)
  })

  test('are fifty at most, however many come at once; the level of one of them still changes', async () => {
    const { client } = await person()
    const replies = await Promise.all(tags.map((tag) => add(client, tag)))
    const refused = replies.filter(({ status }) => status !== 204)
    assert.deepEqual([...new Set(refused.map(({ body }) => body.code))], ['skill.too_many'])
    const held = await mine(client)
    assert.equal(held.length, 50)
    assert.equal((await add(client, held[0]!.tag_id, 'expert')).status, 204)
  })

  test('are endorsed once by each of others, who may take it back', async () => {
    const [amina, kwame] = [await person(), await person()]
    await add(amina.client, tags[0]!)
    for (let n = 0; n < 3; n++) assert.equal((await kwame.client.put(place(amina, tags[0]!))).status, 204)
    const [skill] = (await seen(kwame.client, amina)).body.items
    assert.deepEqual([skill?.endorsement_count, skill?.endorsed_by_me], [1, true], 'true before any fold')
    assert.deepEqual(
      skill?.first_endorsers.map(({ user_id }) => user_id),
      [kwame.id],
    )
    const [own] = await mine(amina.client)
    assert.deepEqual([own?.endorsement_count, own?.endorsed_by_me], [1, false])
    await settle()
    assert.equal((await mine(amina.client))[0]?.endorsement_count, 1)
    for (let n = 0; n < 2; n++) assert.equal((await kwame.client.delete(place(amina, tags[0]!))).status, 204)
    assert.equal((await mine(amina.client))[0]?.endorsement_count, 0)
  })

  test('show the first three who endorsed them, the most endorsed skill first', async () => {
    const amina = await person()
    for (const tag of [tags[0]!, tags[1]!]) await add(amina.client, tag)
    const others = await Promise.all(Array.from({ length: 4 }, person))
    for (const { client } of others) await client.put(place(amina, tags[1]!))
    const [first, second] = (await seen(clientOf(app), amina)).body.items
    assert.deepEqual([first?.tag_id, first?.endorsement_count, second?.endorsement_count], [tags[1], 4, 0])
    assert.deepEqual(
      first?.first_endorsers.map(({ user_id }) => user_id),
      others.slice(0, 3).map(({ id }) => id),
    )
    assert.equal(first?.endorsed_by_me, false)
  })

  test('are not endorsed by their owner, nor where there are none', async () => {
    const [amina, kwame] = [await person(), await person()]
    await add(amina.client, tags[0]!)
    const own = await amina.client.put<Skills>(place(amina, tags[0]!))
    assert.deepEqual([own.status, own.body.code], [409, 'endorsement.own_skill'])
    await assert.rejects(
      database.owner.query(
        'INSERT INTO skill_endorsements (user_id, tag_id, endorser_id) VALUES ($1, $2, $1)',
        [amina.id, tags[0]],
      ),
      /no_self_endorsement/,
    )
    for (const [who, tag] of [
      [amina, tags[1]!],
      [amina, unknownId()],
      [{ ...amina, id: unknownId() }, tags[0]!],
    ] as const) {
      const reply = await kwame.client.put<Skills>(place(who, tag))
      assert.deepEqual([reply.status, reply.body.code], [404, 'skill.not_found'])
    }
    assert.equal((await clientOf(app).put(place(amina, tags[0]!))).status, 401)
  })

  test('of a private profile are nobody’s to see or endorse, and keep whom they have', async () => {
    const [amina, kwame] = [await person(), await person()]
    await add(amina.client, tags[0]!)
    await kwame.client.put(place(amina, tags[0]!))
    const show = (profile_visibility: string) =>
      amina.client.patch('/api/v1/me/settings', { profile_visibility })
    await show('private')
    for (const reader of [kwame.client, clientOf(app)]) {
      const reply = await seen(reader, amina)
      assert.deepEqual([reply.status, reply.body.code], [404, 'person.not_found'])
    }
    const other = await person()
    const refused = await other.client.put<Skills>(place(amina, tags[0]!))
    assert.deepEqual([refused.status, refused.body.code], [404, 'skill.not_found'])
    assert.equal((await mine(amina.client))[0]?.endorsement_count, 1)
    assert.equal((await kwame.client.delete(place(amina, tags[0]!))).status, 204)
    await show('members_only')
    assert.equal((await seen(clientOf(app), amina)).status, 404)
    assert.equal((await seen(kwame.client, amina)).body.items[0]?.endorsement_count, 0)
  })

  test('are not endorsed between two of whom one has blocked the other, either way', async () => {
    const [amina, kwame] = [await person(), await person()]
    for (const { client } of [amina, kwame]) await add(client, tags[0]!)
    await amina.client.put(`/api/v1/people/${kwame.id}/block`)
    for (const [by, of] of [
      [amina, kwame],
      [kwame, amina],
    ] as const) {
      const reply = await by.client.put<Skills>(place(of, tags[0]!))
      assert.deepEqual([reply.status, reply.body.code], [404, 'skill.not_found'])
      assert.equal((await seen(by.client, of)).status, 404)
    }
    await amina.client.delete(`/api/v1/people/${kwame.id}/block`)
    assert.equal((await kwame.client.put(place(amina, tags[0]!))).status, 204)
  })

  test('do not name an endorser who hides, though they count', async () => {
    const [amina, kwame] = [await person(), await person()]
    await add(amina.client, tags[0]!)
    await kwame.client.put(place(amina, tags[0]!))
    await kwame.client.patch('/api/v1/me/settings', { profile_visibility: 'private' })
    const [skill] = (await seen(clientOf(app), amina)).body.items
    assert.deepEqual([skill?.endorsement_count, skill?.first_endorsers], [1, []])
  })

  test('take their endorsements with them, and lose those of who is gone', async () => {
    const [amina, kwame] = [await person(), await person()]
    for (const tag of [tags[0]!, tags[1]!]) {
      await add(amina.client, tag)
      await kwame.client.put(place(amina, tag))
    }
    await amina.client.delete(`${SKILLS}/${tags[0]}`)
    await add(amina.client, tags[0]!)
    const counts = async () =>
      new Map((await mine(amina.client)).map(({ tag_id, endorsement_count }) => [tag_id, endorsement_count]))
    assert.deepEqual(
      await counts(),
      new Map([
        [tags[1], 1],
        [tags[0], 0],
      ]),
    )
    await database.owner.query('DELETE FROM users WHERE user_id = $1', [kwame.id])
    assert.deepEqual([...(await counts()).values()], [0, 0])
    await settle()
    assert.deepEqual((await database.owner.query('SELECT * FROM counter_drift()')).rows, [])
  })

  test('endorsed and not by fifty people at once count what there is', async () => {
    const amina = await person()
    await add(amina.client, tags[0]!)
    const people = await Promise.all(Array.from({ length: 50 }, person))
    const both = people.flatMap(({ client }, n) => {
      const [one, other] = [
        () => client.put(place(amina, tags[0]!)),
        () => client.delete(place(amina, tags[0]!)),
      ]
      return n % 2 ? [one, other, one] : [other, one, other]
    })
    const replies = await Promise.all([...both.map((call) => call()), settle().then(() => ({ status: 204 }))])
    assert.deepEqual([...new Set(replies.map(({ status }) => status))], [204])
    const { rows } = await database.owner.query(
      'SELECT count(*)::int AS n FROM skill_endorsements WHERE user_id = $1',
      [amina.id],
    )
    const told = async () => (await mine(amina.client))[0]?.endorsement_count
    assert.equal(await told(), Number(rows[0].n))
    await settle()
    assert.equal(await told(), Number(rows[0].n))
    assert.deepEqual((await database.owner.query('SELECT * FROM counter_drift()')).rows, [])
  })
})
