import type { Case } from '../case.ts'
import type { World } from '../world.ts'

export const analytics = (w: World): Case[] => [
  {
    table: 'platform_metrics',
    row: { computed_at: '2025-01-01T00:00:00Z', new_users_30d: 1, active_users_7d: 1, revenue_monthly: [] },
    fresh: { computed_at: '2025-02-01T00:00:00Z' },
    change: { new_users_30d: 2 },
    select: 'staff',
    insert: 'nobody',
    update: 'nobody',
    delete: 'nobody',
  },
  {
    table: 'program_reports',
    row: { program_id: w.programs[0], enrollment_count: 1, revenue: [] },
    fresh: { program_id: w.programs[1] },
    change: { enrollment_count: 2 },
    select: 'staff',
    insert: 'nobody',
    update: 'nobody',
    delete: 'nobody',
  },
  {
    table: 'analytics.person_keys',
    row: { user_id: w.owner, person_key: '\\x01' },
    fresh: { user_id: w.stranger, person_key: '\\x02' },
    change: { person_key: '\\x03' },
    select: 'nobody',
    insert: 'nobody',
    update: 'nobody',
    delete: 'nobody',
    jobs: 'select insert delete',
  },
]
