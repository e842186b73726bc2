import { randomUUID } from 'node:crypto'
import type { Case } from '../case.ts'
import { timedId, type World } from '../world.ts'

export const content = (w: World): Case[] => [
  {
    table: 'notifications',
    row: { ...told(), user_id: w.owner, notification_type: 'comment', title: 'New', message: 'A comment' },
    fresh: told(),
    change: { is_read: true },
    select: 'owner',
    insert: 'nobody',
    update: 'owner',
    delete: 'owner',
    tries: [{ by: 'owner', why: 'pass it on', update: { user_id: w.stranger } }],
  },
  {
    table: 'notification_deliveries',
    row: { source_event: randomUUID(), user_id: w.owner, channel: 'email' },
    fresh: { source_event: randomUUID() },
    change: { accepted_at: '2025-01-01T00:00:00Z' },
    select: 'owner staff',
    insert: 'nobody',
    update: 'nobody',
    delete: 'nobody',
  },
  {
    table: 'notification_counters',
    // The row is there since its person was told something.
    row: { user_id: w.stranger },
    fresh: { user_id: w.friend },
    change: { unread: 3 },
    select: 'stranger',
    insert: 'nobody',
    update: 'nobody',
    delete: 'nobody',
  },
  {
    table: 'notification_mutes',
    row: { user_id: w.owner, thread_key: 'post:1' },
    fresh: { thread_key: 'post:2' },
    change: { thread_key: 'post:3' },
    select: 'owner',
    insert: 'owner',
    update: 'nobody',
    delete: 'owner',
    jobs: 'select delete',
    tries: [
      {
        by: 'owner',
        why: 'close the ears of another',
        insert: { user_id: w.stranger, thread_key: 'post:1' },
      },
    ],
  },
  {
    table: 'facts',
    row: { name: 'test.happened' },
    change: { params: '{"a":1}' },
    select: 'nobody',
    insert: 'nobody',
    update: 'nobody',
    delete: 'nobody',
  },
  {
    table: 'content_approvals',
    row: {
      content_type: 'post',
      content_id: w.post,
      current_stage: 'editorial_review',
      submitted_by: w.owner,
    },
    fresh: { content_id: randomUUID() },
    change: { editorial_notes: 'Changed' },
    select: 'owner staff',
    insert: 'owner',
    update: 'staff',
    delete: 'nobody',
    tries: [
      {
        by: 'owner',
        why: 'approve oneself',
        insert: {
          content_type: 'post',
          content_id: randomUUID(),
          current_stage: 'approved',
          submitted_by: w.owner,
        },
      },
    ],
  },
  {
    table: 'media_assets',
    row: {
      filename: 'a.jpg',
      file_type: 'image/jpeg',
      file_size_bytes: 1,
      storage_key: 'a',
      uploaded_by: w.owner,
    },
    change: { usage_type: 'profile_photo' },
    select: 'owner staff',
    insert: 'owner',
    update: 'owner',
    delete: 'owner staff',
    tries: [{ by: 'owner', why: 'blame another', update: { uploaded_by: w.stranger } }],
  },
  {
    table: 'faq_votes',
    row: { faq_id: w.faqs[0], user_id: w.owner },
    fresh: { faq_id: w.faqs[1] },
    change: { created_at: '2025-01-01T00:00:00Z' },
    select: 'owner',
    insert: 'owner',
    update: 'nobody',
    delete: 'owner',
    jobs: 'select delete',
    tries: [
      { by: 'owner', why: 'vote in another’s name', insert: { faq_id: w.faqs[1], user_id: w.stranger } },
    ],
  },
  {
    table: 'faqs',
    name: 'published',
    row: { category: 'start', question: 'How?', answer: 'So.', is_published: true },
    change: { answer: 'Changed' },
    select: 'everyone',
    insert: 'staff',
    update: 'staff',
    delete: 'staff',
  },
  {
    table: 'faqs',
    name: 'a draft',
    row: { category: 'start', question: 'When?', answer: 'Soon.', is_published: false },
    change: { answer: 'Changed' },
    select: 'staff',
    insert: 'staff',
    update: 'staff',
    delete: 'staff',
  },
]

function told() {
  const { id, time } = timedId()
  return { notification_id: id, created_at: time }
}
