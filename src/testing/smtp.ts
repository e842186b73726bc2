import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { SMTPServer } from 'smtp-server'
import { type ParsedMail, parseMail } from './mime.ts'

export type ReceivedMail = ParsedMail & { readonly from: string; readonly to: readonly string[] }

/** A real SMTP server of a test's own. */
export type TestSmtp = {
  readonly url: string
  readonly received: ReceivedMail[]
  /** The reply to a recipient instead of 250: `550 no such user here`. Null: takes everybody. */
  refuseWith(reply: string | null): void
  /** Nobody listens until `start`, on the same port. */
  stop(): Promise<void>
  start(): Promise<void>
}

export async function startSmtp(): Promise<TestSmtp> {
  const received: ReceivedMail[] = []
  let refusal: string | null = null
  let port = 0
  let server: SMTPServer

  async function start(): Promise<void> {
    server = new SMTPServer({
      authOptional: true,
      closeTimeout: 50, // connections that idle in a pool are cut, as by a crash
      disabledCommands: ['STARTTLS', 'AUTH'],
      onRcptTo(_address, _session, callback) {
        callback(refusal === null ? null : errorOf(refusal))
      },
      onData(stream, { envelope }, callback) {
        const chunks: Buffer[] = []
        stream.on('data', (chunk: Buffer) => chunks.push(chunk))
        stream.on('end', () => {
          const from = envelope.mailFrom === false ? '' : envelope.mailFrom.address
          const to = envelope.rcptTo.map(({ address }) => address)
          received.push({ ...parseMail(Buffer.concat(chunks).toString('latin1')), from, to })
          callback()
        })
      },
    })
    server.on('error', () => {}) // a client that goes away
    server.listen(port, '127.0.0.1')
    await once(server.server, 'listening')
    port = (server.server.address() as AddressInfo).port
  }

  await start()
  return {
    url: `smtp://127.0.0.1:${port}`,
    received,
    refuseWith(reply) {
      refusal = reply
    },
    start,
    stop: () => new Promise((resolve) => server.close(() => resolve())),
  }
}

function errorOf(reply: string): Error {
  return Object.assign(new Error(reply.slice(4)), { responseCode: Number(reply.slice(0, 3)) })
}
