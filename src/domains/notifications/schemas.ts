import { Type } from 'typebox'
import { Closed, Nullable, PageQuery, Timestamp, Uuid } from '../../platform/http/index.ts'
import { PersonCard } from '../identity/index.ts'

export const NotificationQuery = PageQuery({
  unread: Type.Optional(Type.Boolean({ description: 'true: only what is not read yet' })),
})

const Notification = Closed({
  notification_id: Uuid,
  type: Type.String({ description: 'message, comment, mention, enrollment …' }),
  title: Type.String(),
  message: Type.String(),
  action_url: Nullable(Type.String({ description: 'A path of this site' })),
  reference_type: Nullable(Type.String()),
  reference_id: Nullable(Uuid),
  actor: Nullable(PersonCard),
  is_read: Type.Boolean(),
  created_at: Timestamp,
})

export const Notifications = Closed({
  items: Type.Array(Notification),
  next_cursor: Nullable(Type.String()),
  unread_count: Type.Integer({ maximum: 100, description: '100: a hundred or more' }),
})

export const NotificationPath = Closed({ notification_id: Uuid })

export const ReadUpTo = Closed({
  up_to: Type.String({
    format: 'uuid',
    description: 'The newest one that was seen: what came after it stays unread',
  }),
})
