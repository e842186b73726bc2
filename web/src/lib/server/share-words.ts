import { error } from '@sveltejs/kit'
import type { Api } from '#lib/api/client.ts'
import { townOf } from '#lib/coaches/words.ts'
import { placeOf } from '#lib/events/words.ts'
import { date } from '#lib/i18n/index.ts'
import { m } from '#lib/paraglide/messages.js'
import { homeOf } from '#lib/partners/words.ts'
import type { ShareWords } from './share-picture.ts'

type Words = Omit<ShareWords, 'seed'>

/** What the picture of a page says: the same for everybody, so in English; names are as they are. */
const PAGES: Readonly<Record<string, () => Words>> = {
  home: () => ({ title: m.home_hero_title(), below: m.footer_about() }),
  programs: () => ({ title: m.nav_programs(), below: m.footer_about() }),
  community: () => ({ title: m.nav_community(), below: m.footer_about() }),
  events: () => ({ title: m.events_title(), below: m.events_lead() }),
  coaches: () => ({ title: m.coaches_title(), below: m.coaches_lead() }),
  partners: () => ({ title: m.partners_title(), below: m.partners_lead() }),
}

/** Null: not there for everybody to see. An API that is away or out of patience is no such answer. */
async function seen<T>(
  asked: Promise<{ readonly data?: T; readonly response: Response }>,
): Promise<T | null> {
  const { data, response } = await asked
  if (response.status === 429 || response.status >= 500) throw error(503)
  return data ?? null
}

/** Null: there is no such thing for everybody to see. */
export async function shareWords(api: Api, kind: string, name: string): Promise<Words | null> {
  switch (kind) {
    case 'page':
      return (Object.hasOwn(PAGES, name) && PAGES[name]?.()) || null
    case 'program': {
      const data = await seen(api.GET('/api/v1/programs/{slug}', { params: { path: { slug: name } } }))
      return data ? { title: data.title, below: data.instructor?.full_name ?? '' } : null
    }
    case 'event': {
      const data = await seen(api.GET('/api/v1/events/{slug}', { params: { path: { slug: name } } }))
      return data
        ? { title: data.title, below: `${date(data.event_date, data.timezone)} · ${placeOf(data)}` }
        : null
    }
    case 'coach': {
      const data = await seen(api.GET('/api/v1/coaches/{username}', { params: { path: { username: name } } }))
      return data ? { title: data.full_name, below: data.tagline ?? townOf(data.location) } : null
    }
    case 'person': {
      const data = await seen(api.GET('/api/v1/people/{person}', { params: { path: { person: name } } }))
      return data ? { title: data.full_name, below: data.profile?.tagline ?? '' } : null
    }
    case 'partner': {
      const data = await seen(api.GET('/api/v1/partners/{slug}', { params: { path: { slug: name } } }))
      return data ? { title: data.organization_name, below: homeOf(data) } : null
    }
    default:
      return null
  }
}
