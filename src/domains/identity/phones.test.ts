import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { type Client, clientOf, signIn, startApp, type TestApp } from '../../testing/client.ts'
import { fixedClock } from '../../testing/clock.ts'
import { createTestDatabase, type TestDatabase } from '../../testing/database.ts'
import { makeUser, type TestUser } from '../../testing/factories.ts'
import { type Mailbox, openMailbox } from '../../testing/mailbox.ts'
import { maskedNumber } from './phones.ts'

type Phone = {
  phone_number: string | null
  pending: { phone_number: string; code_expires_at: string | null; attempts_left: number } | null
  code: string
}
type Person = TestUser & { readonly client: Client }

describe('a phone number', () => {
  let database: TestDatabase
  let app: TestApp
  let mailbox: Mailbox
  const clock = fixedClock(new Date())
  before(async () => {
    database = await createTestDatabase()
    app = await startApp(database, { services: { clock } })
    mailbox = await openMailbox(app)
  })
  after(async () => {
    await mailbox.stop()
    await app.close()
    await database.close()
  })

  let numbers = 0
  const newNumber = () => `+2547${String(++numbers).padStart(8, '0')}`
  const someone = async (...roles: string[]): Promise<Person> => {
    const user = await makeUser(database.owner, {}, ...roles)
    return { ...user, client: await signIn(app, user) }
  }
  const ask = ({ client }: Person, phone_number: string) =>
    client.put<Phone>('/api/v1/me/phone', { phone_number })
  const answer = ({ client }: Person, code: string) =>
    client.post<Phone>('/api/v1/me/phone/verification', { code })
  /** The code of the nth message to this number, once it is there. */
  const codeTo = async (number: string, nth = 1) => {
    const messages = await mailbox.to(number, nth)
    return /^(\d{6}) /.exec(messages[nth - 1]?.text ?? '')?.[1] ?? ''
  }
  const wrongFor = (code: string) => (code === '000000' ? '000001' : '000000')
  const prove = async (person: Person, number: string) => {
    assert.equal((await ask(person, number)).status, 202)
    const reply = await answer(person, await codeTo(number))
    assert.equal(reply.status, 200, reply.text)
    return reply.body
  }
  const rowOf = async ({ id }: TestUser) =>
    (await database.owner.query('SELECT * FROM users WHERE user_id = $1', [id])).rows[0]

  test('is proven by the code that was sent to it, kept sealed, and shown whole to its owner alone', async () => {
    const [amina, number] = [await someone(), newNumber()]
    const asked = await ask(amina, number)
    assert.deepEqual([asked.status, asked.body.phone_number], [202, null])
    assert.equal(asked.body.pending?.phone_number, maskedNumber(number))
    const proven = await answer(amina, await codeTo(number))
    assert.deepEqual([proven.status, proven.body], [200, { phone_number: number, pending: null }])
    const me = (await amina.client.get<Record<string, unknown>>('/api/v1/me')).body
    assert.deepEqual([me.phone_number, me.phone_verified], [maskedNumber(number), true])
    assert.ok(!JSON.stringify(await rowOf(amina)).includes(number.slice(1)))
    const { rows } = await database.owner.query(
      `SELECT action, changes::text AS changes FROM audit_logs WHERE user_id = $1 AND action LIKE 'identity.phone%' ORDER BY log_id`,
      [amina.id],
    )
    assert.deepEqual(rows, [
      { action: 'identity.phone_verification_requested', changes: null },
      {
        action: 'identity.phone_changed',
        changes: '["phone_number", "phone_cipher", "phone_index", "phone_verified"]',
      },
    ])
  })

  test('neither number nor code stands in a table, in the queue or in the outgoing message', async () => {
    const [amina, number] = [await someone(), newNumber()]
    await ask(amina, number)
    const code = await codeTo(number)
    for (const table of [
      'outgoing_messages',
      'phone_verifications',
      'audit_logs',
      'graphile_worker._private_jobs',
    ]) {
      const { rows } = await database.owner.query(`SELECT t::text AS text FROM ${table} t`)
      const digits = number.slice(1)
      for (const { text } of rows) assert.ok(!text.includes(digits) && !text.includes(`"${code}"`), table)
    }
  })

  test('five wrong codes and the right one is worth nothing; each is counted though it fails', async () => {
    const [amina, number] = [await someone(), newNumber()]
    await ask(amina, number)
    const code = await codeTo(number)
    for (let left = 4; left >= 0; left--) {
      const reply = await answer(amina, wrongFor(code))
      assert.deepEqual([reply.status, reply.body.code], [400, 'phone.code_wrong'])
      const { pending } = (await amina.client.get<Phone>('/api/v1/me/phone')).body
      assert.equal(pending?.attempts_left, left)
    }
    assert.equal((await answer(amina, code)).body.code, 'phone.code_wrong')
  })

  test('of twenty guesses at once five are looked at', async () => {
    const [amina, number] = [await someone(), newNumber()]
    await ask(amina, number)
    const code = await codeTo(number)
    await Promise.all(Array.from({ length: 20 }, () => answer(amina, wrongFor(code))))
    assert.equal((await answer(amina, code)).status, 400)
    const { rows } = await database.owner.query(
      'SELECT attempts FROM phone_verifications WHERE user_id = $1',
      [amina.id],
    )
    assert.equal(Number(rows[0].attempts), 5)
  })

  test('of two uses of one code at once, one wins', async () => {
    const [amina, number] = [await someone(), newNumber()]
    await ask(amina, number)
    const code = await codeTo(number)
    const replies = await Promise.all([answer(amina, code), answer(amina, code), answer(amina, code)])
    assert.deepEqual(replies.map(({ status }) => status).sort(), [200, 400, 400])
  })

  test('a code is good for ten minutes, for its own number and its own account', async () => {
    const [amina, juma, number] = [await someone(), await someone(), newNumber()]
    await ask(amina, number)
    const code = await codeTo(number)
    await ask(juma, newNumber())
    assert.equal((await answer(juma, code)).status, 400)
    await database.owner.query(
      `UPDATE phone_verifications SET code_expires_at = now() - interval '1 second' WHERE user_id = $1`,
      [amina.id],
    )
    assert.equal((await answer(amina, code)).status, 400)
    await ask(amina, newNumber())
    assert.equal((await answer(amina, code)).status, 400, 'a code for another number')
  })

  test('that another account has is asked for in the same words, and goes to who proves it, which the other is told', async () => {
    const [amina, juma, number] = [await someone(), await someone(), newNumber()]
    await prove(amina, number)
    const free = await ask(juma, newNumber())
    const taken = await ask(juma, number)
    assert.deepEqual(
      [taken.status, Object.keys(taken.body), taken.body.pending?.attempts_left],
      [free.status, Object.keys(free.body), free.body.pending?.attempts_left],
    )
    assert.equal((await rowOf(amina)).phone_verified, 't', 'asking takes nothing away')
    const second = await codeTo(number, 2)
    assert.deepEqual((await answer(juma, second)).body, { phone_number: number, pending: null })
    const row = await rowOf(amina)
    assert.deepEqual(
      [row.phone_number, row.phone_cipher, row.phone_index, row.phone_verified],
      [null, null, null, 'f'],
    )
    const me = await amina.client.get<{ phone_number: string | null }>('/api/v1/me')
    assert.equal(me.body.phone_number, null)
    const mail = await mailbox.about(amina.email, /phone number/)
    assert.ok(!mail.text.includes(number) && !mail.text.includes(juma.email))
  })

  test('two accounts that prove one number at once: one of them has it', async () => {
    const [amina, juma, number] = [await someone(), await someone(), newNumber()]
    await ask(amina, number)
    const first = await codeTo(number)
    await ask(juma, number)
    const second = await codeTo(number, 2)
    const replies = await Promise.all([answer(amina, first), answer(juma, second)])
    assert.deepEqual(
      replies.map(({ status }) => status),
      [200, 200],
    )
    const { rows } = await database.owner.query(
      `SELECT count(*)::int AS n FROM users WHERE user_id = ANY ($1) AND phone_verified`,
      [[amina.id, juma.id]],
    )
    assert.equal(Number(rows[0].n), 1)
  })

  test('gets three codes an hour, and the fourth request leaves the third’s code good', async () => {
    const [amina, number] = [await someone(), newNumber()]
    let code = ''
    for (let nth = 1; nth <= 3; nth++) {
      assert.equal((await ask(amina, number)).status, 202)
      code = await codeTo(number, nth)
    }
    const refused = await ask(amina, number)
    assert.deepEqual([refused.status, refused.body.code], [429, 'phone.too_many_codes'])
    assert.equal((await answer(amina, code)).status, 200)
  })

  test('is refused unless it is E.164, and asks for a recent proof to be changed or removed', async () => {
    const amina = await someone()
    for (const number of [
      '0712345678',
      '+0712345678',
      '254712345678',
      '+254 712 345 678',
      '+25471',
      `+${'2'.repeat(16)}`,
      '+25471234567a',
    ])
      assert.equal((await ask(amina, number)).status, 400, number)
    clock.advance(11 * 60_000)
    for (const reply of [await ask(amina, newNumber()), await amina.client.delete<Phone>('/api/v1/me/phone')])
      assert.deepEqual([reply.status, reply.body.code], [403, 'auth.step_up_required'])
    clock.advance(-11 * 60_000)
    assert.equal((await ask(amina, newNumber())).status, 202)
  })

  test('is forgotten at a word, and so is the one that waits', async () => {
    const amina = await someone()
    await prove(amina, newNumber())
    await ask(amina, newNumber())
    assert.equal((await amina.client.delete('/api/v1/me/phone')).status, 204)
    assert.deepEqual((await amina.client.get('/api/v1/me/phone')).body, { phone_number: null, pending: null })
    assert.equal((await amina.client.delete('/api/v1/me/phone')).status, 204)
  })

  test('is read whole by staff, and by members where its owner shows it, which leaves a trace; by nobody else', async () => {
    const [amina, juma, admin, number] = [
      await someone(),
      await someone(),
      await someone('admin'),
      newNumber(),
    ]
    await prove(amina, number)
    const address = `/api/v1/people/${amina.id}/phone`
    assert.equal((await juma.client.get(address)).status, 404)
    assert.equal((await clientOf(app).get(address)).status, 401)
    const shown = { user_id: amina.id, phone_number: number }
    assert.deepEqual((await admin.client.get(address)).body, shown)
    await database.owner.query('UPDATE user_profiles SET show_phone = true WHERE user_id = $1', [amina.id])
    assert.deepEqual((await juma.client.get(address)).body, shown)
    await database.owner.query(`UPDATE user_settings SET profile_visibility = 'private' WHERE user_id = $1`, [
      amina.id,
    ])
    assert.equal((await juma.client.get(address)).status, 404)
    const { rows } = await database.owner.query(
      `SELECT user_id FROM audit_logs WHERE entity_id = $1 AND action = 'identity.phone_read' ORDER BY log_id`,
      [amina.id],
    )
    assert.deepEqual(
      rows.map(({ user_id }) => user_id),
      [admin.id, juma.id],
    )
  })
})

test('a masked number tells its country and three digits', () => {
  const masked = ['+254712345678', '+27821234567', '+12025550123', '+33612345678', '+2250712345678'].map(
    maskedNumber,
  )
  assert.deepEqual(masked, [
    '+254 ••• ••• 678',
    '+27 ••• ••• 567',
    '+1 ••• ••• 123',
    '+33 ••• ••• 678',
    '+225 ••• ••• 678',
  ])
})
