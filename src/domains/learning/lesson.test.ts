import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { after, before, describe, test } from 'node:test'
import { type Client, clientOf, signedIn, startApp, type TestApp } from '../../testing/client.ts'
import { createTestDatabase, type TestDatabase } from '../../testing/database.ts'
import {
  makeEnrollment,
  makeLesson,
  makeModule,
  makeProgram,
  makeUser,
  type Row,
  type TestUser,
  type Values,
} from '../../testing/factories.ts'

type Neighbour = { lesson_id: string; title: string; module_title: string } | null
type Lesson = {
  title: string
  text_content: string | null
  enrolled: boolean
  is_preview: boolean
  progress_percent: number
  module: { title: string; lesson_number: number; lesson_count: number }
  program: { slug: string; lesson_number: number; lesson_count: number }
  previous: Neighbour
  next: Neighbour
}

const BODY = 'needle-of-the-body'

describe('one lesson', () => {
  let database: TestDatabase
  let app: TestApp
  let coach: TestUser
  let program: Row
  let lessons: string[]
  let stranger: Client
  before(async () => {
    database = await createTestDatabase()
    app = await startApp(database)
    stranger = clientOf(app)
    coach = await makeUser(database.owner, {}, 'coach')
    program = await makeProgram(database.owner, { instructor_id: coach.id })
    const first = await makeModule(database.owner, program.program_id!, { title: 'First' })
    const second = await makeModule(database.owner, program.program_id!, {
      title: 'Second',
      sequence_order: 2,
      unlock_after_module_id: first.module_id,
    })
    await makeModule(database.owner, program.program_id!, { sequence_order: 3, is_published: false })
    lessons = [
      await lesson(first, 'A', 1, { is_preview: true }),
      await lesson(first, 'B', 2),
      await lesson(second, 'C', 1),
      await lesson(second, 'D', 3),
    ]
    await lesson(second, 'Draft', 2, { is_published: false })
  })
  after(async () => {
    await app.close()
    await database.close()
  })

  async function lesson(module: Row, title: string, order: number, values: Values = {}): Promise<string> {
    const text = { title, sequence_order: order, text_content: `${BODY} ${title}` }
    return (await makeLesson(database.owner, module.module_id!, { ...text, ...values })).lesson_id!
  }

  async function learner(enrollment?: Values): Promise<Client> {
    const user = await makeUser(database.owner)
    if (enrollment) await makeEnrollment(database.owner, user.id, program.program_id!, enrollment)
    return signedIn(app, user)
  }

  const open = (id: string, client: Client) => client.get<Lesson>(`/api/v1/lessons/${id}`)
  const done = (id: string, client: Client) =>
    client.put(`/api/v1/lessons/${id}/progress`, {
      progress_percent: 100,
      client_session_id: randomUUID(),
      time_spent_seconds: 5,
    })

  async function refusal(id: string, client: Client): Promise<unknown[]> {
    const { status, body, text } = await open(id, client)
    assert.ok(!text.includes(BODY), 'a refusal carries no byte of the body')
    return [status, (body as unknown as { code: string }).code]
  }

  test('that is a preview is there for everybody, with its place and its neighbours', async () => {
    const { status, body, headers } = await open(lessons[0]!, stranger)
    assert.deepEqual([status, headers['cache-control']], [200, 'private, no-store'])
    assert.deepEqual([body.text_content, body.enrolled, body.is_preview], [`${BODY} A`, false, true])
    assert.deepEqual(
      [body.module.title, body.module.lesson_number, body.module.lesson_count],
      ['First', 1, 2],
    )
    assert.deepEqual(
      [body.program.slug, body.program.lesson_number, body.program.lesson_count],
      [program.slug, 1, 4],
    )
    assert.deepEqual([body.previous, body.next?.title], [null, 'B'])
  })

  test('that is none wants an enrolment in force', async () => {
    const readers = [
      stranger,
      await learner(),
      await learner({ status: 'dropped' }),
      await learner({ status: 'suspended' }),
    ]
    for (const reader of readers)
      assert.deepEqual(await refusal(lessons[1]!, reader), [403, 'enrollment.required'])
  })

  test('follows the one before it across modules, and opens when the module before is done', async () => {
    const client = await learner({})
    const { body } = await open(lessons[1]!, client)
    assert.deepEqual([body.enrolled, body.previous?.title, body.next?.title], [true, 'A', 'C'])
    assert.equal(body.next?.module_title, 'Second')
    assert.deepEqual(await refusal(lessons[2]!, client), [403, 'lesson.locked'])
    for (const id of lessons.slice(0, 2)) await done(id, client)
    const third = (await open(lessons[2]!, client)).body
    assert.deepEqual([third.program.lesson_number, third.previous?.title, third.next?.title], [3, 'B', 'D'])
    assert.equal((await open(lessons[3]!, client)).body.next, null)
  })

  test("shows the reader's own progress and nobody else's", async () => {
    const client = await learner({})
    await done(lessons[1]!, client)
    assert.equal((await open(lessons[1]!, client)).body.progress_percent, 100)
    assert.equal((await open(lessons[1]!, await learner({}))).body.progress_percent, 0)
  })

  test('of a draft is there for who teaches it alone', async () => {
    const draft = await makeProgram(database.owner, {
      instructor_id: coach.id,
      status: 'draft',
      published_at: null,
    })
    const hidden = await makeModule(database.owner, draft.program_id!, { is_published: false })
    const id = await lesson(hidden, 'Soon', 1, { is_preview: true })
    assert.equal((await open(id, await signedIn(app, coach))).body.module.lesson_number, 1)
    for (const reader of [stranger, await learner({})])
      assert.deepEqual(await refusal(id, reader), [404, 'lesson.not_found'])
    assert.deepEqual(await refusal(randomUUID(), stranger), [404, 'lesson.not_found'])
  })
})
