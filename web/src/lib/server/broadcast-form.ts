import { oneOf } from '#lib/admin/words.ts'
import type { paths } from '#lib/api/generated/openapi.d.ts'
import { NARROWINGS, ROLES, WAYS } from '#lib/desk/words.ts'
import { LOCALES } from '#lib/i18n/locale.ts'
import { field } from './answers.ts'

type Api = App.Locals['api']
export type NewBroadcast =
  paths['/api/v1/admin/notifications/broadcasts']['post']['requestBody']['content']['application/json']

const ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

/** What the form asks for; null where what it is narrowed by is not there. */
export async function broadcastOf(api: Api, form: FormData): Promise<NewBroadcast | null> {
  const text = (name: string) => field(form, name).trim()
  const words = (locale: string) => {
    const action = text(`action_${locale}`)
    return { title: text(`title_${locale}`), message: text(`message_${locale}`), ...(action && { action }) }
  }
  const [en, sw, fr] = LOCALES.map(words) as [
    ReturnType<typeof words>,
    ReturnType<typeof words>,
    ReturnType<typeof words>,
  ]
  const [role, language] = [oneOf(ROLES, text('role')), oneOf(LOCALES, text('language'))]
  const [country, path] = [text('country'), text('path')]
  const narrowed_by = oneOf(NARROWINGS, text('narrowed_by'))
  const of = narrowed_by && (await idOf(api, narrowed_by, text('of')))
  if (narrowed_by && !of) return null
  return {
    type: text('type') === 'marketing' ? 'marketing' : 'account',
    channels: WAYS.filter((way) => form.has(`by_${way}`)),
    texts: { en, sw, fr },
    ...(path && { path }),
    segment: {
      ...(role && { role }),
      ...(country && { country }),
      ...(language && { language }),
      ...(narrowed_by && of && { narrowed_by, of }),
    },
  }
}

async function idOf(api: Api, kind: (typeof NARROWINGS)[number], name: string): Promise<string | undefined> {
  if (ID.test(name)) return name
  if (!/^[\w.-]{1,200}$/.test(name)) return undefined
  if (kind === 'program') {
    const { data } = await api.GET('/api/v1/programs/{slug}', { params: { path: { slug: name } } })
    return data?.program_id
  }
  if (kind === 'partner') {
    const { data } = await api.GET('/api/v1/partners/{slug}', { params: { path: { slug: name } } })
    return data?.partner_id
  }
  const { data } = await api.GET('/api/v1/people/{person}', { params: { path: { person: name } } })
  return data?.user_id
}
