import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isTimeZone, wallTime } from './time-zones.ts'

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
