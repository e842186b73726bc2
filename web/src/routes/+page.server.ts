import { optional } from '#lib/server/answers.ts'
import type { PageServerLoad } from './$types'

const FEW = 4

/** Each list as the API keeps it ready; a part that cannot be had is left out. */
export const load: PageServerLoad = async ({ locals: { api } }) => {
  const [programs, coaches, events] = await Promise.all([
    optional(api.GET('/api/v1/programs')),
    optional(api.GET('/api/v1/coaches')),
    optional(api.GET('/api/v1/events')),
  ])
  return {
    // What no card shows is left out: it would go to the browser with the page.
    programs: (programs?.items.slice(0, FEW) ?? []).map(
      ({ instructor, duration_weeks: _, module_count: __, ...card }) => ({
        ...card,
        instructor: instructor && { full_name: instructor.full_name },
      }),
    ),
    coaches: (coaches?.items.slice(0, FEW) ?? []).map(
      ({ bio: _, coaching_specialties: __, ...card }) => card,
    ),
    events: (events?.items.slice(0, FEW) ?? []).map(
      ({ organizer: _, virtual_platform: __, language: _l, timezone: _t, ...card }) => card,
    ),
  }
}
