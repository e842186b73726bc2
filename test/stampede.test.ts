import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { after, test } from 'node:test'
import { signUp, startApp } from '../src/testing/client.ts'
import { createTestDatabase } from '../src/testing/database.ts'
import { makeLesson, makeModule, makePost, makeProgram, makeUser } from '../src/testing/factories.ts'

const PEOPLE = 200

const database = await createTestDatabase()
const app = await startApp(database)
after(async () => {
  await app.close()
  await database.close()
})
const { owner } = database

test(`${PEOPLE} people sign up, enrol, like and learn at once on the same rows, and every counter tells the truth`, async () => {
  const teacher = await makeUser(owner, {}, 'member', 'coach')
  const program = await makeProgram(owner, {
    instructor_id: teacher.id,
    pricing_type: 'free',
    status: 'published',
  })
  const module = await makeModule(owner, program.program_id!)
  const lessons = await Promise.all(
    [1, 2].map((n) => makeLesson(owner, module.module_id!, { sequence_order: n, content_type: 'text' })),
  )
  const post = await makePost(owner, { author_id: teacher.id, status: 'published' })
  const everyone = Array.from({ length: PEOPLE }, (_, n) => n)

  const clients = await Promise.all(
    everyone.map(async (n) => {
      const person = {
        email: `person${n}@example.test`,
        password: 'a-long-enough-password',
        full_name: `Person ${n}`,
      }
      return signUp(app, owner, person)
    }),
  )
  const all = async (
    call: (client: (typeof clients)[number], n: number) => Promise<{ status: number; text: string }>,
  ) => {
    for (const reply of await Promise.all(clients.map(call))) assert.ok(reply.status < 300, reply.text)
  }
  await all((client) => client.post(`/api/v1/programs/${program.program_id}/enrollments`))
  await Promise.all([
    all((client) => client.put(`/api/v1/posts/${post.post_id}/reactions/like`)),
    all((client) => client.put(`/api/v1/lessons/${lessons[0]!.lesson_id}/progress`, progress(100))),
    all((client) => client.put(`/api/v1/lessons/${lessons[1]!.lesson_id}/progress`, progress(60))),
    // One person's 200 updates of one lesson, out of order, each sent twice.
    Promise.all(
      everyone.map((n) =>
        clients[0]!.put(`/api/v1/lessons/${lessons[1]!.lesson_id}/progress`, {
          ...ofOneSitting,
          progress_percent: n % 90,
          time_spent_seconds: n,
        }),
      ),
    ),
    Promise.all(
      everyone.map((n) =>
        clients[0]!.put(`/api/v1/lessons/${lessons[1]!.lesson_id}/progress`, {
          ...ofOneSitting,
          progress_percent: n % 90,
          time_spent_seconds: n,
        }),
      ),
    ),
  ])

  await foldAll()
  const { rows } = await owner.query(
    `SELECT p.enrollment_count, o.like_count, (SELECT count(*) FROM users) AS users,
       (SELECT count(*) FROM enrollments WHERE progress_percent = 80) AS at_eighty,
       (SELECT max(time_spent_seconds) FROM lesson_progress) AS longest, (SELECT count(*) FROM counter_drift()) AS drift
     FROM programs p, posts o WHERE p.program_id = $1 AND o.post_id = $2`,
    [program.program_id, post.post_id],
  )
  assert.deepEqual(rows[0], {
    enrollment_count: String(PEOPLE),
    like_count: String(PEOPLE),
    users: String(PEOPLE + 1),
    at_eighty: String(PEOPLE - 1), // floor((100 + 60) / 2); the one with many updates reached floor((100 + 89) / 2)
    longest: String(PEOPLE - 1 + 5),
    drift: '0',
  })
})

const ofOneSitting = { client_session_id: randomUUID() }

function progress(percent: number) {
  return { progress_percent: percent, client_session_id: randomUUID(), time_spent_seconds: 5 }
}

async function foldAll(): Promise<void> {
  let folded: number | null
  do folded = (await owner.query('SELECT * FROM fold_counters()')).rowCount
  while (folded !== 0)
}
