import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { type Client, clientOf, signedIn, startApp, type TestApp } from '../../testing/client.ts'
import { createTestDatabase, type TestDatabase } from '../../testing/database.ts'
import { insert, makeTag, makeUser, unique, unknownId } from '../../testing/factories.ts'
import { untilWaiting } from '../../testing/waiting.ts'
import { copySkills } from './copy-skills.ts'

type Tag = { tag_id: string; name: string; slug: string; category: string; code?: string }
type Skills = {
  items: {
    tag_id: string
    level: string
    endorsement_count: number
    first_endorsers: { user_id: string }[]
  }[]
}

describe('looking after the taxonomy', () => {
  let database: TestDatabase
  let app: TestApp
  let staff: Client
  before(async () => {
    database = await createTestDatabase()
    app = await startApp(database)
    staff = await signedIn(app, await makeUser(database.owner, {}, 'admin'))
  })
  after(async () => {
    await app.close()
    await database.close()
  })

  const PATH = '/api/v1/admin/tags'
  const add = (name: string, category = 'skill') => staff.post<Tag>(PATH, { name, category })
  const change = (id: string, body: object) => staff.patch<Tag>(`${PATH}/${id}`, body)
  const remove = (id: string) => staff.delete<Tag>(`${PATH}/${id}`)
  const merge = (id: string, into: string, client = staff) =>
    client.post<Tag>(`${PATH}/${id}/merge`, { into })
  const newTag = async (values = {}) => (await makeTag(database.owner, values)).tag_id!
  const someone = async () => {
    const user = await makeUser(database.owner)
    return { id: user.id, client: await signedIn(app, user) }
  }
  const learn = (client: Client, tag: string, level = 'advanced') =>
    client.put(`/api/v1/me/skills/${tag}`, { level })
  const vouch = (client: Client, user: string, tag: string) =>
    client.put<Tag>(`/api/v1/people/${user}/skills/${tag}/endorsement`)
  const skillsOf = async (id: string) =>
    (await clientOf(app).get<Skills>(`/api/v1/people/${id}/skills`)).body.items
  const copy = (tag_id: string) =>
    copySkills.run(
      { tag_id },
      {
        db: database.workerDb,
        services: app.services,
        log: app.services.log,
        attempt: 1,
        signal: new AbortController().signal,
      },
    )
  const namesOf = async ({ client }: { client: Client }) =>
    (await client.get<{ profile: { skills: string[] | null } }>('/api/v1/me')).body.profile.skills

  test('adds a tag with a slug made of its name, which everybody finds', async () => {
    const { status, body } = await add(' Négociation & Vente No. 5 ')
    assert.deepEqual(
      [status, body.name, body.slug, body.category],
      [201, 'Négociation & Vente No. 5', 'negociation-vente-no-5', 'skill'],
    )
    const { body: found } = await clientOf(app).get<{ items: Tag[] }>('/api/v1/tags?q=negociation%20%26')
    assert.deepEqual(
      found.items.map(({ tag_id }) => tag_id),
      [body.tag_id],
    )
  })

  test('refuses a second tag of a name, whatever its case, and one that would have the same address', async () => {
    const name = unique('Book keeping')
    await add(name)
    for (const other of [name, name.toUpperCase(), `${name}!`]) {
      const { status, body } = await add(other)
      assert.deepEqual([status, body.code], [409, 'tag.name_taken'], other)
    }
    const replies = await Promise.all(Array.from({ length: 6 }, () => add(`${name} twice`)))
    assert.deepEqual(replies.map(({ status }) => status).sort(), [201, 409, 409, 409, 409, 409])
  })

  test('refuses names that are none', async () => {
    for (const name of ['', ' ', '---', 'a\nb', 'a\u202eb', 'x'.repeat(101)]) {
      assert.equal((await add(name)).status, 400, JSON.stringify(name))
    }
    assert.equal((await add('ንግድ')).body.code, 'tag.without_slug')
    assert.equal((await change(await newTag(), {})).status, 400)
    assert.equal((await change(await newTag(), { slug: 'mine' })).status, 400)
  })

  test('gives a tag another name, also in the profiles of those who have it', async () => {
    const tag = await newTag({ name: unique('Pricng') })
    const [one, two, other] = [await someone(), await someone(), await someone()]
    for (const { client } of [one, two]) await learn(client, tag)
    assert.equal((await namesOf(one))?.length, 1)
    const name = unique('Pricing')
    const { status, body } = await change(tag, { name })
    assert.deepEqual([status, body.name, body.slug], [200, name, name.toLowerCase()])
    const { rows } = await database.owner.query(
      `SELECT payload ->> 'tag_id' AS tag FROM graphile_worker._private_jobs j JOIN graphile_worker._private_tasks t ON t.id = j.task_id
       WHERE t.identifier = $1`,
      [copySkills.name],
    )
    assert.deepEqual(rows, [{ tag }])
    await copy(tag)
    assert.deepEqual([await namesOf(one), await namesOf(two), await namesOf(other)], [[name], [name], null])
    assert.equal(
      (await change(tag, { name: (await add(unique('Taken'))).body.name })).body.code,
      'tag.name_taken',
    )
    assert.equal((await change(unknownId(), { name: 'X' })).body.code, 'tag.not_found')
  })

  test('removes a tag that nobody has, and no other', async () => {
    const [free, used] = [await newTag(), await newTag()]
    await learn((await someone()).client, used)
    assert.equal((await remove(free)).status, 204)
    assert.equal((await remove(free)).body.code, 'tag.not_found')
    const refused = await remove(used)
    assert.deepEqual([refused.status, refused.body.code], [409, 'tag.in_use'])
  })

  test('does not remove a tag from under who is just adding it', async () => {
    const tag = await newTag()
    const { id } = await someone()
    const adding = await database.owner.connect()
    try {
      await adding.query('BEGIN')
      await adding.query('INSERT INTO user_skills (user_id, tag_id) VALUES ($1, $2)', [id, tag])
      const removing = remove(tag)
      await untilWaiting(database.owner)
      await adding.query('COMMIT')
      assert.equal((await removing).body.code, 'tag.in_use')
    } finally {
      adding.release()
    }
    assert.equal((await skillsOf(id)).length, 1)
  })

  test('merges a tag into another with every skill and everybody who vouches for it, counted once', async () => {
    const [source, target] = [await newTag(), await newTag()]
    const [first, second, third] = [await someone(), await someone(), await someone()]
    const [only, both, neither] = [await someone(), await someone(), await someone()]
    await learn(only.client, source, 'expert')
    await learn(both.client, source, 'expert')
    await learn(both.client, target, 'beginner')
    await learn(neither.client, target)
    await vouch(first.client, only.id, source)
    await vouch(second.client, only.id, source)
    await vouch(first.client, both.id, source)
    await vouch(second.client, both.id, source)
    await vouch(second.client, both.id, target)
    await vouch(third.client, both.id, target)
    await vouch(third.client, neither.id, target)
    const { status, body } = await merge(source, target)
    assert.deepEqual([status, body.tag_id], [200, target])
    const shown = async ({ id }: { id: string }) =>
      (await skillsOf(id)).map((skill) => [skill.tag_id, skill.level, skill.endorsement_count])
    const truth = async () => {
      assert.deepEqual(await shown(only), [[target, 'expert', 2]])
      assert.deepEqual(await shown(both), [[target, 'beginner', 3]])
      assert.deepEqual(await shown(neither), [[target, 'advanced', 1]])
    }
    await truth()
    await database.owner.query('SELECT fold_counters()')
    await truth()
    const drift = await database.owner.query('SELECT * FROM counter_drift()')
    assert.deepEqual(drift.rows, [])
    await copy(target)
    assert.deepEqual(await namesOf(only), [body.name])
    assert.deepEqual(await namesOf(both), [body.name])
    const { rows } = await database.owner.query(
      `SELECT usage_count, (SELECT count(*) FROM tags WHERE tag_id = $2) AS sources FROM tags WHERE tag_id = $1`,
      [target, source],
    )
    assert.deepEqual(rows, [{ usage_count: '3', sources: '0' }])
    assert.equal((await merge(source, target)).body.code, 'tag.not_found')
  })

  test('merges also where somebody has fifty skills', async () => {
    const [source, target] = [await newTag(), await newTag()]
    const { id } = await someone()
    await insert(database.owner, 'user_skills', { user_id: id, tag_id: source })
    for (let n = 1; n < 50; n++) {
      await insert(database.owner, 'user_skills', { user_id: id, tag_id: await newTag() })
    }
    assert.equal((await merge(source, target)).status, 200)
    assert.equal((await skillsOf(id)).length, 50)
  })

  test('merges two tags into each other only once, and none into itself or another category', async () => {
    const [one, two, topic] = [await newTag(), await newTag(), await newTag({ category: 'topic' })]
    const replies = await Promise.all([merge(one, two), merge(two, one)])
    assert.deepEqual(replies.map(({ status }) => status).sort(), [200, 404])
    const left = replies[0]?.status === 200 ? two : one
    assert.equal((await merge(left, left)).body.code, 'tag.into_itself')
    assert.equal((await merge(left, topic)).body.code, 'tag.other_category')
    assert.equal((await merge(left, unknownId())).body.code, 'tag.not_found')
  })

  test('loses neither a skill nor a voucher that comes while two tags are merged', async () => {
    for (let n = 0; n < 5; n++) {
      const [source, target] = [await newTag(), await newTag()]
      const [had, adds, voucher] = [await someone(), await someone(), await someone()]
      await learn(had.client, source)
      const [merged, added, vouched] = await Promise.all([
        merge(source, target),
        learn(adds.client, source),
        vouch(voucher.client, had.id, source),
      ])
      assert.equal(merged.status, 200)
      assert.equal((await skillsOf(adds.id)).length, added.status === 204 ? 1 : 0, `added ${added.status}`)
      const [skill] = await skillsOf(had.id)
      assert.equal(skill?.endorsement_count, vouched.status === 204 ? 1 : 0, `vouched ${vouched.status}`)
    }
  })

  test('is staff’s alone', async () => {
    const [tag, other] = [await newTag(), await newTag()]
    const clients = await Promise.all(
      ['member', 'coach', 'partner'].map(async (role) =>
        signedIn(app, await makeUser(database.owner, {}, role)),
      ),
    )
    for (const client of [...clients, clientOf(app)]) {
      for (const { status } of [
        await client.post(PATH, { name: 'Mine', category: 'skill' }),
        await client.patch(`${PATH}/${tag}`, { name: 'Mine' }),
        await client.delete(`${PATH}/${tag}`),
        await merge(tag, other, client),
      ]) {
        assert.equal(status, client.token ? 403 : 401)
      }
    }
    await assert.rejects(
      database.db.text({ name: 'merge', text: 'SELECT merge_tags($1, $2)' }, [tag, other]),
      /merged by staff/,
    )
  })
})
