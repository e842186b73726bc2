import { Type } from 'typebox'
import { Closed, Nullable, PageQuery, Timestamp, Uuid } from '../../platform/http/index.ts'
import { PersonCard } from '../identity/index.ts'

export const NotificationQuery = PageQuery({
  unread: Type.Optional(Type.Boolean({ description: 'true: only what is not read yet' })),
  archived: Type.Optional(Type.Boolean({ description: 'true: only what was put aside' })),
  grouped: Type.Optional(
    Type.Boolean({ description: 'true: of each thread only its newest, with how many there are' }),
  ),
  thread_key: Type.Optional(Type.String({ maxLength: 100, description: 'Only those of this thread' })),
})

const NOTIFICATION = {
  notification_id: Uuid,
  seq: Type.Integer({ description: 'The reader’s own numbering, without a gap' }),
  kind: Nullable(Type.String({ description: 'What happened: community.comment_created' })),
  type: Type.String({ description: 'The row of the matrix: community, learning, account …' }),
  title: Type.String(),
  message: Type.String(),
  action_url: Nullable(Type.String({ description: 'A path of this site, in no language' })),
  action_label: Nullable(Type.String({ description: 'What opens it, in words' })),
  reference_type: Nullable(Type.String()),
  reference_id: Nullable(Uuid),
  actor: Nullable(PersonCard),
  thread_key: Nullable(Type.String({ description: 'What it is grouped and muted by' })),
  is_read: Type.Boolean(),
  archived_at: Nullable(Timestamp),
  created_at: Timestamp,
} as const

/** As streams carry it. */
export const Notification = Closed(NOTIFICATION)

const Thread = Closed({
  count: Type.Integer({ maximum: 100, description: '100: a hundred or more' }),
  unread: Type.Integer({ maximum: 100 }),
  people: Type.Integer({ maximum: 100, description: 'How many different people caused them' }),
})

export const Notifications = Closed({
  items: Type.Array(Closed({ ...NOTIFICATION, thread: Nullable(Thread) })),
  next_cursor: Nullable(Type.String()),
  unread_count: Type.Integer(),
})

export const UnreadCount = Closed({ unread_count: Type.Integer() })

export const NotificationPath = Closed({ notification_id: Uuid })

export const UpTo = Closed({
  up_to: Type.String({
    format: 'uuid',
    description: 'The newest one that was seen: what came after it stays as it is',
  }),
  thread_key: Type.Optional(Type.String({ maxLength: 100, description: 'Only those of this thread' })),
})

const ThreadKey = Type.String({ pattern: '^[a-z_]{1,30}(?::[\\w-]{1,60})?$', examples: ['post:0198…'] })

export const ThreadPath = Closed({ thread_key: ThreadKey })

export const Mutes = Closed({
  items: Type.Array(
    Closed({ thread_key: Type.String(), muted_at: Timestamp, latest: Nullable(Notification) }),
    { description: 'The newest two hundred' },
  ),
})
