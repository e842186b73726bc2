import { randomUUID } from 'node:crypto'
import type pg from 'pg'
import { insertInto, type Values } from './sql.ts'

/** A small world with one of everything that a row may hang on, made past row security by the owner. */
export type World = Awaited<ReturnType<typeof buildWorld>>

export const LONG_AGO = '2024-01-01T00:00:00Z'
const PASSWORD_HASH = '$argon2id$a-secret-hash'

export async function buildWorld(owner: pg.Pool) {
  const put = async (table: string, values: Values) => void (await owner.query(insertInto(table, values)))
  /** Puts the row under a new id and returns that. */
  const make = async (table: string, key: string, values: Values): Promise<string> => {
    const id = randomUUID()
    await put(table, { [key]: id, ...values })
    return id
  }

  const person = async (name: string, ...roles: string[]) => {
    const email = `${name}@example.test`
    const profile = { bio: `bio of ${name}`, tagline: name, occupation: `work of ${name}` }
    const user_id = await make('users', 'user_id', {
      email,
      username: name,
      full_name: `Full ${name}`,
      phone_number: `+254 ••• ${name}`,
      password_hash: PASSWORD_HASH,
    })
    await put('user_profiles', { user_id, ...profile })
    await put('user_settings', { user_id })
    for (const role_name of ['member', ...roles])
      await put('user_roles', { user_id, role_name, valid_from: LONG_AGO, granted_at: LONG_AGO })
    return user_id
  }

  const people = {
    owner: await person('amina'),
    stranger: await person('stranger'),
    friend: await person('friend'),
    other_friend: await person('other_friend'),
    coach: await person('coach', 'coach'),
    outside_coach: await person('outside_coach', 'coach'),
    partner: await person('partner', 'partner'),
    outside_partner: await person('outside_partner', 'partner'),
    admin: await person('admin', 'admin'),
    clerk: await person('clerk', 'admin'),
    super_admin: await person('super_admin', 'super_admin'),
    hermit: await person('hermit'),
    newcomer: await make('users', 'user_id', { email: 'new@example.test', full_name: 'Newcomer' }),
    unborn: randomUUID(),
  }
  await owner.query('UPDATE user_profiles SET hourly_rate = 50 WHERE user_id = $1', [people.coach])

  const tags = [
    await make('tags', 'tag_id', { name: 'Branding', slug: 'branding' }),
    await make('tags', 'tag_id', { name: 'Savings', slug: 'savings' }),
  ] as const

  await owner.query(`UPDATE user_settings SET profile_visibility = 'private' WHERE user_id = $1`, [
    people.hermit,
  ])
  for (const user_id of [people.friend, people.hermit])
    for (const tag_id of tags) await put('user_skills', { user_id, tag_id })

  const program = (instructor_id: string, slug: string) => {
    const published = { status: 'published', published_at: LONG_AGO }
    return make('programs', 'program_id', {
      instructor_id,
      slug,
      title: slug,
      pricing_type: 'free',
      ...published,
    })
  }
  const programs = [
    await program(people.coach, 'one'),
    await program(people.coach, 'two'),
    await program(people.coach, 'three'),
    await program(people.coach, 'four'),
    await program(people.coach, 'co-taught'),
  ] as const
  const outsideProgram = await program(people.outside_coach, 'elsewhere')

  const module = (program_id: string) =>
    make('modules', 'module_id', { program_id, title: 'Module', sequence_order: 1 })
  const [modules, outsideModule] = [[await module(programs[0])] as const, await module(outsideProgram)]
  const lesson = (module_id: string, sequence_order: number) =>
    make('lessons', 'lesson_id', { module_id, sequence_order, title: 'Lesson', content_type: 'text' })
  const lessons = [
    await lesson(modules[0], 1),
    await lesson(modules[0], 2),
    await lesson(modules[0], 3),
  ] as const
  const outsideLesson = await lesson(outsideModule, 1)
  const assessment = await make('assessments', 'assessment_id', {
    lesson_id: lessons[0],
    title: 'Quiz',
    assessment_type: 'quiz',
  })

  const enrol = (user_id: string, program_id: string) =>
    make('enrollments', 'enrollment_id', { user_id, program_id })
  const enrollments = [
    await enrol(people.owner, programs[0]),
    await enrol(people.owner, programs[1]),
    await enrol(people.owner, programs[2]),
  ] as const
  const strangersEnrollment = await enrol(people.stranger, programs[0])
  await put('lesson_progress', {
    user_id: people.owner,
    lesson_id: lessons[2],
    enrollment_id: enrollments[0],
  })

  const session = (status: string) =>
    make('coaching_sessions', 'session_id', {
      coach_id: people.coach,
      mentee_id: people.owner,
      scheduled_at: LONG_AGO,
      timezone: 'Africa/Nairobi',
      session_type: 'one_on_one',
      status,
    })
  const sessions = [
    await session('completed'),
    await session('completed'),
    await session('completed'),
  ] as const
  const comingSession = await session('scheduled')

  const event = (organizer_id: string, slug: string) =>
    make('events', 'event_id', {
      organizer_id,
      slug,
      title: slug,
      event_date: '2030-01-01T12:00:00Z',
      timezone: 'Africa/Nairobi',
      location_type: 'virtual',
      status: 'published',
    })
  const events = [
    await event(people.coach, 'first'),
    await event(people.coach, 'second'),
    await event(people.coach, 'third'),
  ] as const
  const outsideEvent = await event(people.outside_coach, 'somewhere')

  const post = await make('posts', 'post_id', {
    author_id: people.friend,
    content: 'Hello',
    category: 'story',
    published_at: LONG_AGO,
  })
  const project = (submitted_by: string, status: string) =>
    make('projects', 'project_id', {
      submitted_by,
      status,
      title: 'Project',
      problem_statement: 'Why',
      solution_description: 'How',
      stage: 'idea',
    })
  const projects = {
    owners: await project(people.owner, 'approved'),
    ownersPending: await project(people.owner, 'pending'),
    friends: await project(people.friend, 'approved'),
    friendsOther: await project(people.friend, 'approved'),
  }

  const organisation = async (slug: string, status: string, user_id: string, role: string) => {
    const names = { organization_name: slug, slug, partner_type: 'ngo', status }
    const partner_id = await make('partners', 'partner_id', names)
    await put('partner_members', { partner_id, user_id, role })
    return partner_id
  }
  const partners = {
    partners: await organisation('ours', 'active', people.partner, 'owner'),
    suspended: await organisation('suspended', 'suspended', people.partner, 'owner'),
    outside: await organisation('theirs', 'active', people.outside_partner, 'owner'),
    owners: await organisation('where-the-owner-is-member', 'active', people.friend, 'owner'),
  }
  const cohort = (partner_id: string) =>
    make('partner_cohorts', 'cohort_id', {
      partner_id,
      program_id: programs[0],
      cohort_name: 'Cohort',
      start_date: '2025-01-01',
    })
  const cohorts = [
    await cohort(partners.partners),
    await cohort(partners.partners),
    await cohort(partners.partners),
  ] as const
  const outsideCohort = await cohort(partners.outside)
  await put('cohort_members', { cohort_id: cohorts[2], user_id: people.owner })

  const coupon = await make('coupons', 'coupon_id', {
    code: 'KARIBU',
    discount_type: 'percentage',
    discount_value: 10,
    applies_to: 'all',
  })
  const order = (order_number: string, payment_status: string) =>
    make('orders', 'order_id', {
      user_id: people.owner,
      order_number,
      payment_status,
      subtotal: 10,
      total_amount: 10,
    })
  const orders = { pending: await order('A-1', 'pending'), paid: await order('A-2', 'paid') }

  const question = (text: string) =>
    make('faqs', 'faq_id', { category: 'start', question: text, answer: 'So.', is_published: true })
  const faqs = [await question('How?'), await question('Where?')] as const

  return {
    ...people,
    people,
    faqs,
    tags,
    programs,
    outsideProgram,
    modules,
    outsideModule,
    lessons,
    outsideLesson,
    assessment,
    enrollments,
    strangersEnrollment,
    sessions,
    comingSession,
    events,
    outsideEvent,
    post,
    projects,
    partners,
    cohorts,
    outsideCohort,
    coupon,
    orders,
  }
}

/** An RFC 9562 id and the time inside it, which partitioned rows must agree on. */
export function timedId(): { id: string; time: string } {
  const now = Date.now()
  const milliseconds = now.toString(16).padStart(12, '0')
  const random = randomUUID().slice(15)
  return {
    id: `${milliseconds.slice(0, 8)}-${milliseconds.slice(8)}-7${random}`,
    time: new Date(now).toISOString(),
  }
}
