import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { createTestDatabase } from '../../testing/database.ts'
import { makeUser, unique } from '../../testing/factories.ts'
import { asSelf } from '../actor.ts'
import { createFieldCipher } from '../crypto/fields.ts'
import type { JobContext } from '../jobs/index.ts'
import { type MailTemplate, messageTasks, type NewMessage, queueMessage, type SmsTemplate } from './index.ts'

const database = await createTestDatabase()
after(() => database.close())
const { db, owner } = database
const fields = createFieldCipher({
  keys: [{ id: 1, key: Buffer.alloc(32, 1) }],
  indexKey: Buffer.alloc(32, 2),
})

type Params = { readonly n: number }
const say = () => ({ subject: 'Hello', paragraphs: [] })
const mail = { channel: 'email', texts: { en: say, sw: say, fr: say } } as const
const asked: MailTemplate<Params> = { ...mail, name: 'asked', causedBy: 'anyone' }
const alsoAsked: MailTemplate<Params> = { ...mail, name: 'also_asked', causedBy: 'anyone' }
const notice: MailTemplate<Params> = { ...mail, name: 'notice', causedBy: 'account' }
const otherNotice: MailTemplate<Params> = { ...mail, name: 'other_notice', causedBy: 'account' }
const code: SmsTemplate<Params> = {
  name: 'code',
  channel: 'sms',
  causedBy: 'anyone',
  texts: { en: () => '', sw: () => '', fr: () => '' },
}

const address = () => `${unique('someone')}@example.com`
const queue = (message: Partial<NewMessage<Params, Record<string, never>>>) =>
  db.transaction(null, (tx) =>
    queueMessage(
      tx,
      { fields },
      { template: asked, userId: null, recipient: address(), params: { n: 1 }, ...message },
    ),
  )
const taken = (ids: readonly (string | null)[]) => ids.filter((id) => id !== null).length
const repeat = <T>(times: number, work: (index: number) => Promise<T>) =>
  Promise.all(Array.from({ length: times }, (_, index) => work(index)))
const rowOf = async (id: string | null) => {
  const { rows } = await owner.query('SELECT * FROM outgoing_messages WHERE message_id = $1', [id])
  return rows[0]
}
const jobsOf = async (id: string | null) => {
  const { rows } = await owner.query(
    `SELECT payload FROM graphile_worker._private_jobs WHERE payload ->> 'message_id' = $1`,
    [id],
  )
  return rows.map(({ payload }) => JSON.parse(payload))
}

test('a message waits with its job, whose payload is its id, and the address is nowhere to be read', async () => {
  const recipient = address()
  const id = await queue({ recipient, params: { n: 7 } })
  const row = await rowOf(id)
  assert.equal(row.status, 'queued')
  assert.deepEqual(JSON.parse(row.params), { n: 7 })
  assert.deepEqual(await jobsOf(id), [{ message_id: id }])
  const { rows } = await owner.query('SELECT outgoing_messages::text AS text FROM outgoing_messages')
  assert.ok(
    rows.every(
      ({ text }) => !text.includes(recipient) && !text.includes(Buffer.from(recipient).toString('hex')),
    ),
  )
})

test('neither message nor job is there when the cause is rolled back', async () => {
  const recipient = address()
  let id: string | null = null
  const failing = db.transaction(null, async (tx) => {
    id = await queueMessage(tx, { fields }, { template: asked, userId: null, recipient, params: { n: 1 } })
    throw new Error('the cause fails')
  })
  await assert.rejects(failing, /the cause fails/)
  assert.ok(id)
  assert.equal(await rowOf(id), undefined)
  assert.deepEqual(await jobsOf(id), [])
})

test('a person’s language and zone are theirs, unless the caller knows better; a stranger’s are English and UTC', async () => {
  const user = await makeUser(owner)
  await owner.query(
    `UPDATE user_settings SET language = 'sw', timezone = 'Africa/Kampala' WHERE user_id = $1`,
    [user.id],
  )
  const spoken = async (message: Partial<NewMessage<Params, Record<string, never>>>) => {
    const { language, timezone } = await rowOf(await queue(message))
    return `${language} ${timezone}`
  }
  assert.equal(await spoken({ userId: user.id }), 'sw Africa/Kampala')
  assert.equal(await spoken({ userId: user.id, language: 'fr' }), 'fr Africa/Kampala')
  assert.equal(await spoken({}), 'en UTC')
})

test('of twenty mails at once that anyone causes to one address, five wait, whatever the template or the letters', async () => {
  const recipient = address()
  const ids = await repeat(20, (index) =>
    queue({
      template: index % 2 === 0 ? asked : alsoAsked,
      recipient: index % 3 === 0 ? recipient.toUpperCase() : recipient,
    }),
  )
  assert.equal(taken(ids), 5)
  const { rows } = await owner.query(
    'SELECT count(*)::int AS n FROM outgoing_messages WHERE recipient_index = $1',
    [fields.index('email', recipient)],
  )
  assert.equal(Number(rows[0].n), 5)
})

test('however an address is written, what arrives in one mailbox counts together', async () => {
  const recipient = address()
  const [name, domain] = recipient.split('@')
  const written = [
    recipient,
    `${name}+1@${domain}`,
    `${name}@ＥＸＡＭＰＬＥ.com`,
    `${name}+@example.ｃom`,
    `${name}@𝐞xample.com`,
  ]
  const ids = await Promise.all([...written, ...written].map((one) => queue({ recipient: one })))
  assert.equal(taken(ids), 5)
  assert.notEqual(await queue({ recipient: `${name}@xn--mnchen-3ya.example` }), null)
})

test('after an hour the address may be written to again, up to twenty times a day', async () => {
  const recipient = address()
  let all = 0
  for (let hour = 0; hour < 5; hour++) {
    all += taken(await repeat(6, () => queue({ recipient })))
    await owner.query(
      `UPDATE outgoing_messages SET created_at = created_at - interval '61 minutes' WHERE recipient_index = $1`,
      [fields.index('email', recipient)],
    )
  }
  assert.equal(all, 20)
})

test('what an account’s own doings cause is not kept back by what strangers cause, nor one notice by another', async () => {
  const [recipient, user] = [address(), await makeUser(owner)]
  await repeat(6, () => queue({ recipient }))
  assert.equal(taken(await repeat(12, () => queue({ template: notice, recipient, userId: user.id }))), 10)
  assert.ok(await queue({ template: otherNotice, recipient, userId: user.id }))
})

test('one account cannot have many addresses or numbers written to', async () => {
  const user = await makeUser(owner)
  assert.equal(taken(await repeat(15, () => queue({ userId: user.id }))), 10)
  assert.equal(
    taken(
      await repeat(8, (index) =>
        queue({ template: code, userId: user.id, recipient: `+25470000000${index}` }),
      ),
    ),
    5,
  )
})

test('a number gets three messages an hour', async () => {
  assert.equal(taken(await repeat(6, () => queue({ template: code, recipient: '+254711111111' }))), 3)
})

test('of many with one dedupe key the first one waits, and all are told its id', async () => {
  const dedupeKey = unique('once')
  const [recipient, user] = [address(), await makeUser(owner)]
  const actor = asSelf(user.id)
  const ids = await repeat(12, (index) =>
    db.transaction(index % 2 === 0 ? actor : null, (tx) =>
      queueMessage(
        tx,
        { fields },
        {
          template: notice,
          userId: user.id,
          recipient: index < 6 ? recipient : address(),
          params: { n: index },
          dedupeKey,
        },
      ),
    ),
  )
  assert.equal(new Set(ids).size, 1)
  assert.deepEqual(await jobsOf(ids[0]!), [{ message_id: ids[0] }])
})

test('large parameters are refused', async () => {
  const large = Object.fromEntries(
    Array.from({ length: 500 }, (_, index) => [`value_${index}`, index]),
  ) as never
  await assert.rejects(queue({ params: large }), /small_params/)
})

test('what is older than thirty days is swept, whatever became of it, and its dedupe key is free again', async () => {
  const dedupeKey = unique('swept')
  const [old, young] = [await queue({ dedupeKey }), await queue({})]
  const age = `UPDATE outgoing_messages SET created_at = now() - interval '30 days 1 hour' WHERE message_id = $1`
  await owner.query(age, [old])
  const sweep = messageTasks({ brand: 'x', templates: [] }).find(
    ({ name }) => name === 'platform.sweep_messages.v1',
  )
  const context = { db: database.workerDb, log: { info() {} }, signal: new AbortController().signal }
  await sweep?.run({} as never, context as unknown as JobContext) // services are not touched
  assert.equal(await rowOf(old), undefined)
  assert.ok(await rowOf(young))
  assert.notEqual(await queue({ dedupeKey }), old)
})
