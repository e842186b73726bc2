import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { createTestDatabase, type TestDatabase } from './database.ts'
import * as make from './factories.ts'

describe('the factories', () => {
  let database: TestDatabase
  before(async () => {
    database = await createTestDatabase()
  })
  after(() => database.close())

  test('make a program with a lesson and someone enrolled', async () => {
    const { owner } = database
    const [program, member] = await Promise.all([make.makeProgram(owner), make.makeUser(owner)])
    const lessonModule = await make.makeModule(owner, program.program_id!)
    const lesson = await make.makeLesson(owner, lessonModule.module_id!)
    const enrolment = await make.makeEnrollment(owner, member.id, program.program_id!)
    assert.equal(lesson.module_id, lessonModule.module_id)
    assert.equal(enrolment.user_id, member.id)
  })

  test('make what people write, meet at and are found by', async () => {
    const { owner } = database
    const coach = await make.makeCoach(owner, { coaching_specialties: ['pricing'] })
    const post = await make.makePost(owner, { author_id: coach.id, tags: ['market'] })
    const comment = await make.makeComment(owner, post.post_id!, coach.id)
    const event = await make.makeEvent(owner)
    const ticket = await make.makeTicket(owner, event.event_id!)
    await make.insert(owner, 'user_skills', { user_id: coach.id, tag_id: (await make.makeTag(owner)).tag_id })
    assert.deepEqual(
      [post.tags, comment.post_id, ticket.event_id],
      ['["market"]', post.post_id, event.event_id],
    )
  })
})
