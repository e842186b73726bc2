import type pg from 'pg'
import { readConfig } from '../../src/platform/config.ts'
import { createFieldCipher } from '../../src/platform/crypto/fields.ts'
import { keyRingOf } from '../../src/platform/crypto/key-ring.ts'
import { wallTime } from '../../src/platform/time-zones.ts'
import { TEST_SECRET } from '../../src/testing/database.ts'

/** How somebody wants to be told; drawn by their number, so that two runs draw the same. */
export type Persona = {
  readonly id: string
  readonly email: string
  readonly language: 'en' | 'sw' | 'fr'
  readonly timezone: string
  readonly mailOn: boolean
  readonly proven: boolean
  readonly smsOn: boolean
  readonly phone: string | null
  /** At this moment, and not three hours later. */
  readonly quiet: boolean
  readonly digest: 'off' | 'daily' | 'weekly'
  readonly muted: boolean
}

const ZONES = [
  'Africa/Nairobi',
  'Africa/Lagos',
  'Africa/Cairo',
  'Africa/Johannesburg',
  'Europe/Paris',
  'America/New_York',
]

export function personas(count: number): Omit<Persona, 'id'>[] {
  return Array.from({ length: count }, (_, n) => ({
    email: `told-${n}@example.com`,
    language: (['en', 'sw', 'fr'] as const)[n % 3]!,
    timezone: ZONES[n % ZONES.length]!,
    mailOn: n % 5 !== 0,
    proven: n % 11 !== 0,
    smsOn: n % 4 === 0,
    phone: n % 8 === 0 ? `+2547${String(10_000_000 + n)}` : null,
    quiet: n % 7 === 0,
    digest: n % 13 === 0 ? 'daily' : n % 17 === 0 ? 'weekly' : 'off',
    muted: n % 29 === 0,
  }))
}

/** Registers them, past row security. */
export async function register(
  owner: pg.Pool,
  actor: string,
  all: readonly Omit<Persona, 'id'>[],
): Promise<Persona[]> {
  const fields = createFieldCipher(keyRingOf({ ...readConfig({ NODE_ENV: 'test' }), secretKey: TEST_SECRET }))
  const made: Persona[] = []
  for (const one of all) {
    const { rows } = await owner.query<{ user_id: string }>(
      `INSERT INTO users (email, username, full_name, password_hash, email_verified)
       VALUES ($1::text, $2::text, $2::text, 'none', $3::boolean) RETURNING user_id`,
      [one.email, one.email.replace('@example.com', ''), one.proven],
    )
    const id = rows[0]!.user_id
    const [start, end] = one.quiet ? [hour(one.timezone, -1), hour(one.timezone, 2)] : [null, null]
    await owner.query(
      `INSERT INTO user_settings (user_id, language, timezone, email_notifications, sms_notifications, quiet_hours_start, quiet_hours_end, notification_digest)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
      [
        id,
        one.language,
        one.timezone,
        JSON.stringify({ all: one.mailOn }),
        JSON.stringify({ all: one.smsOn }),
        start,
        end,
        one.digest,
      ],
    )
    if (one.phone !== null) {
      const cipher = fields.seal(`users.phone_cipher:${id}`, one.phone)
      await owner.query(
        `UPDATE users SET phone_cipher = $2, phone_index = sha256(user_id::text::bytea), phone_number = '…', phone_verified = true WHERE user_id = $1`,
        [id, cipher],
      )
    }
    if (one.muted) await owner.query('INSERT INTO user_mutes VALUES ($1, $2)', [id, actor])
    made.push({ id, ...one })
  }
  return made
}

/** What the clock there shows so many hours from now, on the hour. */
function hour(zone: string, ahead: number): string {
  return `${wallTime(new Date(Date.now() + ahead * 3_600_000), zone).slice(0, 2)}:00`
}

export type Expected = { readonly now: number; readonly later: number; readonly never: number }

/** What each way should bring, by the people's own words: at once, once quiet hours and the wait for a digest are over, or not at all. */
export function expected(
  people: readonly Persona[],
): Readonly<Record<'in_app' | 'email' | 'sms' | 'push', Expected>> {
  const count = (is: (one: Persona) => 'now' | 'later' | 'never') => {
    const all = people.map(is)
    const of = (which: string) => all.filter((one) => one === which).length
    return { now: of('now'), later: of('later'), never: of('never') }
  }
  return {
    in_app: count(({ muted }) => (muted ? 'never' : 'now')),
    email: count(({ muted, mailOn, proven, quiet, digest }) =>
      muted || !mailOn || !proven ? 'never' : quiet || digest !== 'off' ? 'later' : 'now',
    ),
    sms: count(({ muted, smsOn, phone, quiet }) =>
      muted || !smsOn || phone === null ? 'never' : quiet ? 'later' : 'now',
    ),
    push: count(() => 'never'),
  }
}
