import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import type { AddressInfo } from 'node:net'
import { after, before, describe, test } from 'node:test'
import { openShippingAddress, sealShippingAddress } from '../domains/commerce/index.ts'
import { sealedOfAccounts } from '../domains/identity/index.ts'
import { readConfig } from '../platform/config.ts'
import { createFieldCipher, type FieldCipher, UnopenableField } from '../platform/crypto/fields.ts'
import { keyRingOf } from '../platform/crypto/key-ring.ts'
import { rotate } from '../platform/crypto/rotation.ts'
import { type Client, signedIn, startApp, type TestApp } from '../testing/client.ts'
import { createTestDatabase, type TestDatabase } from '../testing/database.ts'
import { insert, makeUser, type TestUser, unique } from '../testing/factories.ts'
import { answerWith } from '../testing/ops.ts'
import { keysCommand } from './keys.ts'
import { SEALED_COLUMNS } from './sealed-columns.ts'

const key = (id: number) => `${id}:${randomBytes(32).toString('base64')}`
const [old, fresh] = [key(1), key(2)]
const [oldIndex, newIndex] = [randomBytes(32), randomBytes(32)].map((bytes) => bytes.toString('base64')) as [
  string,
  string,
]
const SECRET_KEY = 'the test house keeps no secrets at all'
const env = (...keys: string[]) => ({ FIELD_KEYS: keys.join(','), SECRET_KEY, RATE_LIMITS: 'off' })
const cipherOf = (variables: Readonly<Record<string, string>>): FieldCipher =>
  createFieldCipher(keyRingOf({ ...readConfig(variables), secretKey: SECRET_KEY }))
const signal = new AbortController().signal

type Person = TestUser & { readonly number: string }

let numbers = 0

/** With a number and a secret that these keys sealed. */
async function makeSealed({ owner }: TestDatabase, fields: FieldCipher): Promise<Person> {
  const number = `+2547${String(++numbers).padStart(8, '0')}`
  const user = await makeUser(owner)
  await owner.query(
    `UPDATE users SET phone_number = '+254 •••', phone_verified = true, phone_cipher = $2, phone_index = $3,
       phone_index_next = $4, two_factor_secret = $5 WHERE user_id = $1`,
    [
      user.id,
      fields.seal(`users.phone_cipher:${user.id}`, number),
      fields.index('phone', number),
      fields.nextIndex('phone', number),
      fields.sealText(`users.two_factor_secret:${user.id}`, 'JBSWY3DPEHPK3PXP'),
    ],
  )
  return { ...user, number }
}

const bytes = (text: string) => Buffer.from(text.slice(2), 'hex')

/** The pool answers text. */
async function phoneOf({ owner }: TestDatabase, id: string) {
  const { rows } = await owner.query<Record<string, string | null>>(
    'SELECT phone_cipher, phone_index, phone_index_next FROM users WHERE user_id = $1',
    [id],
  )
  const { phone_cipher, phone_index, phone_index_next } = rows[0]!
  return {
    phone_cipher: bytes(phone_cipher ?? ''),
    phone_index: phone_index && bytes(phone_index),
    phone_index_next: phone_index_next && bytes(phone_index_next),
  }
}

describe('a rotation of keys', () => {
  let database: TestDatabase
  before(async () => {
    database = await createTestDatabase()
  })
  after(() => database.close())

  test('tells by key what is sealed, changes nothing without --yes, and leaves the old key needed by nothing', async () => {
    const person = await makeSealed(database, cipherOf(env(old)))
    const order = await insert(database.owner, 'orders', {
      user_id: person.id,
      order_number: unique('order'),
      subtotal: 10,
      total_amount: 10,
    })
    const address = { line: 'Kimathi Street 1', city: 'Nairobi' }
    const sealed = sealShippingAddress(cipherOf(env(old)), order.order_id!, address)
    await database.owner.query('UPDATE orders SET shipping_address = $2 WHERE order_id = $1', [
      order.order_id,
      sealed,
    ])
    const edited = (await database.owner.query('SELECT updated_at FROM users')).rows

    const keys = env(fresh, old)
    const before = await answerWith(keys, keysCommand, database, 'rotate')
    assert.ok(before.includes('  users.phone_cipher: 1 by key 1'))
    assert.ok(before.includes('key 1 still opens 3 values'))
    assert.equal(before.at(-1), 'nothing was changed, add --yes')
    assert.ok(!(await answerWith(keys, keysCommand, database, 'status')).join().includes('--yes'))
    const done = await answerWith(keys, keysCommand, database, 'rotate', '--yes')
    assert.equal(done[0], 'sealed or indexed anew: 3')
    assert.ok(done.includes('key 2 seals; 3 values'))
    assert.ok(done.includes('key 1 is needed by nothing'))
    assert.equal(
      (await answerWith(keys, keysCommand, database, 'rotate', '--yes'))[0],
      'sealed or indexed anew: 0',
    )

    const alone = cipherOf(env(fresh))
    const { phone_cipher } = await phoneOf(database, person.id)
    assert.equal(alone.open(`users.phone_cipher:${person.id}`, phone_cipher), person.number)
    const { rows } = await database.owner.query('SELECT shipping_address FROM orders')
    assert.deepEqual(
      openShippingAddress(alone, order.order_id!, JSON.parse(rows[0].shipping_address)),
      address,
    )
    assert.deepEqual(
      (await database.owner.query('SELECT updated_at FROM users')).rows,
      edited,
      'it is no edit',
    )
    await assert.rejects(answerWith(env(old), keysCommand, database), /FIELD_KEYS lacks key 2/)
    await assert.rejects(
      answerWith(env(key(2)), keysCommand, database),
      /FIELD_KEYS holds another key than then: key 2 in users\.phone_cipher, key 2 in users\.two_factor_secret/,
    )
  })

  test('an address that is not sealed is refused by the database', async () => {
    const { id } = await makeUser(database.owner)
    const order = { user_id: id, order_number: unique('order'), subtotal: 1, total_amount: 1 }
    await assert.rejects(
      insert(database.owner, 'orders', { ...order, shipping_address: { line: 'Kimathi Street 1' } }),
      /sealed_shipping_address/,
    )
  })

  test('who changes a value meanwhile wins, and it is not lost', async () => {
    const person = await makeSealed(database, cipherOf(env(old)))
    const fields = cipherOf(env(fresh, old))
    const context = `users.phone_cipher:${person.id}`
    const changed = cipherOf(env(old)).seal(context, '+254711111111')
    // Committed between the look and the write: the batch waits for the row, and finds another value there.
    const client = await database.owner.connect()
    await client.query('BEGIN')
    await client.query('UPDATE users SET phone_cipher = $2 WHERE user_id = $1', [person.id, changed])
    const change = new Promise<void>((resolve) => setTimeout(resolve, 150)).then(() => client.query('COMMIT'))
    await rotate(database.workerDb, { columns: SEALED_COLUMNS, fields, signal })
    await change
    client.release()
    const { phone_cipher } = await phoneOf(database, person.id)
    assert.equal(fields.open(context, phone_cipher), '+254711111111')
    assert.ok(fields.isOutdated(phone_cipher), 'the change by the old key stands')
    const { rows } = await database.owner.query('SELECT two_factor_secret FROM users WHERE user_id = $1', [
      person.id,
    ])
    const secret = cipherOf(env(fresh)).openText(
      `users.two_factor_secret:${person.id}`,
      rows[0].two_factor_secret,
    )
    assert.equal(secret, 'JBSWY3DPEHPK3PXP', 'what nobody changed is renewed all the same')
  })

  test('ended at any batch it goes on where it was; two at once do no harm', async () => {
    const people = await Promise.all(
      Array.from({ length: 30 }, () => makeSealed(database, cipherOf(env(old)))),
    )
    const fields = cipherOf(env(fresh, old))
    const columns = sealedOfAccounts
    for (let round = 0; round < 3; round++) {
      const stopping = new AbortController()
      let batches = 0
      const onBatch = () => void (++batches === 3 && stopping.abort())
      await rotate(database.workerDb, { columns, fields, batch: 5, signal: stopping.signal, onBatch })
    }
    await Promise.all([1, 2].map(() => rotate(database.workerDb, { columns, fields, batch: 5, signal })))
    const alone = cipherOf(env(fresh))
    for (const { id, number } of people) {
      const { phone_cipher } = await phoneOf(database, id)
      assert.equal(alone.open(`users.phone_cipher:${id}`, phone_cipher), number)
    }
  })

  test('what does not open is named, left as it is, and the rest is done', async () => {
    const lost = await makeSealed(database, cipherOf(env(key(9))))
    const person = await makeSealed(database, cipherOf(env(old)))
    const { phone_cipher } = await phoneOf(database, lost.id)
    const answer = answerWith(env(fresh, old), keysCommand, database, 'rotate', '--yes')
    await assert.rejects(answer, /2 values do not open/)
    assert.deepEqual((await phoneOf(database, lost.id)).phone_cipher, phone_cipher)
    const alone = cipherOf(env(fresh))
    const found = await phoneOf(database, person.id)
    assert.equal(alone.open(`users.phone_cipher:${person.id}`, found.phone_cipher), person.number)
    await database.owner.query(
      `UPDATE users SET phone_cipher = NULL, phone_index = NULL, two_factor_secret = NULL WHERE user_id = $1`,
      [lost.id],
    )
  })
})

describe('the index key', () => {
  let database: TestDatabase
  before(async () => {
    database = await createTestDatabase()
  })
  after(() => database.close())

  test('changes through the second column: at every step a number is its last prover’s alone', async () => {
    const steps = {
      before: { ...env(fresh), INDEX_KEY: oldIndex },
      both: { ...env(fresh), INDEX_KEY: oldIndex, INDEX_KEY_NEXT: newIndex },
      after: { ...env(fresh), INDEX_KEY: newIndex },
    }
    const [before, both, afterwards] = Object.values(steps).map(cipherOf) as [
      FieldCipher,
      FieldCipher,
      FieldCipher,
    ]
    // Each of these processes meets a number that one of the step before has written.
    for (const [writes, proves] of [
      [before, before],
      [before, both],
      [both, before],
      [both, both],
      [both, afterwards],
      [afterwards, both],
      [afterwards, afterwards],
    ] as const) {
      const holder = await makeSealed(database, writes)
      const prover = await makeUser(database.owner)
      const { number } = holder
      await insert(database.owner, 'phone_verifications', {
        user_id: prover.id,
        phone_number: '+254 •••',
        phone_cipher: proves.seal(`users.phone_cipher:${prover.id}`, number),
        phone_index: proves.index('phone', number),
        phone_index_next: proves.nextIndex('phone', number),
        code_hash: Buffer.from('code'),
        code_expires_at: new Date(Date.now() + 60_000),
      })
      const { rows } = await database.owner.query(
        `SELECT verified, released FROM (SELECT set_config('app.current_user_id', $1, false)) s,
           LATERAL (SELECT * FROM verify_phone('code')) v`,
        [prover.id],
      )
      assert.deepEqual([rows[0].verified, rows[0].released], ['t', holder.id])
      assert.equal((await phoneOf(database, holder.id)).phone_index, null)
    }

    const person = await makeSealed(database, before)
    await answerWith(steps.both, keysCommand, database, 'rotate', '--yes')
    const meanwhile = await phoneOf(database, person.id)
    assert.deepEqual(meanwhile.phone_index, before.index('phone', person.number))
    assert.deepEqual(meanwhile.phone_index_next, afterwards.index('phone', person.number))
    await answerWith(steps.after, keysCommand, database, 'rotate', '--yes')
    const end = await phoneOf(database, person.id)
    assert.deepEqual(end.phone_index, afterwards.index('phone', person.number))
    assert.equal(end.phone_index_next, null)
  })
})

describe('a rotation under load', () => {
  let database: TestDatabase
  before(async () => {
    database = await createTestDatabase()
  })
  after(() => database.close())

  test('fails no request; both keys are readable meanwhile, and the old one is gone after', async () => {
    const people: Person[] = []
    for (let n = 0; n < 60; n++) people.push(await makeSealed(database, cipherOf(env(old))))
    // As a deployment does it: some processes seal with the old key still when others have the new one.
    const apps = [
      await startApp(database, { env: env(old, fresh) }),
      await startApp(database, { env: env(fresh, old) }),
    ]
    const load = await startLoad(apps, people)
    try {
      await load.until(100)
      const rotating = rotate(database.workerDb, {
        columns: SEALED_COLUMNS,
        fields: cipherOf(env(fresh, old)),
        batch: 5,
        perSecond: 60,
        signal,
      })
      await rotating
      await load.until(100)
    } finally {
      await load.stop()
      await apps[0]!.close()
    }
    assert.deepEqual(load.failures, [])
    assert.ok(load.count > 300, `${load.count} requests`)
    await apps[1]!.close()

    // What the last process with the old key in front sealed.
    await answerWith(env(fresh, old), keysCommand, database, 'rotate', '--yes')
    const state = await answerWith(env(fresh, old), keysCommand, database, 'status')
    assert.ok(state.includes('key 1 is needed by nothing'), state.join('\n'))
    const { rows } = await database.owner.query<{ sealed: string }>(
      'SELECT phone_cipher AS sealed FROM users WHERE phone_cipher IS NOT NULL',
    )
    for (const { sealed } of rows)
      assert.throws(() => cipherOf(env(old)).open('', bytes(sealed)), UnopenableField)

    const alone = await startApp(database, { env: env(fresh) })
    try {
      for (const person of people) {
        const { status, body } = await (await signedIn(alone, person)).get('/api/v1/me/phone')
        assert.deepEqual([status, body.phone_number], [200, person.number])
      }
    } finally {
      await alone.close()
    }
  })
})

/** Everybody reads their number and writes a new secret, over the network, at every server in turn. */
async function startLoad(apps: readonly TestApp[], people: readonly Person[]) {
  const urls: string[] = []
  for (const { server } of apps) {
    await server.listen({ host: '127.0.0.1', port: 0 })
    urls.push(`http://127.0.0.1:${(server.server.address() as AddressInfo).port}/api/v1/me`)
  }
  const clients: (readonly [Person, Client])[] = []
  for (const person of people) clients.push([person, await signedIn(apps[0]!, person)])
  const failures: string[] = []
  let [count, running] = [0, true]
  const lane = async (first: number) => {
    for (let at = first; running; at++) {
      const [person, { token }] = clients[at % clients.length]!
      const url = urls[at % urls.length]!
      const headers = { authorization: `Bearer ${token}` }
      const read = await fetch(`${url}/phone`, { headers })
      const { phone_number } = (await read.json()) as { phone_number: string }
      if (read.status !== 200 || phone_number !== person.number) failures.push(`read ${read.status}`)
      const written = await fetch(`${url}/totp`, { method: 'POST', headers })
      await written.arrayBuffer()
      if (written.status !== 201) failures.push(`write ${written.status}`)
      count += 2
    }
  }
  const lanes = [0, 15, 30, 45].map(lane)
  return {
    failures,
    get count() {
      return count
    },
    async until(more: number) {
      const wanted = count + more
      while (count < wanted && failures.length === 0) await new Promise((resolve) => setTimeout(resolve, 20))
    },
    async stop() {
      running = false
      await Promise.all(lanes)
    },
  }
}
