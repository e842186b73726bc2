import { TERMS } from '#lib/legal/terms.ts'
import { legalInForce } from '#lib/server/legal.ts'
import type { PageServerLoad } from './$types'

export const load: PageServerLoad = async ({ locals }) => {
  const inForce = await legalInForce(locals.api)
  return { text: TERMS[locals.locale], inForce: inForce?.terms ?? null }
}
