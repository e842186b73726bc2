import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import {
  type Channel,
  isWelcome,
  matrixOf,
  NOTIFICATION_TYPES,
  type NotificationSettings,
  type NotificationType,
} from './notification-matrix.ts'

const defaults: NotificationSettings = {
  email: { all: true },
  sms: { all: false },
  push: { all: true },
  quiet_hours: null,
  digest: 'off',
  timezone: 'Africa/Nairobi',
}
const noon = new Date('2026-03-01T09:00:00Z')

describe('the matrix of notifications', () => {
  test('means every type by all, but for marketing', () => {
    const all = matrixOf({ ...defaults, sms: { all: true } })
    for (const type of NOTIFICATION_TYPES)
      assert.equal(all[type].sms && all[type].email && all[type].push, type !== 'marketing', type)
    const none = matrixOf({ ...defaults, email: { all: false }, push: {} })
    assert.deepEqual(
      NOTIFICATION_TYPES.filter((type) => none[type].email || none[type].push),
      ['security'],
    )
  })

  test('lets a type differ from all, either way', () => {
    const { events, learning, marketing } = matrixOf({
      ...defaults,
      email: { all: true, events: false, marketing: true },
      sms: { all: false, learning: true },
    })
    assert.deepEqual(
      [events.email, learning.sms, marketing.email, marketing.push],
      [false, true, true, false],
    )
  })
})

describe('quiet hours', () => {
  const quiet = (start: string, end: string, timezone = 'Africa/Nairobi') => ({
    ...defaults,
    quiet_hours: { start, end },
    timezone,
  })
  const isHeard = (
    settings: NotificationSettings,
    at: string,
    type: NotificationType = 'messages',
    channel: Channel = 'push',
  ) => isWelcome(settings, type, channel, new Date(at))

  test('hold back from their start until just before their end, by the clock of the person', () => {
    const lunch = quiet('12:00', '14:00')
    for (const [at, heard] of [
      ['2026-03-01T08:59:59Z', true],
      ['2026-03-01T09:00:00Z', false],
      ['2026-03-01T10:59:59Z', false],
      ['2026-03-01T11:00:00Z', true],
    ] as const)
      assert.equal(isHeard(lunch, at), heard, at)
  })

  test('go on across midnight', () => {
    const night = quiet('22:00', '06:30')
    for (const [at, heard] of [
      ['2026-03-01T18:59:00Z', true],
      ['2026-03-01T19:00:00Z', false],
      ['2026-03-01T20:59:00Z', false],
      ['2026-03-01T21:00:00Z', false],
      ['2026-03-02T03:29:00Z', false],
      ['2026-03-02T03:30:00Z', true],
    ] as const)
      assert.equal(isHeard(night, at), heard, at)
  })

  test('stay where they are on the wall when its clock is changed', () => {
    // Cairo put its clocks forward at midnight of 24 April 2026: 23:59 (UTC+2) was followed by 01:00 (UTC+3).
    const cairo = quiet('22:00', '06:00', 'Africa/Cairo')
    for (const [at, heard] of [
      ['2026-04-23T19:59:00Z', true],
      ['2026-04-23T20:00:00Z', false],
      ['2026-04-23T22:00:00Z', false],
      ['2026-04-24T02:59:00Z', false],
      ['2026-04-24T03:00:00Z', true],
      ['2026-04-24T18:59:00Z', true],
      ['2026-04-24T19:00:00Z', false],
    ] as const)
      assert.equal(isHeard(cairo, at), heard, at)
    // Paris puts them back at 03:00 of 25 October 2026: the hour after 02:00 comes twice, and is quiet twice.
    const paris = quiet('02:00', '03:00', 'Europe/Paris')
    for (const [at, heard] of [
      ['2026-10-24T23:59:00Z', true],
      ['2026-10-25T00:30:00Z', false],
      ['2026-10-25T01:30:00Z', false],
      ['2026-10-25T02:00:00Z', true],
    ] as const)
      assert.equal(isHeard(paris, at), heard, at)
  })

  test('hold back neither what concerns safety nor the list in the application', () => {
    const always = quiet('12:00', '11:59')
    const at = '2026-03-01T09:00:00Z'
    for (const channel of ['email', 'push'] as const) {
      assert.equal(isHeard(always, at, 'security', channel), true)
      assert.equal(isHeard(always, at, 'account', channel), false)
    }
    assert.equal(isHeard(always, at, 'community', 'in_app'), true)
  })
})

test('a digest gathers mails that bear waiting, and nothing else', () => {
  const daily: NotificationSettings = { ...defaults, digest: 'daily', email: { all: true, marketing: true } }
  const gathered = NOTIFICATION_TYPES.filter((type) => !isWelcome(daily, type, 'email', noon))
  assert.deepEqual(gathered, ['learning', 'community', 'partners', 'marketing'])
  assert.equal(isWelcome(daily, 'learning', 'push', noon), true)
})
