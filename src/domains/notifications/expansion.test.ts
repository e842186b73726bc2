import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { NOTICES } from '../../app/notices.ts'
import { type Notice, publishFact } from '../../platform/facts/index.ts'
import { signedIn, startApp, type TestApp } from '../../testing/client.ts'
import { createTestDatabase, type TestDatabase } from '../../testing/database.ts'
import { makeComment, makePost, makeProgram, makeUser } from '../../testing/factories.ts'
import { expandFacts } from './expansion.ts'
import { createRegistry, type Registry } from './registry.ts'
import { readerOf, render } from './rendering.ts'

type Item = { title: string; message: string; kind: string; action_url: string | null; seq: number }

const words = () => ({ title: 'Told', message: 'Told.' })
const texts = { en: words, sw: words, fr: words }

describe('facts become notifications', () => {
  let database: TestDatabase
  let app: TestApp
  before(async () => {
    database = await createTestDatabase()
    app = await startApp(database)
  })
  after(async () => {
    await app.close()
    await database.close()
  })

  const PATH = '/api/v1/me/notifications'
  const expand = async (registry: Registry = NOTICES) => {
    while (await expandFacts({ db: database.workerDb, services: app.services, registry }));
  }
  const someone = async (full_name = 'Amina Wanjiru', language = 'en') => {
    const { id } = await makeUser(database.owner, { full_name })
    await database.owner.query('UPDATE user_settings SET language = $2 WHERE user_id = $1', [id, language])
    return { id, client: await signedIn(app, { id }) }
  }
  type Person = Awaited<ReturnType<typeof someone>>
  const inbox = async ({ client }: Person) =>
    (await client.get<{ items: Item[]; unread_count: number }>(PATH)).body
  const publish = (fact: Parameters<typeof publishFact>[1]) =>
    database.db.transaction(null, (tx) => publishFact(tx, fact))
  const count = async (text: string, values: unknown[] = []) =>
    Number(
      (await database.owner.query<{ n: string }>(`SELECT count(*) AS n FROM ${text}`, values)).rows[0]!.n,
    )

  test('a comment is told to who wrote the post, in their language, by the names of now, and not to its writer', async () => {
    const amina = await someone('Amina Wanjiru', 'sw')
    const juma = await someone('Juma Otieno')
    const post = await makePost(database.owner, { author_id: amina.id, title: 'Soko la kwanza' })
    for (const { client } of [juma, amina])
      assert.equal(
        (await client.post(`/api/v1/posts/${post.post_id}/comments`, { content: 'Vizuri' })).status,
        201,
      )
    await expand()
    const told = await inbox(amina)
    assert.deepEqual(
      told.items.map(({ title, message, action_url }) => [title, message, action_url]),
      [
        [
          'Juma Otieno ametoa maoni kwenye chapisho lako',
          'Kuna maoni mapya kwenye “Soko la kwanza”.',
          `/community/${post.post_id}`,
        ],
      ],
    )
    assert.deepEqual([told.unread_count, (await inbox(juma)).items], [1, []])
    await database.owner.query(`UPDATE users SET full_name = 'Juma O.' WHERE user_id = $1`, [juma.id])
    await database.owner.query(`UPDATE user_settings SET language = 'fr' WHERE user_id = $1`, [amina.id])
    assert.equal((await inbox(amina)).items[0]?.title, 'Juma O. a commenté votre publication')
    assert.equal(await count(`notifications WHERE title LIKE '%Juma%' OR message LIKE '%Juma%'`), 0)
  })

  test('an enrolment is told to who teaches the program', async () => {
    const coach = await someone()
    const learner = await someone('Neema Hassan')
    const program = await makeProgram(database.owner, { instructor_id: coach.id, title: 'Pricing' })
    await learner.client.post(`/api/v1/programs/${program.program_id}/enrollments`)
    await expand()
    assert.deepEqual(
      (await inbox(coach)).items.map(({ title, action_url }) => [title, action_url]),
      [['Neema Hassan joined your program', `/programs/${program.slug}`]],
    )
  })

  test('a reply is told to who wrote the comment; a subject that is gone has a plain name', async () => {
    const [amina, juma] = [await someone(), await someone('Juma Otieno')]
    const post = await makePost(database.owner)
    const comment = await makeComment(database.owner, post.post_id!, amina.id)
    const reply = { content: 'True', parent_comment_id: comment.comment_id }
    await juma.client.post(`/api/v1/posts/${post.post_id}/comments`, reply)
    await expand()
    assert.equal((await inbox(amina)).items[0]?.title, 'Juma Otieno replied to you')
    await database.owner.query(`UPDATE posts SET status = 'removed' WHERE post_id = $1`, [post.post_id])
    assert.equal((await inbox(amina)).items[0]?.message, 'There is a reply to your comment on “a post”.')
  })

  test('who is named twice is told once, who caused it never, who blocks or mutes is not told', async () => {
    const [actor, twice, blocker, muter, deaf] = await Promise.all([1, 2, 3, 4, 5].map(() => someone()))
    const thread: Notice = {
      fact: 'test.twice',
      type: 'community',
      channels: [],
      texts,
      thread: () => 'test:1',
    }
    await blocker!.client.put(`/api/v1/people/${actor!.id}/block`)
    await muter!.client.put(`/api/v1/people/${actor!.id}/mute`)
    await database.owner.query(`INSERT INTO notification_mutes VALUES ($1, 'test:1')`, [deaf!.id])
    const recipients = [actor, twice, twice, blocker, muter, deaf].map((one) => one!.id)
    const id = await publish({ name: 'test.twice', actor: actor!.id, recipients })
    await expand(createRegistry([thread]))
    assert.equal((await inbox(twice!)).items.length, 1)
    for (const one of [actor, blocker, muter, deaf]) assert.equal((await inbox(one!)).items.length, 0)
    const { rows } = await database.owner.query(
      'SELECT user_id, reason FROM notification_deliveries WHERE source_event = $1 AND status = $2',
      [id, 'skipped'],
    )
    assert.deepEqual(
      new Map(rows.map((row) => [row.user_id, row.reason])),
      new Map([
        [blocker!.id, 'blocked'],
        [muter!.id, 'muted'],
        [deaf!.id, 'muted'],
      ]),
    )
  })

  test('the same facts, expanded by four at once, are told once, and numbered without a gap', async () => {
    const amina = await someone()
    const notice: Notice = { fact: 'test.race', type: 'community', channels: [], texts }
    for (let n = 0; n < 300; n++) await publish({ name: 'test.race', actor: null, recipients: [amina.id] })
    const registry = createRegistry([notice])
    await Promise.all([1, 2, 3, 4].map(() => expand(registry)))
    const { rows } = await database.owner.query<{ seq: string }>(
      'SELECT seq FROM notifications WHERE user_id = $1 ORDER BY seq',
      [amina.id],
    )
    assert.deepEqual(
      rows.map(({ seq }) => Number(seq)),
      Array.from({ length: 300 }, (_, n) => n + 1),
    )
    assert.equal((await inbox(amina)).unread_count, 300)
    // A release of old, or a restore, that has it told again: the deliveries know.
    await database.owner.query(`UPDATE facts SET expanded_at = NULL WHERE name = 'test.race'`)
    await expand(registry)
    assert.equal(await count('notifications WHERE user_id = $1', [amina.id]), 300)
  })

  test('one that fails takes no other with it, is tried later, and is given up after ten times', async () => {
    const amina = await someone()
    const registry = createRegistry([
      { fact: 'test.good', type: 'community', channels: [], texts },
      {
        fact: 'test.bad',
        type: 'community',
        channels: [],
        texts,
        audience: () => Promise.reject(new TypeError('no')),
      },
    ])
    const bad = await publish({ name: 'test.bad', actor: null })
    await publish({ name: 'test.good', actor: null, recipients: [amina.id] })
    await expand(registry)
    assert.equal((await inbox(amina)).items.length, 1)
    const state = async () =>
      (await database.owner.query('SELECT attempts, last_error, due_at FROM facts WHERE fact_id = $1', [bad]))
        .rows[0]
    assert.deepEqual([(await state()).attempts, (await state()).last_error], ['1', 'TypeError'])
    await database.owner.query('UPDATE facts SET attempts = 9, due_at = now() WHERE fact_id = $1', [bad])
    await expand(registry)
    assert.equal((await state()).due_at, 'infinity')
  })

  test('thousands are walked in slices, and a walk goes on where it was', async () => {
    const people = await Promise.all(Array.from({ length: 5 }, () => makeUser(database.owner)))
    const ids = people.map(({ id }) => id).sort()
    let slices = 0
    const registry = createRegistry([
      {
        fact: 'test.many',
        type: 'account',
        channels: [],
        texts,
        async slice(_db, _fact, after) {
          slices++
          if (slices === 2) throw new Error('killed')
          return ids.filter((id) => after === null || id > after)
        },
      },
    ])
    const id = await publish({ name: 'test.many', actor: null })
    await expand(registry)
    assert.equal(await count('notifications WHERE kind = $1', ['test.many']), 5)
    await database.owner.query('UPDATE facts SET expanded_at = NULL, walked_to = $2 WHERE fact_id = $1', [
      id,
      ids[2],
    ])
    await expand(registry)
    await database.owner.query('UPDATE facts SET due_at = now() WHERE fact_id = $1', [id])
    await expand(registry)
    assert.equal(await count('notifications WHERE kind = $1', ['test.many']), 5)
    assert.equal(await count('facts WHERE fact_id = $1 AND expanded_at IS NOT NULL', [id]), 1)
  })

  test('words that miss a parameter fall back to plain ones of the type, and are counted', async () => {
    const amina = await someone('Amina Wanjiru', 'fr')
    const broken = ({ param }: { param(name: string): string }) => ({ title: param('gone'), message: '' })
    const registry = createRegistry([
      {
        fact: 'learning.enrollment_created',
        type: 'learning',
        channels: [],
        texts: { en: broken, sw: broken, fr: broken },
      },
    ])
    await publish({ name: 'learning.enrollment_created', actor: null, recipients: [amina.id] })
    await expand(registry)
    const { rows } = await database.owner.query<{ stored: string }>(
      'SELECT notification_json(n) AS stored FROM notifications n WHERE user_id = $1',
      [amina.id],
    )
    const [item] = await render(app.services, registry, [
      { stored: JSON.parse(rows[0]!.stored), reader: readerOf('fr', null) },
    ])
    assert.equal(item?.title, 'Du nouveau dans vos parcours')
    assert.match(await app.services.metrics.text(), /notifications_unrendered_total 1/)
  })
})
