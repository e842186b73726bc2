import type { Viewer } from '#lib/api/types.ts'
import { optional } from '#lib/server/answers.ts'
import type { LayoutServerLoad } from './$types'

export const load: LayoutServerLoad = async ({ locals }) => {
  // Where the API is down the page itself says so; here it is enough not to take its people for strangers.
  const asked = optional(locals.api.GET('/api/v1/settings')).catch(() => null)
  const me = await locals.me().catch(() => undefined)
  const news = me ? optional(locals.api.GET('/api/v1/me/notifications/unread-count')).catch(() => null) : null
  const announcement = (await asked)?.['platform.announcement']?.[locals.locale] ?? null
  const viewer: Viewer | null = me
    ? {
        id: me.user_id,
        name: me.full_name,
        username: me.username,
        photo: me.profile.profile_photo_url,
        roles: me.roles.map(({ role_name }) => role_name),
      }
    : null
  return {
    locale: locals.locale,
    theme: locals.theme,
    zone: locals.zone,
    saveData: locals.saveData,
    me: viewer,
    unread: (await news)?.unread_count ?? null,
    unknown: me === undefined,
    impersonated: locals.impersonated,
    announcement,
    origin: locals.origin,
  }
}
