import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer, type IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { after, before, beforeEach, describe, test } from 'node:test'
import { createAfricasTalking } from './africas-talking.ts'
import { NotAccepted } from './port.ts'

type Asked = { method?: string; path?: string; headers: IncomingHttpHeaders; form: Record<string, string> }

/** Speaks as the bulk SMS endpoint does, where its documentation says so. */
describe('SMS by Africa’s Talking', () => {
  let asked: Asked[] = []
  let reply: { status: number; body: string }
  const server = createServer(async (request, response) => {
    const form = Object.fromEntries(new URLSearchParams(await text(request)))
    const { method = '', url = '', headers } = request
    asked.push({ method, path: url, headers, form })
    response.writeHead(reply.status, { 'content-type': 'application/json' }).end(reply.body)
  })
  let url: string
  before(async () => {
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/version1/messaging`
  })
  beforeEach(() => {
    asked = []
    reply = answer(101, 'Success')
  })
  after(() => server.close())

  const answer = (statusCode: number, status: string) => ({
    status: 201,
    body: JSON.stringify({
      SMSMessageData: {
        Message: 'Sent to 1/1 Total Cost: KES 0.8000',
        Recipients: [
          {
            statusCode,
            number: '+254711111111',
            status,
            cost: 'KES 0.8000',
            messageId: 'ATPid_SampleTxnId123',
          },
        ],
      },
    }),
  })
  const send = (sender: string | null = 'BRANDCOACH') =>
    createAfricasTalking({ url, username: 'house', apiKey: 'the-key', sender }).send({
      id: '1',
      to: '+254711111111',
      text: 'Karibu & welcome: 123456',
    })
  const refusal = async () => {
    const error = await send().then(
      () => undefined,
      (error: unknown) => error,
    )
    assert.ok(error instanceof NotAccepted)
    return { code: error.code, isFinal: error.isFinal }
  }

  test('is a form with the key in a header, from our sender id where there is one', async () => {
    await send()
    const [{ method, path, headers, form } = assert.fail()] = asked
    assert.deepEqual([method, path], ['POST', '/version1/messaging'])
    assert.equal(headers.apikey, 'the-key')
    assert.equal(headers.accept, 'application/json')
    assert.match(headers['content-type'] ?? '', /^application\/x-www-form-urlencoded/)
    assert.deepEqual(form, {
      username: 'house',
      to: '+254711111111',
      message: 'Karibu & welcome: 123456',
      from: 'BRANDCOACH',
    })
    await send(null)
    assert.ok(!('from' in asked[1]!.form))
  })

  test('is taken when the recipient was processed, sent to or queued', async () => {
    for (const code of [100, 101, 102]) {
      reply = answer(code, 'Success')
      await send()
    }
  })

  test('is refused for good where the number or its person is why', async () => {
    for (const [code, status] of [
      [401, 'RiskHold'],
      [403, 'InvalidPhoneNumber'],
      [404, 'UnsupportedNumberType'],
      [406, 'UserInBlacklist'],
      [409, 'DoNotDisturbRejection'],
    ] as const) {
      reply = answer(code, status)
      assert.deepEqual(await refusal(), { code: `sms_${code}`, isFinal: true })
    }
  })

  test('is tried again where we or they are why', async () => {
    for (const [code, status] of [
      [402, 'InvalidSenderId'],
      [405, 'InsufficientBalance'],
      [407, 'CouldNotRoute'],
      [500, 'InternalServerError'],
      [501, 'GatewayError'],
      [502, 'RejectedByGateway'],
    ] as const) {
      reply = answer(code, status)
      assert.deepEqual(await refusal(), { code: `sms_${code}`, isFinal: false })
    }
  })

  test('is tried again when the request as a whole is refused, or the answer is none of theirs', async () => {
    reply = { status: 201, body: '{"SMSMessageData":{"Message":"InvalidSenderId","Recipients":[]}}' }
    assert.deepEqual(await refusal(), { code: 'sms_refused', isFinal: false })
    reply = { status: 401, body: 'The supplied authentication is invalid' }
    assert.deepEqual(await refusal(), { code: 'sms_http_401', isFinal: false })
    reply = { status: 200, body: '<html>' }
    assert.deepEqual(await refusal(), { code: 'sms_SyntaxError', isFinal: false })
    reply = { status: 200, body: 'null' }
    assert.deepEqual(await refusal(), { code: 'sms_refused', isFinal: false })
  })

  test('is tried again when nobody listens', async () => {
    const gone = createServer().listen(0, '127.0.0.1')
    await once(gone, 'listening')
    const { port } = gone.address() as AddressInfo
    await new Promise((resolve) => gone.close(resolve))
    const nobody = createAfricasTalking({
      url: `http://127.0.0.1:${port}/`,
      username: 'x',
      apiKey: 'x',
      sender: null,
    })
    await assert.rejects(nobody.send({ id: '1', to: '+254711111111', text: 'x' }), {
      code: 'sms_TypeError',
      isUnsent: true,
      isFinal: false,
    })
  })
})
