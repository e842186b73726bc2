import type { Enrolled } from './enrollments.ts'
import { uuidV7 } from './ids.ts'
import { paymentRow } from './payments.ts'
import type { Row } from './rows.ts'
import { DAY, iso, MINUTE, wallTimes } from './times.ts'
import type { World } from './world.ts'

const FILE = 'reviews.json'

/** Reviews of programs by people who took them; coaching sessions that were held, paid and spoken of. */
export async function loadReviews(world: World, enrolled: ReadonlyMap<string, Enrolled>): Promise<void> {
  await world.insert('program_reviews', programReviews(world, enrolled))
  const sessions = await heldSessions(world)
  await world.insert(
    'transactions',
    sessions.flatMap(({ payment }) => payment ?? []),
  )
  await world.insert(
    'coaching_sessions',
    sessions.map(({ session }) => session),
  )
  await world.insert(
    'session_feedback',
    sessions.map(({ feedback }) => feedback),
  )
}

function programReviews({ content, names, times }: World, enrolled: ReadonlyMap<string, Enrolled>): Row[] {
  return content.reviews.programs.map(({ username, program, rating, text, days_ago }) => {
    const userId = names.of('person', username, FILE)
    const enrollment = enrolled.get(`${username} ${program}`)
    if (!enrollment) throw content.fault(FILE, text, `${username} reviews ${program} without an enrolment`)
    const at = iso(Math.max(times.daysAgo(days_ago), enrollment.startedAt))
    return {
      program_id: names.of('program', program, FILE),
      enrollment_id: enrollment.enrollmentId,
      user_id: userId,
      rating,
      review_text: text,
      created_at: at,
      updated_at: at,
    }
  })
}

/** Each at 10, 11 or 12 o'clock of its day, where the coach is. A discovery call is free. */
async function heldSessions({ client, content, names, times }: World) {
  const { sessions } = content.reviews
  const people = new Map(content.people.map((person) => [person.username, person]))
  const coachOf = (username: string) => {
    const person = people.get(username)
    if (person?.coach) return { ...person.coach, timezone: person.location.timezone }
    throw content.fault(FILE, username, `there is no coach called "${username}"`)
  }
  const moments = await wallTimes(
    client,
    times.now,
    sessions.map(({ coach, days_ago }, index) => ({
      day: -days_ago,
      hour: 10 + (index % 3),
      minute: 0,
      timezone: coachOf(coach).timezone,
    })),
  )
  return sessions.map((one, index) => {
    const coach = coachOf(one.coach)
    const [coachId, menteeId] = [names.of('person', one.coach, FILE), names.of('person', one.mentee, FILE)]
    const [at, booked] = [moments[index]!, moments[index]! - 5 * DAY]
    const sessionId = uuidV7(booked)
    const amount = one.session_type === 'discovery_call' ? 0 : (coach.hourly_rate * one.duration_minutes) / 60
    const payment =
      amount > 0
        ? paymentRow({
            userId: menteeId,
            amount,
            currency: coach.currency,
            type: 'coaching',
            reference: { type: 'coaching_session', id: sessionId },
            at: booked,
          })
        : null
    const ended = at + one.duration_minutes * MINUTE
    const { text, ...feedback } = one.feedback
    return {
      payment,
      session: {
        session_id: sessionId,
        coach_id: coachId,
        mentee_id: menteeId,
        scheduled_at: iso(at),
        duration_minutes: one.duration_minutes,
        timezone: coach.timezone,
        session_type: one.session_type,
        topic: one.topic,
        status: 'completed',
        completed_at: iso(ended),
        payment_amount: amount,
        currency: coach.currency,
        payment_status: 'paid',
        transaction_id: payment?.transaction_id ?? null,
        created_at: iso(booked),
        updated_at: iso(ended),
      },
      feedback: {
        session_id: sessionId,
        submitted_by: menteeId,
        coach_id: coachId,
        ...feedback,
        feedback_text: text,
        created_at: iso(times.past(ended + DAY / 4)),
      },
    }
  })
}
