import { api } from '#lib/api/browser.ts'
import type { Reply } from '#lib/api/types.ts'
import { date, href } from '#lib/i18n/index.ts'
import { m } from '#lib/paraglide/messages.js'
import type { Suggest, Suggestion } from './suggestion.ts'

type Found = Reply<'/api/v1/search'>

/** Programs, people, posts and events, and a way to all of them. */
export function suggestEverything(zone: string): Suggest {
  return async (typed) => {
    const { data } = await api.GET('/api/v1/search', { params: { query: { q: typed, limit: 3 } } })
    if (!data) return null
    const found = suggestionsOf(data, zone)
    const label = m.search_all_results({ q: typed })
    const address = `${href('/search')}?q=${encodeURIComponent(typed)}`
    return [...found, { id: 'all', label, icon: 'search', href: address }]
  }
}

function suggestionsOf({ programs, people, posts, events }: Found, zone: string): Suggestion[] {
  return [
    ...(programs ?? []).map(({ program_id, title, category, slug }) => ({
      id: program_id,
      label: title,
      note: category,
      icon: 'learn' as const,
      group: m.search_programs(),
      href: href(`/programs/${slug}`),
    })),
    ...(people ?? []).map((person) => ({
      id: person.user_id,
      label: person.full_name,
      note: person.is_coach ? m.search_coach() : person.tagline,
      icon: 'me' as const,
      group: m.search_people(),
      href: href(`/people/${person.username ?? person.user_id}`),
    })),
    ...(events ?? []).map(({ event_id, title, event_date, slug }) => ({
      id: event_id,
      label: title,
      note: date(event_date, zone),
      icon: 'calendar' as const,
      group: m.search_events(),
      href: href(`/events/${slug}`),
    })),
    ...(posts ?? []).map(({ post_id, title, excerpt, author }) => ({
      id: post_id,
      label: title ?? excerpt?.slice(0, 80) ?? '',
      note: author?.full_name ?? null,
      icon: 'talk' as const,
      group: m.search_posts(),
      href: href(`/community/${post_id}`),
    })),
  ]
}
