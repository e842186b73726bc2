import { minorFromDecimal } from '../../platform/money.ts'
import { iso } from './times.ts'
import type { World } from './world.ts'

const FILE = 'coach-applications.json'

/** Who asks to become a coach and waits for an answer. */
export async function loadCoachApplications({ content, names, times, insert }: World): Promise<void> {
  const tagName = (slug: string) => {
    names.of('tag', slug, FILE)
    return content.tags.find((tag) => tag.slug === slug)?.name
  }
  await insert(
    'coach_applications',
    content.coachApplications.map(({ username, specialties, hourly_rate, submitted_days_ago, ...rest }) => ({
      user_id: names.of('person', username, FILE),
      specialties: specialties.map(tagName),
      hourly_rate_minor: minorFromDecimal(String(hourly_rate), rest.currency),
      submitted_at: iso(times.daysAgo(submitted_days_ago)),
      ...rest,
    })),
  )
}
