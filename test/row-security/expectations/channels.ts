import { randomBytes, randomUUID } from 'node:crypto'
import type { Case } from '../case.ts'
import type { World } from '../world.ts'

const DUE = '2030-01-01T00:00:00Z'
const MARK = '\\x6d61726b6564'
/** As a literal of SQL. */
const bytes = (length: number) => `\\x${randomBytes(length).toString('hex')}`
const SAID = { title: 'Closed', message: 'On Sunday' }
const WORDS = JSON.stringify({ en: SAID, sw: SAID, fr: SAID })
const SESSION = randomUUID()

/** How people are reached: what their addresses take, what SMS cost, their browsers. */
export const channels = (w: World): Case[] => [
  {
    table: 'broadcasts',
    row: { type: 'account', texts: WORDS, created_by: w.admin },
    added: { type: 'account', texts: WORDS, created_by: w.admin },
    change: { path: '/events' },
    select: 'staff',
    insert: 'admin',
    update: 'staff',
    delete: 'staff',
    jobs: 'select update',
    tries: [
      {
        by: 'admin',
        why: 'write it in another’s name',
        insert: { type: 'account', texts: WORDS, created_by: w.clerk },
      },
    ],
  },
  {
    table: 'mail_suppressions',
    row: { user_id: w.owner, address_mark: MARK, reason: 'gone' },
    added: { user_id: w.stranger, address_mark: MARK, reason: 'gone' },
    change: { lifted_at: DUE },
    select: 'owner staff',
    insert: 'nobody',
    update: 'nobody',
    delete: 'nobody',
    jobs: 'select delete',
  },
  {
    table: 'mail_bounces',
    row: { report_hash: bytes(32), user_id: w.owner, address_mark: MARK, is_gone: true },
    added: { report_hash: bytes(32), user_id: w.stranger, address_mark: MARK, is_gone: true },
    change: { is_gone: false },
    select: 'nobody',
    insert: 'nobody',
    update: 'nobody',
    delete: 'nobody',
    jobs: 'select delete',
  },
  {
    table: 'sms_months',
    row: { month: '2024-01-01' },
    added: { month: '2024-02-01' },
    change: { spent_minor: 1 },
    select: 'staff',
    insert: 'nobody',
    update: 'nobody',
    delete: 'nobody',
  },
  {
    table: 'sms_charges',
    row: { message_id: randomUUID(), month: '2024-01-01', purpose: 'code', segments: 1, reserved_minor: 80 },
    change: { report: 'Success' },
    select: 'staff',
    insert: 'nobody',
    update: 'nobody',
    delete: 'nobody',
  },
  {
    table: 'sessions',
    name: 'of a browser that is told by push',
    row: { session_id: SESSION, user_id: w.owner, token_hash: 'x', expires_at: DUE },
    fresh: { session_id: randomUUID(), user_id: w.owner, token_hash: 'y', expires_at: DUE },
    change: { country: 'KE' },
    select: 'owner staff',
    insert: 'owner',
    update: 'owner',
    delete: 'owner staff',
  },
  {
    table: 'push_subscriptions',
    row: {
      user_id: w.owner,
      session_id: SESSION,
      service: 'push.example.org',
      endpoint_cipher: bytes(60),
      endpoint_index: bytes(32),
      keys_cipher: bytes(60),
    },
    added: {
      user_id: w.owner,
      session_id: SESSION,
      service: 'push.example.org',
      endpoint_cipher: bytes(60),
      endpoint_index: bytes(32),
      keys_cipher: bytes(60),
    },
    change: { failures: 1 },
    select: 'owner',
    insert: 'nobody',
    update: 'nobody',
    delete: 'owner',
    jobs: 'select update delete',
  },
  {
    table: 'push_offers',
    row: { user_id: w.owner, answer: 'not_now' },
    fresh: { user_id: w.stranger, answer: 'yes' },
    change: { answer: 'yes' },
    select: 'owner',
    insert: 'stranger',
    update: 'owner',
    delete: 'nobody',
    jobs: 'select delete',
    tries: [
      { by: 'stranger', why: 'answer for another', insert: { user_id: w.hermit, answer: 'yes' } },
      { by: 'owner', why: 'make it another’s', update: { user_id: w.hermit } },
    ],
  },
]
