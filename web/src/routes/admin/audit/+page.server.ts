import { oneOf } from '#lib/admin/words.ts'
import { CLASSES, SEVERITIES } from '#lib/audit/words.ts'
import { need, optional } from '#lib/server/answers.ts'
import type { PageServerLoad } from './$types'

const ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/
const IDS = ['actor_id', 'entity_id', 'request_id'] as const
const DAYS = ['from', 'to'] as const

/** What the address asks for, as it was typed, what of it the API is asked, and which fields cannot be. */
function asked(url: URL) {
  const text = (name: string) => url.searchParams.get(name)?.trim() ?? ''
  const action = text('action')
  const [kept, severity] = [oneOf(CLASSES, text('retention_class')), oneOf(SEVERITIES, text('severity'))]
  const ids = IDS.map((name) => [name, text(name).toLowerCase()] as const).filter(([, id]) => id !== '')
  const days = DAYS.map((name) => [name, text(name)] as const).filter(([, day]) =>
    /^\d{4}-\d\d-\d\d$/.test(day),
  )
  const wrong = ids.filter(([, id]) => !ID.test(id)).map(([name]): string => name)
  if (action !== '' && !/^[a-z_.]{1,100}$/.test(action)) wrong.push('action')
  const typed = {
    ...(action && { action }),
    ...(kept && { retention_class: kept }),
    ...(severity && { severity }),
    ...(Object.fromEntries(ids) as Partial<Record<(typeof IDS)[number], string>>),
    ...(Object.fromEntries(days) as Partial<Record<(typeof DAYS)[number], string>>),
  }
  const query = { ...typed, ...Object.fromEntries(days.map(([name, day]) => [name, `${day}T00:00:00Z`])) }
  return { typed, query, wrong }
}

export const load: PageServerLoad = async ({ locals: { api }, url }) => {
  const { typed, query, wrong } = asked(url)
  const cursor = url.searchParams.get('cursor')
  const found =
    wrong.length > 0
      ? { items: [], next_cursor: null }
      : need(api.GET('/api/v1/admin/audit', { params: { query: { ...query, ...(cursor && { cursor }) } } }))
  const [entries, integrity] = await Promise.all([found, optional(api.GET('/api/v1/admin/audit-integrity'))])
  return { entries, integrity, typed, query, wrong }
}
