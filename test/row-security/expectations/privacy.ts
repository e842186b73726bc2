import type { Case } from '../case.ts'
import type { World } from '../world.ts'

export const privacy = (w: World): Case[] => [
  {
    table: 'data_exports',
    row: { user_id: w.owner },
    fresh: { user_id: w.stranger },
    change: { rows_written: 1 },
    select: 'owner',
    insert: 'stranger',
    update: 'nobody',
    delete: 'nobody',
    tries: [
      { by: 'partner', why: 'have another’s data packed', insert: { user_id: w.stranger } },
      { by: 'stranger', why: 'say that it is ready', insert: { user_id: w.stranger, status: 'ready' } },
    ],
  },
  {
    table: 'erasures',
    row: leaving(w.owner),
    fresh: leaving(w.stranger),
    change: { status: 'cancelled', cancelled_at: '2030-01-01T00:00:00Z' },
    select: 'owner',
    insert: 'stranger',
    update: 'owner',
    delete: 'nobody',
    jobs: 'select insert update',
    tries: [
      { by: 'partner', why: 'have another erased', insert: leaving(w.stranger) },
      { by: 'owner', why: 'move the end', update: { cancellable_until: '2030-01-01T00:00:00Z' } },
      { by: 'owner', why: 'be erased without waiting', update: { status: 'purging' } },
    ],
  },
]

function leaving(user_id: string) {
  return {
    user_id,
    public_writing: 'stays',
    cancellable_until: new Date(Date.now() + 86_400_000).toISOString(),
  }
}
