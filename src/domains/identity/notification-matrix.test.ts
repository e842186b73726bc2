import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import {
  matrixOf,
  NOTIFICATION_TYPES,
  type NotificationSettings,
  type NotificationType,
  type OptionalChannel,
  wayOut,
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
    channel: OptionalChannel = 'push',
  ) => wayOut(settings, type, channel, new Date(at)).when === 'now'

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

  const until = (settings: NotificationSettings, at: string) => {
    const way = wayOut(settings, 'messages', 'push', new Date(at))
    return way.when === 'later' ? way.at.toISOString() : way.when
  }

  test('end at their end, by the clock of the person, also when it is changed meanwhile', () => {
    for (const [start, end, zone, at, ends] of [
      ['12:00', '14:00', 'Africa/Nairobi', '2026-03-01T09:30:20Z', '2026-03-01T11:00:00.000Z'],
      ['22:00', '06:30', 'Africa/Nairobi', '2026-03-01T19:30:00Z', '2026-03-02T03:30:00.000Z'],
      ['22:00', '06:30', 'Africa/Nairobi', '2026-03-02T03:00:00Z', '2026-03-02T03:30:00.000Z'],
      // An hour less in the night of spring, one more in that of autumn.
      ['22:00', '06:00', 'Europe/Paris', '2026-03-28T21:30:00Z', '2026-03-29T04:00:00.000Z'],
      ['22:00', '06:00', 'Europe/Paris', '2026-10-24T21:30:00Z', '2026-10-25T05:00:00.000Z'],
      ['02:00', '03:00', 'Europe/Paris', '2026-10-25T01:30:00Z', '2026-10-25T02:00:00.000Z'],
      ['22:00', '00:30', 'Africa/Cairo', '2026-04-23T20:00:00Z', '2026-04-23T22:30:00.000Z'],
    ] as const)
      assert.equal(until(quiet(start, end, zone), at), ends, `${end} in ${zone} from ${at}`)
  })

  test('hold back neither what is urgent nor what concerns safety', () => {
    const always = quiet('12:00', '11:59')
    const at = '2026-03-01T09:00:00Z'
    for (const channel of ['email', 'push'] as const) {
      assert.equal(isHeard(always, at, 'security', channel), true)
      assert.equal(isHeard(always, at, 'account', channel), false)
    }
    assert.deepEqual(wayOut(always, 'events', 'push', new Date(at), true), { when: 'now' })
  })
})

describe('a digest', () => {
  const daily: NotificationSettings = { ...defaults, digest: 'daily', email: { all: true, marketing: true } }
  const weekly: NotificationSettings = { ...daily, digest: 'weekly' }

  test('gathers mails that bear waiting, and nothing else', () => {
    const gathered = NOTIFICATION_TYPES.filter((type) => wayOut(daily, type, 'email', noon).when === 'digest')
    assert.deepEqual(gathered, ['learning', 'community', 'partners', 'marketing'])
    assert.equal(wayOut(daily, 'learning', 'push', noon).when, 'now')
    assert.equal(wayOut(daily, 'learning', 'email', noon, true).when, 'now')
  })

  test('comes at eight in the morning of the person, of Mondays with a weekly one, and never within quiet hours', () => {
    const next = (settings: NotificationSettings, at: string) => {
      const way = wayOut(settings, 'community', 'email', new Date(at))
      return way.when === 'digest' ? way.at.toISOString() : way.when
    }
    const late = { ...daily, quiet_hours: { start: '22:00', end: '09:30' } }
    for (const [settings, at, comes] of [
      [daily, '2026-03-01T04:59:00Z', '2026-03-01T05:00:00.000Z'],
      [daily, '2026-03-01T05:00:00Z', '2026-03-02T05:00:00.000Z'],
      [weekly, '2026-03-01T09:00:00Z', '2026-03-02T05:00:00.000Z'],
      [weekly, '2026-03-02T05:00:00Z', '2026-03-09T05:00:00.000Z'],
      [late, '2026-03-01T09:00:00Z', '2026-03-02T06:30:00.000Z'],
      [{ ...daily, timezone: 'Europe/Paris' }, '2026-03-28T12:00:00Z', '2026-03-29T06:00:00.000Z'],
    ] as const)
      assert.equal(next(settings, at), comes, at)
  })
})
