import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { setTimeout as sleep } from 'node:timers/promises'
import { smsSegments } from '../platform/delivery/index.ts'

export type GatewaySms = { readonly to: string; readonly text: string; readonly messageId: string }

/**
 * The bulk SMS endpoint of Africa's Talking as its documentation says, in a real HTTP server: form in, JSON out, one recipient
 * listed with its status, cost and id.
 */
export type TestSmsGateway = {
  readonly url: string
  readonly taken: GatewaySms[]
  /** What it does from now on. `silent`: takes the message and never answers. `twice`: lists the recipient two times. */
  behave(how: Behaviour): void
  stop(): Promise<void>
}

type Behaviour =
  | { readonly as: 'well' | 'silent' | 'twice' | 'broken' }
  | { readonly as: 'refusing'; readonly statusCode: number }
  | { readonly as: 'slow'; readonly milliseconds: number }

/** What one segment costs, in minor units. */
export const GATEWAY_COST = 80

export async function startSmsGateway({ currency = 'KES' } = {}): Promise<TestSmsGateway> {
  const taken: GatewaySms[] = []
  let how: Behaviour = { as: 'well' }
  const server = createServer(async (request, response) => {
    const form = new URLSearchParams(await text(request))
    const [to, message] = [form.get('to') ?? '', form.get('message') ?? '']
    const json = (status: number, body: unknown) =>
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
    if (request.headers.apikey !== 'the-key')
      return response.writeHead(401).end('The supplied authentication is invalid')
    if (how.as === 'broken') return response.writeHead(503).end('<html>Service unavailable</html>')
    if (how.as === 'slow') await sleep(how.milliseconds)
    const statusCode = how.as === 'refusing' ? how.statusCode : 101
    const messageId = `ATXid_${taken.length}_${Math.random().toString(36).slice(2)}`
    if (statusCode === 101) taken.push({ to, text: message, messageId })
    if (how.as === 'silent') return
    const minor = GATEWAY_COST * smsSegments(message)
    const cost = statusCode === 101 ? `${currency} ${(minor / 100).toFixed(4)}` : '0'
    const recipient = {
      statusCode,
      number: to,
      status: statusCode === 101 ? 'Success' : 'Failed',
      cost,
      messageId,
    }
    const Recipients = how.as === 'twice' ? [recipient, { ...recipient }] : [recipient]
    json(201, { SMSMessageData: { Message: `Sent to 1/1 Total Cost: ${cost}`, Recipients } })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/version1/messaging`,
    taken,
    behave(next) {
      how = next
    },
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}
