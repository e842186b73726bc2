import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
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
  type Values,
} from '../../testing/factories.ts'

type Item = { lesson_id: string; locked: boolean; text_content: string | null; progress_percent: number }
type Module = { enrolled: boolean; locked_by: string | null; items: Item[] }

/** Planted in everything that may be locked: wherever one shows up in the bytes, a body leaked. */
const BODY = 'needle-of-the-body'
const OPEN = 'needle-of-the-preview'
const ANSWER = 'needle-of-the-answer'

describe("a module's lessons (P2)", () => {
  let database: TestDatabase
  let app: TestApp
  let coach: TestUser
  let program: Row
  let module: Row
  let stranger: Client
  before(async () => {
    database = await createTestDatabase()
    app = await startApp(database)
    stranger = clientOf(app)
    coach = await makeUser(database.owner, {}, 'coach')
    program = await makeProgram(database.owner, { instructor_id: coach.id })
    module = await makeModule(database.owner, program.program_id!)
    await fill(module.module_id!)
  })
  after(async () => {
    await app.close()
    await database.close()
  })

  /** A text with every kind of body, a preview, a quiz with its answers, and a lesson that is not published. */
  async function fill(moduleId: string): Promise<void> {
    const body = {
      text_content: BODY,
      video_url: `media/${BODY}.mp4`,
      resource_urls: [{ title: 'Sheet', url: `media/${BODY}.pdf` }],
    }
    await makeLesson(database.owner, moduleId, body)
    await makeLesson(database.owner, moduleId, { sequence_order: 2, is_preview: true, text_content: OPEN })
    const quiz = await makeLesson(database.owner, moduleId, { sequence_order: 3, content_type: 'quiz' })
    await insert(database.owner, 'assessments', {
      lesson_id: quiz.lesson_id,
      title: 'What stayed?',
      assessment_type: 'quiz',
      instructions: BODY,
      questions: [
        { question: 'Who comes first?', options: ['You', 'They'], answer: ANSWER, explanation: ANSWER },
      ],
      rubric: { [ANSWER]: 1 },
    })
    await makeLesson(database.owner, moduleId, { sequence_order: 4, is_published: false, text_content: BODY })
  }

  const lessons = (client: Client, id = module.module_id!) =>
    client.get<Module>(`/api/v1/modules/${id}/lessons`)

  async function learner(enrollment?: Values): Promise<Client> {
    const user = await makeUser(database.owner)
    if (enrollment) await makeEnrollment(database.owner, user.id, program.program_id!, enrollment)
    return signIn(app, user)
  }

  test('a stranger gets titles and the preview, and of the rest not a byte', async () => {
    const { status, text, body, headers } = await lessons(stranger)
    assert.equal(status, 200)
    assert.equal(headers['cache-control'], 'private, no-store')
    assert.deepEqual([body.enrolled, body.locked_by], [false, 'enrollment'])
    assert.deepEqual(
      body.items.map((item) => item.locked),
      [true, false, true],
    )
    assert.ok(text.includes(OPEN))
    for (const needle of [BODY, ANSWER, 'Who comes first']) assert.ok(!text.includes(needle), needle)
  })

  test('so does who is not enrolled, has dropped out or is suspended', async () => {
    for (const client of [
      await learner(),
      await learner({ status: 'dropped' }),
      await learner({ status: 'suspended' }),
    ]) {
      const { text, body } = await lessons(client)
      assert.equal(body.locked_by, 'enrollment')
      assert.ok(text.includes(OPEN) && !text.includes(BODY) && !text.includes(ANSWER))
    }
  })

  test('who is enrolled gets every body and the questions, and never an answer', async () => {
    for (const status of ['active', 'completed']) {
      const { text, body } = await lessons(await learner({ status }))
      assert.deepEqual([body.enrolled, body.locked_by], [true, null])
      for (const needle of [BODY, OPEN, 'Who comes first', 'They']) assert.ok(text.includes(needle), needle)
      assert.ok(!text.includes(ANSWER))
      assert.equal(body.items.length, 3, 'what is not published stays away')
    }
  })

  test('a module that opens later, or after another one, is locked for who is enrolled too', async () => {
    const tomorrow = new Date(Date.now() + 86_400_000)
    const later = await makeModule(database.owner, program.program_id!, {
      sequence_order: 2,
      unlock_date: tomorrow,
    })
    const next = await makeModule(database.owner, program.program_id!, {
      sequence_order: 3,
      unlock_after_module_id: module.module_id,
    })
    const client = await learner({})
    for (const [locked, by] of [
      [later, 'date'],
      [next, 'sequence'],
    ] as const) {
      await fill(locked.module_id!)
      const { text, body } = await lessons(client, locked.module_id)
      assert.deepEqual([body.enrolled, body.locked_by], [true, by])
      assert.ok(text.includes(OPEN) && !text.includes(BODY) && !text.includes(ANSWER))
    }
  })

  test("shows the reader's own progress and nobody else's", async () => {
    const client = await learner({})
    const [first] = (await lessons(client)).body.items
    const report = { progress_percent: 40, client_session_id: randomUUID(), time_spent_seconds: 9 }
    await client.put(`/api/v1/lessons/${first!.lesson_id}/progress`, report)
    assert.equal((await lessons(client)).body.items[0]!.progress_percent, 40)
    assert.equal((await lessons(await learner({}))).body.items[0]!.progress_percent, 0)
  })

  test('a draft is there for who teaches it and for staff alone', async () => {
    const draft = await makeProgram(database.owner, {
      instructor_id: coach.id,
      status: 'draft',
      published_at: null,
    })
    const { module_id } = await makeModule(database.owner, draft.program_id!)
    await fill(module_id!)
    const admin = await signIn(app, await makeUser(database.owner, {}, 'admin'))
    for (const client of [await signIn(app, coach), admin])
      assert.ok((await lessons(client, module_id)).text.includes(BODY))
    for (const client of [stranger, await learner({})]) {
      const { status, body, text } = await lessons(client, module_id)
      assert.deepEqual([status, (body as unknown as { code: string }).code], [404, 'module.not_found'])
      assert.ok(!text.includes(OPEN))
    }
    assert.equal((await lessons(stranger, randomUUID())).status, 404)
  })

  test('of a module that is not published are nobody’s but the teachers’, the enrolled included', async () => {
    const draft = await makeModule(database.owner, program.program_id!, {
      sequence_order: 90,
      is_published: false,
    })
    await fill(draft.module_id!)
    const readers = [await learner({}), await learner({ status: 'completed' }), stranger]
    for (const reader of readers) {
      const reply = await lessons(reader, draft.module_id!)
      assert.deepEqual([reply.status, reply.text.includes('needle')], [404, false])
    }
    assert.equal((await lessons(await signIn(app, coach), draft.module_id!)).status, 200)
  })
})
