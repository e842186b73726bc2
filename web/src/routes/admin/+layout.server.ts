import { staff } from '#lib/server/staff.ts'
import type { LayoutServerLoad } from './$types'

export const load: LayoutServerLoad = async (event) => {
  await staff(event)
}
