import pg from 'pg'

/** Who and what the requests are about; everything in the order of a fixed query, so that two runs ask the same. */
export type Subjects = {
  /** E-mail addresses of the members who act, by their ids. */
  readonly members: readonly { readonly user_id: string; readonly email: string }[]
  /** P2, W2: a member with a module of a program that they are enrolled in, and one of its text lessons. */
  readonly studies: readonly {
    user_id: string
    module_id: string
    lesson_id: string
    enrollment_id: string
  }[]
  readonly categories: readonly string[]
  /** P4: a skill and a country that have coaches. */
  readonly searches: readonly { skill: string; country: string }[]
  readonly events: readonly { event_id: string; slug: string }[]
}

const MEMBERS = 64

export async function subjectsOf(ownerUrl: string): Promise<Subjects> {
  const owner = new pg.Client({ connectionString: ownerUrl })
  await owner.connect()
  try {
    const rows = async <T extends pg.QueryResultRow>(text: string) => (await owner.query<T>(text)).rows
    return {
      members: await rows(ACTIVE_MEMBERS),
      studies: await rows(STUDIES),
      categories: ['discussion', 'story', 'question', 'project'],
      searches: await rows(SEARCHES),
      events: await rows(
        `SELECT event_id, slug FROM events WHERE status = 'published' ORDER BY event_id LIMIT 500`,
      ),
    }
  } finally {
    await owner.end()
  }
}

const ACTIVE_MEMBERS = `
  SELECT u.user_id, u.email FROM users u
  WHERE u.status = 'active' AND EXISTS (SELECT FROM enrollments e WHERE e.user_id = u.user_id AND e.status = 'active')
  ORDER BY u.user_id LIMIT ${MEMBERS}`

const STUDIES = `
  SELECT e.user_id, m.module_id, l.lesson_id, e.enrollment_id
  FROM (${ACTIVE_MEMBERS}) a
  JOIN enrollments e ON e.user_id = a.user_id AND e.status = 'active'
  JOIN programs p ON p.program_id = e.program_id AND p.status = 'published'
  JOIN modules m ON m.program_id = e.program_id AND m.is_published
    AND m.unlock_after_module_id IS NULL AND (m.unlock_date IS NULL OR m.unlock_date < now())
  CROSS JOIN LATERAL (
    SELECT l.lesson_id FROM lessons l
    WHERE l.module_id = m.module_id AND l.is_published AND l.content_type IN ('text', 'video') LIMIT 1) l
  ORDER BY md5(e.user_id::text || m.module_id::text) LIMIT 2000` // Neighbours are different people, as in life.

const SEARCHES = `
  SELECT skill, country FROM (
    SELECT s.skill, p.location ->> 'country' AS country, count(*) AS coaches
    FROM user_profiles p CROSS JOIN LATERAL jsonb_array_elements_text(p.skills) AS s(skill)
    WHERE p.hourly_rate IS NOT NULL AND p.rating_count > 0
    GROUP BY 1, 2) found
  WHERE coaches >= 3 ORDER BY coaches DESC, skill, country LIMIT 100`
