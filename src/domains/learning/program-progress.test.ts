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
  type Values,
} from '../../testing/factories.ts'

type Next = { title: string; locked_by: string | null } | null
type ProgramProgress = {
  status: string
  progress_percent: number
  next_lesson: Next
  modules: {
    locked_by: string | null
    progress_percent: number
    completed_count: number
    lessons: { lesson_id: string; progress_percent: number; completed_at: string | null }[]
  }[]
}

describe('progress in a program', () => {
  let database: TestDatabase
  let app: TestApp
  let client: Client
  let course: Awaited<ReturnType<typeof makeCourse>>
  before(async () => {
    database = await createTestDatabase()
    app = await startApp(database)
    course = await makeCourse()
    client = await learner({})
  })
  after(async () => {
    await app.close()
    await database.close()
  })

  /** A module of two texts and a quiz; one that opens after it; one that opens tomorrow. */
  async function makeCourse() {
    const program = (await makeProgram(database.owner)).program_id!
    const first = (await makeModule(database.owner, program)).module_id!
    const second = await makeModule(database.owner, program, {
      sequence_order: 2,
      unlock_after_module_id: first,
    })
    const third = await makeModule(database.owner, program, {
      sequence_order: 3,
      unlock_date: new Date(Date.now() + 86_400_000),
    })
    const text = (module: string, title: string, values: Values) =>
      makeLesson(database.owner, module, { title, ...values })
    const ids: string[] = []
    for (const [module, title, values] of [
      [first, 'A', { sequence_order: 1 }],
      [first, 'B', { sequence_order: 2 }],
      [first, 'Quiz', { sequence_order: 3, content_type: 'quiz' }],
      [second.module_id!, 'C', { sequence_order: 1 }],
      [third.module_id!, 'D', { sequence_order: 1 }],
    ] as const)
      ids.push((await text(module, title, values)).lesson_id!)
    return { program, lessons: ids }
  }

  async function learner(enrollment?: Values): Promise<Client> {
    const user = await makeUser(database.owner)
    if (enrollment) await makeEnrollment(database.owner, user.id, course.program, enrollment)
    return signedIn(app, user)
  }

  const read = (as = client) => as.get<ProgramProgress>(`/api/v1/programs/${course.program}/progress`)
  const report = (lesson: number, percent: number) =>
    client.put(`/api/v1/lessons/${course.lessons[lesson]}/progress`, {
      progress_percent: percent,
      client_session_id: randomUUID(),
      time_spent_seconds: 5,
    })
  const next = async () => {
    const { next_lesson: lesson } = (await read()).body
    return lesson && [lesson.title, lesson.locked_by]
  }

  test('tells every lesson, every module and what locks it', async () => {
    await report(0, 100)
    await report(1, 50)
    const { status, body } = await read()
    assert.equal(status, 200)
    assert.deepEqual(
      body.modules.map((module) => [module.locked_by, module.progress_percent, module.completed_count]),
      [
        [null, 50, 1],
        ['sequence', 0, 0],
        ['date', 0, 0],
      ],
    )
    assert.deepEqual(
      body.modules[0]!.lessons.map((lesson) => [lesson.lesson_id, lesson.progress_percent]),
      [
        [course.lessons[0], 100],
        [course.lessons[1], 50],
        [course.lessons[2], 0],
      ],
    )
    assert.ok(body.modules[0]!.lessons[0]!.completed_at)
    assert.equal(body.progress_percent, 30)
  })

  test('goes on where the learner is, then with what was passed over, and never waits for a grade', async () => {
    assert.deepEqual(await next(), ['B', null])
    await report(2, 100)
    assert.deepEqual(await next(), ['B', null], 'the quiz waits for its grade')
    await report(1, 100)
    assert.deepEqual(await next(), ['C', 'sequence'], 'only what is locked is left')
    const mine = await client.get<{ items: { next_lesson: Next }[] }>('/api/v1/me/enrollments')
    assert.deepEqual(mine.body.items[0]!.next_lesson, (await read()).body.next_lesson)
  })

  test('wants an enrolment in force', async () => {
    for (const one of [await learner(), await learner({ status: 'dropped' })]) {
      const { status, body } = await read(one)
      assert.deepEqual([status, (body as unknown as { code: string }).code], [403, 'enrollment.required'])
    }
    assert.equal((await read(clientOf(app))).status, 401)
    const dropped = await learner({ status: 'dropped' })
    const mine = await dropped.get<{ items: { next_lesson: Next }[] }>('/api/v1/me/enrollments')
    assert.equal(mine.body.items[0]!.next_lesson, null)
  })
})
