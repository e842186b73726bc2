import { Type } from 'typebox'
import { Closed, Money, Nullable, Page, PageQuery, Timestamp, Uuid } from '../../platform/http/index.ts'

const Revenue = Type.Array(Money, { description: 'One sum a currency: payments less refunds' })

export const PlatformMetrics = Closed({
  computed_at: Timestamp,
  new_users_30d: Type.Integer({ description: 'Accounts made in the last 30 days' }),
  active_users_7d: Type.Integer({ description: 'People who signed in during the last 7 days' }),
  revenue_monthly: Revenue,
})

export const DailyMetrics = Closed({
  items: Type.Array(
    Closed({
      day: Type.String({ format: 'date', description: 'In UTC' }),
      new_users: Type.Integer({ description: 'Accounts made on that day' }),
      revenue: Revenue,
    }),
  ),
})

export const DailyMetricsQuery = Closed({
  days: Type.Optional(
    Type.Integer({ minimum: 7, maximum: 90, default: 30, description: 'How many, today with them' }),
  ),
})

export const ProgramReport = Page(
  Closed({
    program_id: Uuid,
    title: Type.String(),
    slug: Type.String(),
    status: Nullable(Type.String()),
    enrollment_count: Type.Integer({ description: 'Distinct people' }),
    completion_rate: Nullable(Type.Number({ minimum: 0, maximum: 1 })),
    average_rating: Nullable(Type.Number({ minimum: 1, maximum: 5 })),
    revenue: Revenue,
    computed_at: Timestamp,
  }),
)

export const ProgramReportQuery = PageQuery({})
