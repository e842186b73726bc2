import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type pg from 'pg'
import { createTestDatabase, type TestDatabase } from '../../testing/database.ts'
import { insert, makeUser, type Values } from '../../testing/factories.ts'
import { servers } from '../../testing/servers.ts'

type Window = [days: number[], start: string, end: string, zone: string, more?: Values]
type Span = [from: string, until: string]

/** A calendar, and the day that `coach_next_free` finds in it from `now` on. */
type Case = {
  readonly what: string
  readonly now: string
  readonly windows: readonly Window[]
  readonly blocked?: readonly Span[]
  readonly sessions?: readonly (readonly [at: string, minutes: number, status?: string])[]
  readonly free: string | null
}

const [SUN, MON, TUE] = [0, 1, 2]
const DAILY = [0, 1, 2, 3, 4, 5, 6]
const NAIROBI = 'Africa/Nairobi' // +03, always
const CASES: readonly Case[] = [
  {
    what: 'today, when an hour of it is left',
    now: '2026-03-02T13:00:00Z', // Monday, 16:00 in Nairobi
    windows: [[[MON], '09:00', '17:00', NAIROBI]],
    free: '2026-03-02 Africa/Nairobi',
  },
  {
    what: 'next week, when less than an hour is left today',
    now: '2026-03-02T13:00:01Z',
    windows: [[[MON], '09:00', '17:00', NAIROBI]],
    free: '2026-03-09 Africa/Nairobi',
  },
  { what: 'never, without a window', now: '2026-03-02T06:00:00Z', windows: [], free: null },
  {
    what: 'never, when no window is an hour long',
    now: '2026-03-02T06:00:00Z',
    windows: [[DAILY, '09:00', '09:59', NAIROBI]],
    free: null,
  },
  {
    what: 'today, when two windows that touch make an hour',
    now: '2026-03-02T05:00:00Z',
    windows: [
      [[MON], '09:00', '09:30', NAIROBI],
      [[MON], '09:30', '10:00', NAIROBI],
    ],
    free: '2026-03-02 Africa/Nairobi',
  },
  {
    what: 'never, when every window is switched off, over, or begins after sixty days',
    now: '2026-03-02T06:00:00Z',
    windows: [
      [DAILY, '09:00', '17:00', NAIROBI, { is_active: false }],
      [DAILY, '09:00', '17:00', NAIROBI, { effective_until: '2026-03-01' }],
      [DAILY, '09:00', '17:00', NAIROBI, { effective_from: '2026-05-02' }],
    ],
    free: null,
  },
  {
    what: 'the sixtieth day from today',
    now: '2026-03-02T06:00:00Z',
    windows: [[DAILY, '09:00', '17:00', NAIROBI, { effective_from: '2026-05-01' }]],
    free: '2026-05-01 Africa/Nairobi',
  },
  {
    what: 'the first day of a window, and not the weekday before it',
    now: '2026-03-02T06:00:00Z',
    windows: [[[MON], '09:00', '17:00', NAIROBI, { effective_from: '2026-03-03' }]],
    free: '2026-03-09 Africa/Nairobi',
  },
  {
    what: 'the day on the coach’s clock, where it is already tomorrow',
    now: '2026-03-01T22:30:00Z', // Monday 01:30 in Nairobi, still Sunday in London
    windows: [[[MON], '01:00', '03:00', NAIROBI]],
    free: '2026-03-02 Africa/Nairobi',
  },
  {
    what: 'the day on the coach’s clock, where it is still yesterday',
    now: '2026-03-02T02:00:00Z', // Sunday 18:00 in Los Angeles
    windows: [[[SUN], '18:00', '20:00', 'America/Los_Angeles']],
    free: '2026-03-01 America/Los_Angeles',
  },
  {
    what: 'the earliest of two zones',
    now: '2026-03-02T00:00:00Z',
    windows: [
      [[MON], '09:00', '12:00', 'Africa/Dakar'],
      [[MON], '09:00', '12:00', NAIROBI],
    ],
    free: '2026-03-02 Africa/Nairobi',
  },
  {
    what: 'the earliest of two zones across the date line',
    now: '2026-03-02T10:30:00Z', // Monday 00:30 in Honolulu, Tuesday 00:30 on Kiritimati
    windows: [
      [[TUE], '08:00', '12:00', 'Pacific/Kiritimati'],
      [[MON], '07:00', '12:00', 'Pacific/Honolulu'],
    ],
    free: '2026-03-02 Pacific/Honolulu',
  },
  {
    what: 'until midnight',
    now: '2026-03-02T20:00:00Z', // 23:00 in Nairobi
    windows: [[[MON], '22:00', '24:00', NAIROBI]],
    free: '2026-03-02 Africa/Nairobi',
  },
  {
    what: 'over midnight, of the day on which the hour begins',
    now: '2026-03-02T20:30:00Z', // Monday 23:30
    windows: [
      [[MON], '22:00', '24:00', NAIROBI],
      [[TUE], '00:00', '01:00', NAIROBI],
    ],
    free: '2026-03-02 Africa/Nairobi',
  },
  {
    what: 'after the times away, which may leave an hour at an end',
    now: '2026-03-02T05:00:00Z',
    windows: [[[MON], '09:00', '17:00', NAIROBI]],
    blocked: [
      ['2026-03-02T06:00:00Z', '2026-03-02T13:00:00Z'],
      ['2026-03-09T00:00:00Z', '2026-03-10T00:00:00Z'],
    ],
    free: '2026-03-02 Africa/Nairobi',
  },
  {
    what: 'not between times away that leave less than an hour',
    now: '2026-03-02T05:00:00Z',
    windows: [[[MON], '09:00', '17:00', NAIROBI]],
    blocked: [
      ['2026-03-02T06:00:00Z', '2026-03-02T10:00:00Z'],
      ['2026-03-02T10:59:59Z', '2026-03-02T14:00:00Z'],
    ],
    free: '2026-03-09 Africa/Nairobi',
  },
  {
    what: 'never, when away for longer than sixty days, from long ago',
    now: '2026-03-02T05:00:00Z',
    windows: [[DAILY, '09:00', '17:00', NAIROBI]],
    blocked: [['2020-01-01T00:00:00Z', '2026-05-03T00:00:00Z']],
    free: null,
  },
  {
    what: 'around sessions that are booked, and one that goes on',
    now: '2026-03-02T06:30:00Z', // 09:30, in a session since 09:00
    windows: [[[MON], '09:00', '12:00', NAIROBI]],
    sessions: [
      ['2026-03-02T06:00:00Z', 60, 'in_progress'],
      ['2026-03-02T07:00:00Z', 60],
      ['2026-03-02T08:00:00Z', 90, 'confirmed'],
      ['2026-03-09T06:30:00Z', 60],
      ['2026-03-09T08:00:00Z', 60],
    ],
    free: '2026-03-16 Africa/Nairobi',
  },
  {
    what: 'in the time of sessions that will not be',
    now: '2026-03-02T05:00:00Z',
    windows: [[[MON], '09:00', '10:00', NAIROBI]],
    sessions: [
      ['2026-03-02T06:00:00Z', 60, 'cancelled'],
      ['2026-03-02T06:00:00Z', 60, 'no_show'],
    ],
    free: '2026-03-02 Africa/Nairobi',
  },
  {
    what: 'not in a session, however many a window could hold',
    now: '2026-03-02T05:00:00Z',
    windows: [[[MON], '09:00', '10:00', NAIROBI, { max_sessions_per_slot: 5 }]],
    sessions: [['2026-03-02T06:00:00Z', 60]],
    free: '2026-03-09 Africa/Nairobi',
  },
  {
    what: 'at the same wall time once the clocks have gone forward', // New York, 8 March 2026: 14:00 is 18:00Z, not 19:00Z
    now: '2026-03-07T12:00:00Z',
    windows: [[[SUN], '14:00', '15:00', 'America/New_York']],
    sessions: [['2026-03-08T19:00:00Z', 60]],
    free: '2026-03-08 America/New_York',
  },
  {
    what: 'a week later, when its wall time is booked on the day the clocks go forward',
    now: '2026-03-07T12:00:00Z',
    windows: [[[SUN], '14:00', '15:00', 'America/New_York']],
    sessions: [['2026-03-08T18:00:00Z', 60]],
    free: '2026-03-15 America/New_York',
  },
  {
    what: 'not in the hour that the clocks leave out',
    now: '2026-03-07T12:00:00Z',
    windows: [[[SUN], '02:00', '03:00', 'America/New_York']],
    free: '2026-03-15 America/New_York',
  },
  {
    what: 'not in the half of a window that is left, nor in one that would end before it begins',
    now: '2026-03-07T12:00:00Z',
    windows: [
      [[SUN], '01:30', '03:00', 'America/New_York'],
      [[SUN], '02:30', '03:00', 'America/New_York'],
    ],
    free: '2026-03-15 America/New_York',
  },
  {
    what: 'in the hour that comes twice', // New York, 1 November 2026: 01:00 to 02:00 comes at 05:00Z and 06:00Z
    now: '2026-10-31T12:00:00Z',
    windows: [[[SUN], '00:30', '01:30', 'America/New_York']],
    sessions: [['2026-11-01T04:30:00Z', 60]],
    free: '2026-11-01 America/New_York',
  },
]

for (const server of await servers())
  describe(`a coach's next free day on PostgreSQL ${server.version}`, () => {
    let database: TestDatabase
    before(async () => {
      database = await createTestDatabase(server)
    })
    after(() => database.close())

    for (const each of CASES) {
      test(each.what, async () => {
        const coach = await fill(database.owner, each)
        assert.equal(await nextFree(database, coach, each.now), each.free)
      })
    }

    test('is the same whatever zone the server thinks in', async () => {
      for (const each of CASES) {
        const coach = await fill(database.owner, each)
        const client = await database.owner.connect()
        try {
          for (const zone of ['Pacific/Auckland', 'America/Los_Angeles']) {
            await client.query(`SET timezone = '${zone}'`)
            const { rows } = await client.query<{ found: string }>(NEXT_FREE, [coach, each.now])
            assert.equal(rows[0]?.found ?? null, each.free, `${each.what} in ${zone}`)
          }
        } finally {
          await client.query('RESET timezone')
          client.release()
        }
      }
    })

    test('cannot be spoilt by a zone that nobody knows: it is refused', async () => {
      const { id } = await makeUser(database.owner, {}, 'coach')
      await assert.rejects(
        addWindow(database.owner, id, MON, [[MON], '09:00', '10:00', 'Africa/Atlantis']),
        /time zone "Africa\/Atlantis" not recognized/,
      )
    })
  })

const NEXT_FREE = `SELECT day || ' ' || timezone AS found FROM coach_next_free($1, $2)`

async function nextFree({ owner }: TestDatabase, coach: string, now: string): Promise<string | null> {
  const { rows } = await owner.query<{ found: string }>(NEXT_FREE, [coach, now])
  return rows[0]?.found ?? null
}

async function fill(owner: pg.Pool, { windows, blocked = [], sessions = [] }: Case): Promise<string> {
  const { id } = await makeUser(owner, {}, 'coach')
  const mentee_id = (await makeUser(owner)).id
  for (const window of windows) for (const day of window[0]) await addWindow(owner, id, day, window)
  for (const [blocked_from, blocked_until] of blocked) {
    await insert(owner, 'coach_blocked_times', { coach_id: id, blocked_from, blocked_until })
  }
  for (const [scheduled_at, duration_minutes, status = 'scheduled'] of sessions) {
    const when = { scheduled_at, duration_minutes, status, timezone: 'Africa/Nairobi' }
    const session = { coach_id: id, mentee_id, session_type: 'one_on_one', ...when }
    await insert(owner, 'coaching_sessions', session)
  }
  return id
}

function addWindow(owner: pg.Pool, coach_id: string, day: number, [, start, end, timezone, more]: Window) {
  return insert(owner, 'coach_availability', {
    coach_id,
    day_of_week: day,
    start_time: start,
    end_time: end,
    timezone,
    effective_from: '2020-01-01',
    ...more,
  })
}
