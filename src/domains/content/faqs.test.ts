import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { type Client, clientOf, signedIn, startApp, type TestApp } from '../../testing/client.ts'
import { createTestDatabase, type TestDatabase } from '../../testing/database.ts'
import { makeUser, unique, unknownId } from '../../testing/factories.ts'

type Faq = {
  faq_id: string
  question: string
  language: string
  helpful_count: number
  is_helpful_to_me: boolean
  is_published: boolean
  sequence_order: number
  code?: string
  errors?: { pointer: string }[]
}
type List = { items: Faq[]; next_cursor: string | null }

describe('frequently asked questions', () => {
  let database: TestDatabase
  let app: TestApp
  let editor: Client
  let editorId: string
  before(async () => {
    database = await createTestDatabase()
    app = await startApp(database)
    const admin = await makeUser(database.owner, {}, 'admin')
    editorId = admin.id
    editor = await signedIn(app, admin)
  })
  after(async () => {
    await app.close()
    await database.close()
  })

  const ADMIN = '/api/v1/admin/faqs'
  const add = async (values: object = {}) => {
    const text = { category: unique('cat'), question: 'Can I learn for free?', answer: 'Yes, four programs.' }
    return editor.post<Faq>(ADMIN, { ...text, language: 'en', is_published: true, ...values })
  }
  const read = async (query: string, client = clientOf(app)) => {
    const { status, body, text } = await client.get<List>(`/api/v1/faqs?${query}`)
    assert.equal(status, 200, text)
    return body
  }
  const someone = async () => signedIn(app, await makeUser(database.owner))
  const fold = () => database.workerDb.text({ name: 'fold', text: 'SELECT fold_counters()::text' }, [])

  test('are read by everybody, each once, in their language where there is a translation', async () => {
    const category = unique('cat')
    const { body: first } = await add({ category })
    const { body: second } = await add({ category, question: 'Which languages are there?' })
    const translation = { translation_of: first.faq_id, language: 'sw', question: 'Naweza kujifunza bure?' }
    assert.equal((await add({ category, ...translation })).status, 201)
    await add({ category, question: 'Not yet?', is_published: false })
    const inSwahili = await read(`category=${category}&language=sw`)
    assert.deepEqual(
      inSwahili.items.map(({ question, language }) => [question, language]),
      [
        ['Naweza kujifunza bure?', 'sw'],
        ['Which languages are there?', 'en'],
      ],
    )
    const { items, next_cursor } = await read(`category=${category}&limit=1`)
    const rest = await read(`category=${category}&limit=1&cursor=${next_cursor}`)
    assert.deepEqual(
      [...items, ...rest.items].map(({ faq_id }) => faq_id),
      [first.faq_id, second.faq_id],
    )
    assert.equal(rest.next_cursor, null)
  })

  test('are found by words and parts of words, whatever their accents', async () => {
    const category = unique('cat')
    await add({ category, question: 'Comment réserver ?', answer: 'Choisissez un créneau.', language: 'fr' })
    await add({ category, question: 'Paying by phone', answer: 'M-Pesa and cards.' })
    for (const [q, found] of [
      ['creneau', 'Comment réserver ?'],
      ['pesa', 'Paying by phone'],
      ['pays', 'Paying by phone'],
    ])
      assert.deepEqual(
        (await read(`category=${category}&q=${q}`)).items.map(({ question }) => question),
        [found],
        q,
      )
    assert.deepEqual((await read(`category=${category}&q=%25`)).items, [])
  })

  test('count once each person whom they helped, also when all say so twice at once', async () => {
    const { body } = await add()
    const vote = `/api/v1/faqs/${body.faq_id}/vote`
    const people = await Promise.all(Array.from({ length: 6 }, someone))
    const replies = await Promise.all(people.flatMap((one) => [one.put(vote), one.put(vote)]))
    assert.deepEqual([...new Set(replies.map(({ status }) => status))], [204])
    await Promise.all([people[0]!.delete(vote), fold(), people[1]!.put(vote), people[0]!.delete(vote)])
    const seen = async (client: Client) =>
      (await read('limit=100', client)).items.find(({ faq_id }) => faq_id === body.faq_id)!
    const first = await seen(people[0]!)
    const second = await seen(people[1]!)
    assert.deepEqual([first.helpful_count, first.is_helpful_to_me], [5, false])
    assert.deepEqual([second.helpful_count, second.is_helpful_to_me], [5, true])
    await fold()
    assert.equal((await seen(clientOf(app))).helpful_count, 5)
    const { rows } = await database.owner.query('SELECT * FROM counter_drift()')
    assert.deepEqual(rows, [])
  })

  test('take votes of who is signed in, for what they can read', async () => {
    const { body: draft } = await add({ is_published: false })
    const reader = await someone()
    for (const id of [draft.faq_id, unknownId()]) {
      const { status, body } = await reader.put(`/api/v1/faqs/${id}/vote`)
      assert.deepEqual([status, body.code], [404, 'faq.not_found'])
    }
    const { body: faq } = await add()
    assert.equal((await clientOf(app).put(`/api/v1/faqs/${faq.faq_id}/vote`)).status, 401)
  })

  test('are written, published and removed by staff, and the log tells what changed', async () => {
    const { body: faq } = await add({ is_published: false })
    const changed = await editor.patch<Faq>(`${ADMIN}/${faq.faq_id}`, { is_published: true })
    assert.deepEqual([changed.status, changed.body.is_published], [200, true])
    await add({ translation_of: faq.faq_id, language: 'fr' })
    assert.equal((await editor.delete(`${ADMIN}/${faq.faq_id}`)).status, 204)
    assert.equal((await editor.patch(`${ADMIN}/${faq.faq_id}`, { is_published: true })).status, 404)
    const { rows } = await database.owner.query(
      'SELECT action, changes, user_id FROM audit_logs WHERE entity_id = $1 ORDER BY log_id',
      [faq.faq_id],
    )
    assert.deepEqual(
      rows.map(({ action, user_id }) => [action, user_id]),
      [
        ['content.faq_added', editorId],
        ['content.faq_changed', editorId],
        ['content.faq_removed', editorId],
      ],
    )
    assert.deepEqual(JSON.parse(rows[1].changes), { is_published: { from: false, to: true } })
    assert.equal(JSON.parse(rows[2].changes).rows, 2, 'the translation went with it')
  })

  test('have one translation a language, of the original and into another one', async () => {
    const { body: faq } = await add()
    const translate = (language: string, of = faq.faq_id) => add({ translation_of: of, language })
    const replies = await Promise.all([translate('sw'), translate('sw'), translate('sw')])
    assert.deepEqual(replies.map(({ status }) => status).sort(), [201, 409, 409])
    const taken = replies.find(({ status }) => status === 409)!.body
    assert.equal(taken.code, 'faq.translation_taken')
    const made = replies.find(({ status }) => status === 201)!.body
    for (const reply of [await translate('en'), await translate('fr', made.faq_id)])
      assert.deepEqual([reply.status, reply.body.code], [409, 'faq.not_an_original'])
    assert.equal((await translate('sw', unknownId())).body.code, 'faq.not_found')
  })

  test('are arranged all at once or not at all', async () => {
    const category = unique('cat')
    const ids: string[] = []
    for (let n = 0; n < 3; n++) ids.push((await add({ category })).body.faq_id)
    const arrange = (faq_ids: string[]) => editor.put(`${ADMIN}/order`, { faq_ids })
    const order = async () => (await read(`category=${category}`)).items.map(({ faq_id }) => faq_id)
    const backwards = ids.toReversed()
    assert.equal((await arrange(backwards)).status, 204)
    assert.deepEqual(await order(), backwards)
    assert.equal((await arrange([...ids, unknownId()])).status, 404)
    assert.deepEqual(await order(), backwards)
    const { body } = await editor.get<List>(`${ADMIN}?category=${category}&published=true&limit=2`)
    assert.deepEqual(
      body.items.map(({ sequence_order }) => sequence_order),
      [1, 2],
    )
  })
})
