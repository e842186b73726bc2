import { once } from 'node:events'
import { type AddressInfo, createServer, type Socket } from 'node:net'

type How = 'silent' | 'silent after the mail' | 'slow' | 'twice' | 'endless' | 'gone after the mail'

/** A mail server as one meets them: it keeps the protocol as far as it says, and no further. */
export type OddSmtp = { readonly url: string; readonly taken: string[]; stop(): Promise<void> }

const END = '\r\n.\r\n'
const SLOW_MS = 150

/** `taken`: the mails whose last byte came, as they came. */
export async function startOddSmtp(how: How): Promise<OddSmtp> {
  const taken: string[] = []
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    sockets.add(socket)
    socket.on('error', () => {}).on('close', () => sockets.delete(socket))
    const say = (line: string) => {
      setTimeout(() => socket.writable && socket.write(`${line}\r\n`), how === 'slow' ? SLOW_MS : 0)
    }
    if (how === 'silent') return
    if (how === 'endless') {
      const timer = setInterval(() => socket.writable && socket.write(`220-${'x'.repeat(8192)}\r\n`), 1)
      socket.on('close', () => clearInterval(timer))
      return
    }
    // The greeting is said once: two of them are two servers.
    socket.write('220 odd.example.com ESMTP\r\n')
    let mail: string | null = null
    let rest = ''
    socket.on('data', (chunk) => {
      rest += chunk.toString('latin1')
      for (;;) {
        if (mail !== null) {
          const end = rest.indexOf(END)
          if (end === -1) return
          taken.push(rest.slice(0, end))
          rest = rest.slice(end + END.length)
          mail = null
          if (how === 'silent after the mail') return
          if (how === 'gone after the mail') return void socket.destroy()
          say('250 2.0.0 taken')
          if (how === 'twice') say('250 2.0.0 taken')
          continue
        }
        const line = /^(.*)\r\n/.exec(rest)?.[1]
        if (line === undefined) return
        rest = rest.slice(line.length + 2)
        if (/^DATA/i.test(line)) {
          mail = ''
          socket.write('354 go on\r\n')
        } else if (/^EHLO/i.test(line)) socket.write('250 odd.example.com\r\n')
        else say(/^QUIT/i.test(line) ? '221 bye' : '250 ok')
      }
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `smtp://127.0.0.1:${(server.address() as AddressInfo).port}`,
    taken,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        for (const socket of sockets) socket.destroy()
      }),
  }
}
