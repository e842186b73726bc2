import assert from 'node:assert/strict'
import { test } from 'node:test'
import { instantOf, isTimeZone, wallClock, wallTime } from './time-zones.ts'

test('a zone is one of the IANA names, present or former', () => {
  for (const name of [
    'Africa/Nairobi',
    'Africa/Porto-Novo',
    'America/Argentina/Ushuaia',
    'Asia/Calcutta',
    'Etc/GMT+3',
    'UTC',
  ])
    assert.ok(isTimeZone(name), name)
  for (const name of [
    '',
    'Nairobi',
    'africa/nairobi',
    'Africa/Atlantis',
    'EST',
    'EST5EDT',
    '+03:00',
    'UTC+3',
    '../etc/passwd',
  ])
    assert.ok(!isTimeZone(name), name)
})

test('the clocks of a zone show midnight as 00:00, and its changes', () => {
  assert.equal(wallTime(new Date('2026-03-01T21:00:00Z'), 'Africa/Nairobi'), '00:00')
  assert.equal(wallTime(new Date('2026-03-29T00:59:00Z'), 'Europe/Paris'), '01:59')
  assert.equal(wallTime(new Date('2026-03-29T01:00:00Z'), 'Europe/Paris'), '03:00')
})

test('a wall time is one moment: the first of two, and what no clock shows is as much later as clocks go forward', () => {
  for (const [wall, zone, instant] of [
    ['2026-03-28T09:00', 'Africa/Nairobi', '2026-03-28T06:00:00.000Z'],
    ['2026-03-28T09:00', 'Africa/Casablanca', '2026-03-28T08:00:00.000Z'],
    ['2026-03-29T01:59', 'Europe/Paris', '2026-03-29T00:59:00.000Z'],
    ['2026-03-29T02:30', 'Europe/Paris', '2026-03-29T01:30:00.000Z'],
    ['2026-03-29T03:30', 'Europe/Paris', '2026-03-29T01:30:00.000Z'],
    ['2026-10-25T02:30', 'Europe/Paris', '2026-10-25T00:30:00.000Z'],
    ['2026-10-25T03:00', 'Europe/Paris', '2026-10-25T02:00:00.000Z'],
    // Cairo had no midnight: 23:59 was followed by 01:00.
    ['2026-04-24T00:00', 'Africa/Cairo', '2026-04-23T22:00:00.000Z'],
    ['2026-04-23T23:59', 'Africa/Cairo', '2026-04-23T21:59:00.000Z'],
    ['2026-01-01T00:00', 'Pacific/Kiritimati', '2025-12-31T10:00:00.000Z'],
    ['2026-07-01T12:00', 'America/St_Johns', '2026-07-01T14:30:00.000Z'],
  ] as const)
    assert.equal(instantOf(wall, zone).toISOString(), instant, `${wall} in ${zone}`)
})

test('the wall shows day and time across the end of a year and a change of clocks', () => {
  assert.equal(wallClock(new Date('2025-12-31T22:30:00Z'), 'Africa/Nairobi'), '2026-01-01T01:30')
  assert.equal(wallClock(new Date('2026-03-29T01:00:00Z'), 'Europe/Paris'), '2026-03-29T03:00')
})
