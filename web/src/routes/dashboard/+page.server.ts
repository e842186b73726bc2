import type { ItemOf, Reply } from '#lib/api/types.ts'
import { optional } from '#lib/server/answers.ts'
import { signedIn } from '#lib/server/signed-in.ts'
import type { PageServerLoad } from './$types'

/** All at once: the page takes as long as the slowest of its parts, and a part that misses is left out. */
export const load: PageServerLoad = async (event) => {
  const { api } = event.locals
  const few = { params: { query: { limit: 3 } } }
  const [me, learning, agenda, events, feed, profile] = await Promise.all([
    signedIn(event),
    optional(api.GET('/api/v1/me/enrollments', { params: { query: { status: 'active', limit: 4 } } })),
    optional(api.GET('/api/v1/me/agenda', few)),
    optional(api.GET('/api/v1/events', few)),
    optional(api.GET('/api/v1/me/feed', few)),
    optional(api.GET('/api/v1/me/profile')),
  ])
  return {
    learning: learning?.items.map(course) ?? null,
    agenda: agenda?.items ?? null,
    events: events?.items.map(({ slug, title, event_date }) => ({ slug, title, event_date })) ?? [],
    feed: feed?.items.map(excerpt) ?? null,
    completion: profile && nextStep(profile),
    subscription: me.subscription,
    isNew: learning?.items.length === 0 && agenda?.items.length === 0,
  }
}

/** What its card shows, and no more: every byte is sent twice, in the page and for its scripts. */
function course({ program, ...one }: ItemOf<'/api/v1/me/enrollments'>) {
  return {
    id: one.enrollment_id,
    percent: one.progress_percent,
    next: one.next_lesson && {
      id: one.next_lesson.lesson_id,
      title: one.next_lesson.title,
      minutes: one.next_lesson.estimated_minutes,
      isLocked: one.next_lesson.locked_by !== null,
    },
    title: program.title,
    slug: program.slug,
    language: program.language,
  }
}

const LONGEST = 160

function excerpt(post: ItemOf<'/api/v1/me/feed'>) {
  const text = post.title ?? post.content.replace(/\s+/g, ' ').trim()
  return {
    id: post.post_id,
    text: text.length > LONGEST ? `${text.slice(0, LONGEST).trimEnd()}…` : text,
    language: post.language,
    at: post.published_at,
    author: post.author && { name: post.author.full_name, photo: post.author.profile_photo_url },
  }
}

/** How far the profile is, and the part that would add most. */
function nextStep({ completion }: Reply<'/api/v1/me/profile'>) {
  const [first] = completion.missing.toSorted((a, b) => b.percent - a.percent)
  return { percent: completion.percent, part: first?.part ?? null, adds: first?.percent ?? 0 }
}
