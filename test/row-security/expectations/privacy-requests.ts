import { randomUUID } from 'node:crypto'
import type { Case } from '../case.ts'
import type { World } from '../world.ts'

const DUE = '2030-01-01T00:00:00Z'
const REQUESTS = { owners: randomUUID(), admins: randomUUID() }

export const privacyRequests = (w: World): Case[] => [
  {
    table: 'privacy_requests',
    row: { request_id: REQUESTS.owners, user_id: w.owner, kind: 'access' },
    fresh: { request_id: randomUUID(), kind: 'erasure' },
    change: { status: 'in_progress', handled_by: w.admin },
    select: 'owner staff',
    insert: 'owner',
    update: 'admin',
    delete: 'nobody',
    jobs: 'select delete',
    tries: [
      {
        by: 'owner',
        why: 'answer it oneself',
        update: { status: 'answered', outcome: 'fulfilled', answer: 'Yes', handled_by: w.owner },
      },
      { by: 'owner', why: 'ask in another’s name', insert: { user_id: w.stranger, kind: 'access' } },
      {
        by: 'admin',
        why: 'say that another took it',
        update: { status: 'in_progress', handled_by: w.clerk },
      },
    ],
  },
  {
    table: 'privacy_requests',
    name: 'of one of staff',
    row: { request_id: REQUESTS.admins, user_id: w.admin, kind: 'access' },
    fresh: { request_id: randomUUID(), kind: 'erasure' },
    change: { status: 'in_progress', handled_by: w.admin },
    select: 'staff',
    insert: 'admin',
    update: 'nobody',
    delete: 'nobody',
    jobs: 'select delete',
  },
  {
    table: 'privacy_requests',
    name: 'that is withdrawn',
    row: { user_id: w.owner, kind: 'rectification' },
    fresh: { request_id: randomUUID(), kind: 'objection' },
    change: { status: 'withdrawn' },
    select: 'owner staff',
    insert: 'owner',
    update: 'owner',
    delete: 'nobody',
    jobs: 'select delete',
  },
  {
    table: 'privacy_request_events',
    row: { request_id: REQUESTS.owners, user_id: w.owner, event: 'taken', due_at: DUE },
    change: { note: 'Changed' },
    select: 'owner staff',
    insert: 'nobody',
    update: 'nobody',
    delete: 'nobody',
    jobs: 'select delete',
  },
  {
    table: 'inactivity_notices',
    row: { user_id: w.owner },
    fresh: { user_id: w.stranger },
    change: { warned_at: DUE },
    select: 'owner',
    insert: 'nobody',
    update: 'nobody',
    delete: 'nobody',
    jobs: 'select insert delete',
  },
  {
    table: 'retention_runs',
    row: { rule: 'messages', dry_run: true, found: 1 },
    change: { done: 1 },
    select: 'nobody',
    insert: 'nobody',
    update: 'nobody',
    delete: 'nobody',
  },
]
