import type { Viewer } from '#lib/api/types.ts'
import type { LayoutServerLoad } from './$types'

export const load: LayoutServerLoad = async ({ locals, url }) => {
  const me = await locals.me()
  const viewer: Viewer | null = me && {
    id: me.user_id,
    name: me.full_name,
    username: me.username,
    photo: me.profile.profile_photo_url,
    roles: me.roles.map(({ role_name }) => role_name),
  }
  return {
    locale: locals.locale,
    theme: locals.theme,
    zone: locals.zone,
    saveData: locals.saveData,
    me: viewer,
    origin: url.origin,
  }
}
