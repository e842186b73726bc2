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
  type TestUser,
  type Values,
} from '../../testing/factories.ts'

type Progress = {
  progress_percent: number
  completed_at: string | null
  time_spent_seconds: number
  enrollment: { progress_percent: number; status: string; completion_date: string | null }
}

describe('progress in a lesson (W2)', () => {
  let database: TestDatabase
  let app: TestApp
  let learner: TestUser
  let client: Client
  before(async () => {
    database = await createTestDatabase()
    app = await startApp(database)
    learner = await makeUser(database.owner)
    client = await signIn(app, learner)
  })
  after(async () => {
    await app.close()
    await database.close()
  })

  /** A program with one module of `count` text lessons, in which the learner is enrolled. */
  async function course(count: number, enrollment: Values | null = {}, program: Values = {}) {
    const { program_id } = await makeProgram(database.owner, program)
    const { module_id } = await makeModule(database.owner, program_id!)
    const lessons: string[] = []
    for (let order = 1; order <= count; order++) lessons.push(await lesson(module_id!, order))
    if (enrollment) await makeEnrollment(database.owner, learner.id, program_id!, enrollment)
    return { program_id: program_id!, module_id: module_id!, lessons }
  }

  async function lesson(moduleId: string, order: number, values: Values = {}): Promise<string> {
    const row = await makeLesson(database.owner, moduleId, { sequence_order: order, ...values })
    return row.lesson_id!
  }

  function report(lessonId: string, progress: Values = {}) {
    return client.put<Progress>(`/api/v1/lessons/${lessonId}/progress`, {
      progress_percent: 50,
      client_session_id: randomUUID(),
      time_spent_seconds: 30,
      ...progress,
    })
  }

  async function refusal(lessonId: string, progress: Values = {}) {
    const { status, body } = await report(lessonId, progress)
    const { rowCount } = await database.owner.query('SELECT FROM lesson_progress WHERE lesson_id = $1', [
      lessonId,
    ])
    assert.equal(rowCount, 0, 'a refused report leaves nothing')
    return [status, (body as unknown as { code: string }).code]
  }

  async function enrollment(programId: string) {
    const { rows } = await database.owner.query(
      'SELECT * FROM enrollments WHERE user_id = $1 AND program_id = $2',
      [learner.id, programId],
    )
    return rows[0]
  }

  test('is kept, and moves the enrolment in the same answer', async () => {
    const { program_id, module_id, lessons } = await course(3)
    const { status, body, headers } = await report(lessons[0]!, { last_position_seconds: 12 })
    assert.equal(status, 200)
    assert.equal(headers['cache-control'], 'private, no-store')
    assert.deepEqual([body.progress_percent, body.completed_at, body.time_spent_seconds], [50, null, 30])
    assert.deepEqual([body.enrollment.progress_percent, body.enrollment.status], [16, 'active'])
    const row = await enrollment(program_id)
    assert.deepEqual([row.current_lesson_id, row.current_module_id], [lessons[0], module_id])
    assert.ok(row.last_accessed_at)
  })

  test('a report that is repeated adds nothing, and a client session counts its greatest time once', async () => {
    const { lessons } = await course(1)
    const one = { client_session_id: randomUUID(), time_spent_seconds: 60, last_position_seconds: 40 }
    const first = await report(lessons[0]!, one)
    const replay = await report(lessons[0]!, one)
    assert.deepEqual(replay.body, first.body)
    assert.equal((await report(lessons[0]!, { ...one, time_spent_seconds: 20 })).body.time_spent_seconds, 60)
    assert.equal((await report(lessons[0]!, { ...one, time_spent_seconds: 90 })).body.time_spent_seconds, 90)
    const other = await report(lessons[0]!, { time_spent_seconds: 5 })
    assert.equal(other.body.time_spent_seconds, 95)
  })

  test('a queue that is sent twice and out of order lands exactly once', async () => {
    const { program_id, lessons } = await course(3)
    const queue = lessons.flatMap((id) => {
      const sitting = { client_session_id: randomUUID() }
      return [
        [id, { ...sitting, progress_percent: 40, time_spent_seconds: 20 }],
        [id, { ...sitting, progress_percent: 100, time_spent_seconds: 45 }],
        [id, { client_session_id: randomUUID(), progress_percent: 10, time_spent_seconds: 7 }],
      ] as const
    })
    for (const batch of [queue.toReversed(), queue])
      for (const { status } of await Promise.all(batch.map(([id, progress]) => report(id, progress))))
        assert.equal(status, 200)
    const { rows } = await database.owner.query(
      `SELECT progress_percent, time_spent_seconds FROM lesson_progress WHERE lesson_id = ANY ($1)`,
      [lessons],
    )
    const once = { progress_percent: '100', time_spent_seconds: '52' }
    assert.deepEqual(rows, [once, once, once])
    assert.equal((await enrollment(program_id)).status, 'completed')
  })

  test('without a position leaves the one that was there', async () => {
    const { lessons } = await course(1)
    await report(lessons[0]!, { last_position_seconds: 40 })
    await report(lessons[0]!, { progress_percent: 60 })
    const { rows } = await database.owner.query(
      'SELECT last_position_seconds FROM lesson_progress WHERE lesson_id = $1',
      [lessons[0]],
    )
    assert.equal(Number(rows[0].last_position_seconds), 40)
  })

  test('goes back for nobody: a lower percent keeps the greatest, and completion keeps its moment', async () => {
    const { lessons } = await course(2)
    const done = await report(lessons[0]!, { progress_percent: 100 })
    assert.ok(done.body.completed_at)
    const back = await report(lessons[0]!, { progress_percent: 10 })
    assert.deepEqual(
      [back.body.progress_percent, back.body.completed_at, back.body.enrollment.progress_percent],
      [100, done.body.completed_at, 50],
    )
  })

  test('all lessons at 100 complete the enrolment, which stays complete when a lesson is added', async () => {
    const { program_id, module_id, lessons } = await course(2)
    await report(lessons[0]!, { progress_percent: 100 })
    const last = await report(lessons[1]!, { progress_percent: 100 })
    assert.deepEqual([last.body.enrollment.progress_percent, last.body.enrollment.status], [100, 'completed'])
    assert.ok(last.body.enrollment.completion_date)
    const again = await report(lessons[1]!, { progress_percent: 100 })
    assert.equal(again.body.enrollment.completion_date, last.body.enrollment.completion_date)

    const added = await lesson(module_id, 3)
    const { body } = await report(added)
    assert.deepEqual([body.enrollment.progress_percent, body.enrollment.status], [83, 'completed'])
    assert.equal(body.enrollment.completion_date, last.body.enrollment.completion_date)
    const folded = 'SELECT sum(delta)::int AS n FROM counter_deltas WHERE row_id = $1 AND counter = $2'
    const { rows } = await database.owner.query(folded, [program_id, 'completion_count'])
    assert.equal(rows[0].n, '1')
  })

  test('a quiz and an assignment stop at 99 until they are graded', async () => {
    const { module_id, lessons } = await course(1)
    const graded = [
      await lesson(module_id, 2, { content_type: 'quiz' }),
      await lesson(module_id, 3, { content_type: 'assignment' }),
    ]
    await report(lessons[0]!, { progress_percent: 100 })
    for (const id of graded) {
      const { body } = await report(id, { progress_percent: 100 })
      assert.deepEqual([body.progress_percent, body.completed_at], [99, null])
      assert.equal(body.enrollment.status, 'active')
    }
    await database.owner.query(
      `UPDATE lesson_progress SET progress_percent = 100, completed_at = now()
       WHERE user_id = $1 AND lesson_id IN (SELECT lesson_id FROM lessons WHERE module_id = $2)`,
      [learner.id, module_id],
    )
    const { body } = await report(lessons[0]!)
    assert.equal(body.enrollment.status, 'completed', 'a graded quiz counts')
  })

  test('only published lessons of published modules count', async () => {
    const { program_id, module_id, lessons } = await course(2)
    await lesson(module_id, 3, { is_published: false })
    const hidden = await makeModule(database.owner, program_id, { sequence_order: 2, is_published: false })
    await lesson(hidden.module_id!, 1)
    const { body } = await report(lessons[0]!, { progress_percent: 99 })
    assert.equal(body.enrollment.progress_percent, 49)
  })

  test('needs an enrolment that is active or completed', async () => {
    assert.deepEqual(await refusal((await course(1, null)).lessons[0]!), [403, 'enrollment.required'])
    for (const status of ['dropped', 'suspended']) {
      const { lessons } = await course(1, { status })
      assert.deepEqual(await refusal(lessons[0]!), [403, 'enrollment.required'], status)
    }
    const { lessons } = await course(1, { status: 'completed' })
    assert.equal((await report(lessons[0]!)).status, 200)
    const stranger = await clientOf(app).put(`/api/v1/lessons/${lessons[0]}/progress`, {})
    assert.equal(stranger.status, 401)
  })

  test('what is not published is not there; who is enrolled goes on in an archived program', async () => {
    const { program_id, module_id } = await course(1)
    const draft = await lesson(module_id, 2, { is_published: false })
    const hidden = await makeModule(database.owner, program_id, { sequence_order: 2, is_published: false })
    const inHidden = await lesson(hidden.module_id!, 1)
    const ofDraft = await course(1, null, { status: 'draft', published_at: null })
    const ofDeleted = await course(1, null, { deleted_at: new Date() })
    for (const id of [draft, inHidden, ofDraft.lessons[0]!, ofDeleted.lessons[0]!, randomUUID()])
      assert.deepEqual(await refusal(id), [404, 'lesson.not_found'])
    const archived = await course(1, {}, { status: 'archived' })
    assert.equal((await report(archived.lessons[0]!)).status, 200)
  })

  test('a module opens on its date and after the one before it; a preview is always open', async () => {
    const { program_id, module_id, lessons } = await course(2)
    const later = await makeModule(database.owner, program_id, {
      sequence_order: 2,
      unlock_date: new Date(Date.now() + 3_600_000),
    })
    assert.deepEqual(await refusal(await lesson(later.module_id!, 1)), [403, 'lesson.locked'])
    const preview = await lesson(later.module_id!, 2, { is_preview: true })
    assert.equal((await report(preview)).status, 200)

    const next = await makeModule(database.owner, program_id, {
      sequence_order: 3,
      unlock_date: new Date(Date.now() - 1000),
      unlock_after_module_id: module_id,
    })
    const waiting = await lesson(next.module_id!, 1)
    await report(lessons[0]!, { progress_percent: 100 })
    assert.deepEqual(await refusal(waiting), [403, 'lesson.locked'])
    await report(lessons[1]!, { progress_percent: 100 })
    assert.equal((await report(waiting)).status, 200)

    const gone = await makeModule(database.owner, program_id, { sequence_order: 4, is_published: false })
    await lesson(gone.module_id!, 1)
    const after = await makeModule(database.owner, program_id, {
      sequence_order: 5,
      unlock_after_module_id: gone.module_id,
    })
    const free = await lesson(after.module_id!, 1)
    assert.equal((await report(free)).status, 200, 'a module that was taken away locks nobody out')
    const page = await client.get<{ locked_by: null }>(`/api/v1/modules/${after.module_id}/lessons`)
    assert.equal(page.body.locked_by, null)
  })

  test("another learner's progress neither helps nor shows", async () => {
    const { program_id, lessons } = await course(2)
    const other = await makeUser(database.owner)
    const { enrollment_id } = await makeEnrollment(database.owner, other.id, program_id)
    await insert(database.owner, 'lesson_progress', {
      user_id: other.id,
      lesson_id: lessons[1],
      enrollment_id,
      progress_percent: 100,
      completed_at: new Date(),
      time_spent_seconds: 999,
    })
    const { body } = await report(lessons[1]!)
    assert.deepEqual([body.progress_percent, body.time_spent_seconds], [50, 30])
    assert.equal(body.enrollment.progress_percent, 25)
  })

  test('two hundred reports at once leave exactly the greatest percents, the sum of times and the derived percent', async () => {
    const { program_id, lessons } = await course(10)
    const sessions = Array.from({ length: 5 }, () => randomUUID())
    const reports = Array.from({ length: 200 }, (_, n) => ({
      lesson: lessons[n % 10]!,
      progress_percent: (n * 37) % 100,
      client_session_id: sessions[n % 5]!,
      time_spent_seconds: (n * 53) % 600,
    }))
    const replies = await Promise.all(reports.map(({ lesson: id, ...progress }) => report(id, progress)))
    assert.deepEqual(
      replies.filter(({ status }) => status !== 200),
      [],
    )

    let sum = 0
    const { rows } = await database.owner.query(
      'SELECT lesson_id, progress_percent, time_spent_seconds FROM lesson_progress WHERE lesson_id = ANY ($1)',
      [lessons],
    )
    assert.equal(rows.length, 10)
    for (const row of rows) {
      const mine = reports.filter((one) => one.lesson === row.lesson_id)
      const percent = Math.max(...mine.map((one) => one.progress_percent))
      const seconds = sessions.map((id) =>
        Math.max(
          0,
          ...mine.filter((one) => one.client_session_id === id).map((one) => one.time_spent_seconds),
        ),
      )
      assert.equal(Number(row.progress_percent), percent)
      assert.equal(
        Number(row.time_spent_seconds),
        seconds.reduce((a, b) => a + b),
      )
      sum += percent
    }
    assert.equal(Number((await enrollment(program_id)).progress_percent), Math.floor(sum / 10))
  })

  test('the last two lessons finished at the same moment complete the enrolment', async () => {
    for (let round = 0; round < 10; round++) {
      const { program_id, lessons } = await course(2)
      await Promise.all(lessons.map((id) => report(id, { progress_percent: 100 })))
      const { status, progress_percent } = await enrollment(program_id)
      assert.deepEqual([status, progress_percent], ['completed', '100'])
    }
  })
})
