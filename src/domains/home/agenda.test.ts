import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { clientOf, signIn, startApp, type TestApp } from '../../testing/client.ts'
import { createTestDatabase, type TestDatabase } from '../../testing/database.ts'
import { insert, makeCoach, makeEvent, makeUser, type Values } from '../../testing/factories.ts'

type Agenda = { items: { kind: string; title: string | null; with: { user_id: string } | null }[] }

const AGENDA = '/api/v1/me/agenda'
const inDays = (days: number) => new Date(Date.now() + days * 86_400_000)

describe('what somebody has booked', () => {
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

  test('is what is to come of events and coaching, the next first, and nobody else sees it', async () => {
    const { owner } = database
    const [mentee, coach, other] = [await makeUser(owner), await makeCoach(owner), await makeUser(owner)]
    const attend = async (user_id: string, event: Values, status = 'registered') => {
      const { event_id } = await makeEvent(owner, event)
      await insert(owner, 'event_registrations', { event_id, user_id, status })
    }
    const meet = (topic: string, scheduled_at: Date, status = 'scheduled') =>
      insert(owner, 'coaching_sessions', {
        coach_id: coach.id,
        mentee_id: mentee.id,
        scheduled_at,
        timezone: 'Africa/Nairobi',
        session_type: 'one_on_one',
        topic,
        status,
      })
    await attend(mentee.id, { title: 'Far', event_date: inDays(9) })
    await attend(mentee.id, { title: 'Waiting', event_date: inDays(2) }, 'waitlisted')
    await attend(mentee.id, { title: 'Left', event_date: inDays(3) }, 'cancelled')
    await attend(mentee.id, { title: 'Called off', event_date: inDays(3), status: 'cancelled' })
    await attend(mentee.id, { title: 'Over', event_date: inDays(-3), end_date: inDays(-2) })
    await attend(other.id, { title: 'Of somebody else', event_date: inDays(1) })
    await meet('Prices', inDays(5), 'confirmed')
    await meet('Past', inDays(-5), 'completed')
    await meet('Cancelled', inDays(4), 'cancelled')

    const mentees = await signIn(app, mentee)
    const reply = await mentees.get<Agenda>(AGENDA)
    assert.equal(reply.status, 200, reply.text)
    const { items } = reply.body
    assert.deepEqual(
      items.map(({ title }) => title),
      ['Waiting', 'Prices', 'Far'],
    )
    assert.equal(items[1]?.with?.user_id, coach.id)
    assert.equal((await mentees.get<Agenda>(`${AGENDA}?limit=1`)).body.items.length, 1)

    const coaches = (await (await signIn(app, coach)).get<Agenda>(AGENDA)).body.items
    assert.deepEqual(
      coaches.map((item) => [item.title, item.with?.user_id]),
      [['Prices', mentee.id]],
    )
    assert.equal((await clientOf(app).get(AGENDA)).status, 401)
  })
})
