import { sql } from 'kysely'
import { createRegistry } from '../../src/domains/notifications/index.ts'
import type { Notice } from '../../src/platform/facts/index.ts'

const words = () => ({ title: 'News from the network', message: 'Come and see what is new.' })
const texts = { en: words, sw: words, fr: words }

/** To everybody, walked in slices, as a broadcast is. */
export const BROADCAST = 'bench.broadcast_sent'
/** To one person, as a comment is. */
export const SINGLE = 'bench.comment_created'

const notices: readonly Notice[] = [
  {
    fact: BROADCAST,
    type: 'account',
    channels: ['email', 'push'],
    texts,
    async slice(db, _fact, after, size) {
      const { rows } = await sql<{ user_id: string }>`
        SELECT user_id FROM users WHERE status = 'active' AND user_id > coalesce(${after}::uuid, '00000000-0000-0000-0000-000000000000')
        ORDER BY user_id LIMIT ${size}`.execute(db)
      return rows.map(({ user_id }) => user_id)
    },
  },
  { fact: SINGLE, type: 'community', channels: ['email', 'push'], texts, thread: () => 'post:bench' },
]

export const BENCH_NOTICES = createRegistry(notices)
