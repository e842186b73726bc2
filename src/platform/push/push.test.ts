import assert from 'node:assert/strict'
import { createECDH } from 'node:crypto'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { createServer } from 'node:net'
import { after, before, beforeEach, describe, test } from 'node:test'
import { startPushService, type TestPushService } from '../../testing/push-service.ts'
import { systemClock } from '../clock.ts'
import { readConfig } from '../config.ts'
import type { NotAccepted } from '../delivery/index.ts'
import { arePushKeys, sealPush } from './encryption.ts'
import { serviceOf } from './endpoints.ts'
import { createPush, type PushSender } from './index.ts'
import { isPublicAddress, publicLookup } from './public-addresses.ts'

const secretKey = 'a secret of thirty-two letters 12'
const sender = (env: Record<string, string>, more: Partial<Parameters<typeof createPush>[1]> = {}) =>
  createPush({ ...readConfig({ NODE_ENV: 'test', ...env }), secretKey }, { clock: systemClock, ...more })
const message = { payload: '{"title":"Habari"}', ttlSeconds: 60, urgency: 'normal', topic: 'abc' } as const

test('of what a message says its length tells little', () => {
  const curve = createECDH('prime256v1')
  const keys = {
    p256dh: curve.generateKeys().toString('base64url'),
    auth: Buffer.alloc(16).toString('base64url'),
  }
  const lengths = ['{}', '{"title":"Habari"}', JSON.stringify('x'.repeat(250))].map(
    (text) => sealPush(text, keys).length,
  )
  assert.deepEqual(new Set(lengths).size, 1)
  assert.notEqual(sealPush(JSON.stringify('x'.repeat(300)), keys).length, lengths[0])
  assert.throws(() => sealPush(JSON.stringify('x'.repeat(4000)), keys), RangeError)
})

test('keys that are none are known before anything is kept', () => {
  const curve = createECDH('prime256v1')
  const p256dh = curve.generateKeys().toString('base64url')
  const auth = Buffer.alloc(16).toString('base64url')
  assert.equal(arePushKeys({ p256dh, auth }), true)
  for (const bad of [
    { p256dh: '', auth },
    { p256dh: Buffer.alloc(65, 4).toString('base64url'), auth },
    { p256dh: p256dh.slice(0, 40), auth },
    { p256dh, auth: 'AAAA' },
    { p256dh, auth: '' },
  ])
    assert.equal(arePushKeys(bad), false, JSON.stringify(bad))
})

describe('the address of a push service', () => {
  const { push } = readConfig({ NODE_ENV: 'test' })
  const everywhere = { ...push, services: ['*'] }

  test('is one of those that are known, by https, by name', () => {
    for (const good of [
      'https://fcm.googleapis.com/fcm/send/abc:def',
      'https://updates.push.services.mozilla.com/wpush/v2/gAAA',
      'https://wns2-par02p.notify.windows.com/w/?token=abc',
      'https://web.push.apple.com/QABC',
    ])
      assert.equal(serviceOf(good, push), new URL(good).host, good)
  })

  test('is no other, though every name be allowed', () => {
    for (const bad of [
      '',
      'x',
      'http://fcm.googleapis.com/x',
      'ftp://fcm.googleapis.com/x',
      'javascript:alert(1)',
      'file:///etc/passwd',
      'https://user:secret@fcm.googleapis.com/x',
      'https://user@fcm.googleapis.com/x',
      'https://fcm.googleapis.com:8443/x',
      'https://fcm.googleapis.com/x#y',
      'https://localhost/x',
      'https://127.0.0.1/x',
      'https://2130706433/x',
      'https://0x7f.1/x',
      'https://0177.0.0.1/x',
      'https://127.1/x',
      'https://[::1]/x',
      'https://[::ffff:10.0.0.1]/x',
      'https://[fd00::1]/x',
      'https://169.254.169.254/latest/meta-data',
      `https://fcm.googleapis.com/${'x'.repeat(2000)}`,
    ])
      assert.equal(serviceOf(bad, everywhere), null, bad)
  })

  test('is none that only looks like one', () => {
    for (const bad of [
      'https://evil.example/x',
      'https://fcm.googleapis.com.evil.example/x',
      'https://evilpush.apple.com.example/x',
      'https://push.apple.com.evil.example/x',
      'https://xfcm.googleapis.com/x',
    ])
      assert.equal(serviceOf(bad, push), null, bad)
  })

  test('may be on this machine for tests, and never in production', () => {
    const tested = readConfig({ NODE_ENV: 'test', PUSH_TEST_SERVICE: 'http://127.0.0.1:4567' }).push
    assert.equal(serviceOf('http://127.0.0.1:4567/x', tested), '127.0.0.1:4567')
    assert.equal(serviceOf('http://127.0.0.1:4568/x', tested), null)
    assert.throws(
      () =>
        readConfig({
          NODE_ENV: 'production',
          SECRET_KEY: 'x'.repeat(32),
          PUSH_TEST_SERVICE: 'http://127.0.0.1:4567',
        }),
      /PUSH_TEST_SERVICE/,
    )
  })

  test('is public: no address of this machine, of private networks, of links, however it is written', () => {
    for (const address of ['8.8.8.8', '1.1.1.1', '142.250.1.1', '2a00:1450:4001::1', '2606:4700::1'])
      assert.equal(isPublicAddress(address), true, address)
    for (const address of [
      '127.0.0.1',
      '127.9.9.9',
      '0.0.0.0',
      '10.1.2.3',
      '100.64.0.1',
      '100.127.255.255',
      '169.254.169.254',
      '172.16.0.1',
      '172.31.255.255',
      '192.168.1.1',
      '192.0.0.1',
      '198.18.0.1',
      '224.0.0.1',
      '255.255.255.255',
      '::',
      '::1',
      '::ffff:127.0.0.1',
      '::ffff:8.8.8.8',
      '::ffff:a00:1',
      '::127.0.0.1',
      '64:ff9b::a00:1',
      'fc00::1',
      'fd12:3456::1',
      'fe80::1',
      'fec0::1',
      'ff02::1',
      '2001::1',
      '2001:db8::1',
      '2002:7f00:1::1',
      'not an address',
      '',
    ])
      assert.equal(isPublicAddress(address), false, address)
  })
})

describe('a name that leads into a private network', () => {
  /** Whoever connects here has been led astray. */
  const trap = createServer((socket) => {
    caught++
    socket.destroy()
  })
  let caught = 0
  before(async () => {
    trap.listen(443, '127.0.0.1').once('error', () => trap.listen(0, '127.0.0.1'))
    await once(trap, 'listening')
  })
  after(() => trap.close())

  type Resolve = NonNullable<Parameters<typeof publicLookup>[0]>
  const resolving = (...answers: (readonly string[])[]) => {
    let asked = 0
    const resolve = (_name: string, _options: unknown, callback: (...found: unknown[]) => void) => {
      const addresses = answers[Math.min(asked++, answers.length - 1)]!
      callback(
        null,
        addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })),
      )
    }
    return { resolve: resolve as unknown as Resolve, asked: () => asked }
  }
  const target = () => {
    const curve = createECDH('prime256v1')
    return {
      endpoint: 'https://push.evil.example/x',
      p256dh: curve.generateKeys().toString('base64url'),
      auth: Buffer.alloc(16).toString('base64url'),
    }
  }

  test('is called by nobody, by no kind of private address', async () => {
    for (const address of [
      '127.0.0.1',
      '10.0.0.1',
      '169.254.169.254',
      '::1',
      '::ffff:127.0.0.1',
      'fd00::1',
      '100.64.0.1',
    ]) {
      const push = sender({ PUSH_SERVICES: '*' }, resolving([address]))
      await assert.rejects(
        push.send(target(), message),
        { code: 'push_private_address', isFinal: true },
        address,
      )
      await push.close()
    }
    assert.equal(caught, 0)
  })

  test('is looked up once a connection: a second answer is never asked for, and what is private among public ones is left out', async () => {
    const names = resolving(['8.8.8.8', '127.0.0.1', '::1'], ['127.0.0.1'])
    const found = await new Promise((resolve) =>
      publicLookup(names.resolve)('push.evil.example', { all: true }, (error, addresses) =>
        resolve([error, addresses]),
      ),
    )
    assert.deepEqual(found, [null, [{ address: '8.8.8.8', family: 4 }]])
    const one = await new Promise((resolve) =>
      publicLookup(resolving(['10.0.0.1', '1.1.1.1']).resolve)('x', {}, (error, address, family) =>
        resolve([error, address, family]),
      ),
    )
    assert.deepEqual(one, [null, '1.1.1.1', 4])
    assert.equal(names.asked(), 1)
    assert.ok((trap.address() as AddressInfo).port > 0)
  })
})

describe('a push message', () => {
  let service: TestPushService
  let push: PushSender
  before(async () => {
    service = await startPushService()
    push = sender({ PUSH_TEST_SERVICE: service.origin }, { patienceMs: 400 })
  })
  after(async () => {
    await push.close()
    await service.stop()
  })
  beforeEach(() => {
    service.behave('well')
    service.received.length = 0
    service.refused.length = 0
  })
  const target = () => {
    const { endpoint, keys } = service.subscribe()
    return { endpoint, ...keys }
  }
  const refusal = (how: Parameters<TestPushService['behave']>[0]) => {
    service.behave(how)
    return push.send(target(), message).then(
      () => assert.fail('was taken'),
      ({ code, isFinal, isGone, retryAfter }: NotAccepted) => ({ code, isFinal, isGone, retryAfter }),
    )
  }

  test('arrives signed and sealed, with its time, its urgency and its topic', async () => {
    const to = target()
    await push.send(to, { ...message, payload: 'Habari “yako” 😀', urgency: 'high' })
    assert.deepEqual(service.received, [
      { endpoint: to.endpoint, text: 'Habari “yako” 😀', ttl: 60, urgency: 'high', topic: 'abc' },
    ])
    assert.deepEqual(service.refused, [])
    assert.match(push.publicKey, /^B[\w-]{86}$/)
  })

  test('to a browser that is gone says so; to a busy or broken service it waits as it is told', async () => {
    assert.deepEqual(await refusal('gone'), {
      code: 'push_410',
      isFinal: true,
      isGone: true,
      retryAfter: null,
    })
    assert.deepEqual(await refusal('busy'), {
      code: 'push_429',
      isFinal: false,
      isGone: false,
      retryAfter: 120,
    })
    assert.deepEqual(await refusal('broken'), {
      code: 'push_503',
      isFinal: false,
      isGone: false,
      retryAfter: null,
    })
  })

  test('follows no redirect', async () => {
    assert.equal((await refusal('redirecting')).code, 'push_307')
    assert.deepEqual([service.received, service.refused], [[], []])
  })

  test('waits for no answer for ever, reads none without end, and survives two', async () => {
    assert.deepEqual(await refusal('silent'), {
      code: 'push_ABORT_ERR',
      isFinal: false,
      isGone: false,
      retryAfter: null,
    })
    service.behave('endless')
    await push.send(target(), message)
    service.behave('twice')
    await push.send(target(), message)
    service.behave('well')
    for (let n = 0; n < 3; n++) await push.send(target(), message)
    assert.equal(service.received.length, 6)
  })

  test('is tried again when nobody listens', async () => {
    const gone = await startPushService()
    const elsewhere = sender({ PUSH_TEST_SERVICE: gone.origin })
    const { endpoint, keys } = gone.subscribe()
    await gone.stop()
    await assert.rejects(elsewhere.send({ endpoint, ...keys }, message), {
      code: 'push_ECONNREFUSED',
      isFinal: false,
    })
    await elsewhere.close()
  })

  test('that is too long, or for keys that are none, is not sent', async () => {
    await assert.rejects(push.send(target(), { ...message, payload: 'x'.repeat(4000) }), {
      code: 'push_too_long',
    })
    await assert.rejects(push.send({ ...target(), p256dh: 'x' }, message), {
      code: 'push_keys',
      isGone: true,
    })
    assert.deepEqual(service.received, [])
  })

  test('is of the same sender in every process that shares the secret, and of the configured one where there is one', async () => {
    assert.equal(sender({}).publicKey, push.publicKey)
    const own = sender({ VAPID_PRIVATE_KEY: Buffer.alloc(32, 7).toString('base64url') })
    assert.notEqual(own.publicKey, push.publicKey)
  })
})
