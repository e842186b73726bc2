import { need, optional } from '#lib/server/answers.ts'
import type { PageServerLoad } from './$types'

const SPANS = [7, 30, 90]

export const load: PageServerLoad = async ({ locals: { api }, url }) => {
  const days = SPANS.find((span) => String(span) === url.searchParams.get('days')) ?? 30
  const cursor = url.searchParams.get('cursor') ?? undefined
  const [metrics, daily, report, waiting] = await Promise.all([
    need(api.GET('/api/v1/admin/metrics')),
    optional(api.GET('/api/v1/admin/metrics/daily', { params: { query: { days } } })),
    optional(
      api.GET('/api/v1/admin/programs/report', {
        params: { query: { limit: 10, ...(cursor !== undefined && { cursor }) } },
      }),
    ),
    optional(
      api.GET('/api/v1/admin/coach-applications', { params: { query: { status: 'submitted', limit: 3 } } }),
    ),
  ])
  const currency = url.searchParams.get('currency')
  return { metrics, daily, report, waiting, days, currency, isFirst: cursor === undefined }
}
