import { PRIVACY } from '#lib/legal/privacy.ts'
import { legalInForce } from '#lib/server/legal.ts'
import type { PageServerLoad } from './$types'

export const load: PageServerLoad = async ({ locals }) => {
  const inForce = await legalInForce(locals.api)
  return { text: PRIVACY[locals.locale], inForce: inForce?.privacy ?? null }
}
