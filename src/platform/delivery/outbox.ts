import { mkdir, readdir, readFile, rename, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { createTransport } from 'nodemailer'
import type { MailAddress } from '../config.ts'
import type { Mailer, SmsSender } from './port.ts'
import { messageOf } from './smtp.ts'

/** What the local twin keeps of a message. */
export type OutboxMessage = {
  readonly id: string
  readonly channel: 'email' | 'sms'
  readonly to: string
  readonly subject: string | null
  readonly text: string
  readonly html: string | null
  readonly sent_at: string
}

const FROM: MailAddress = { name: 'Outbox', address: 'outbox@localhost.localdomain' }
const NEWEST = 200
const FILE = /^([0-9a-f-]{36})\.json$/

/** Writes `<id>.json` to be read at /dev/outbox, and `<id>.eml`, the mail byte by byte, for a mail program. */
export function outboxMailer(dataDir: string): Mailer {
  const composer = createTransport({ streamTransport: true, buffer: true, newline: 'windows' })
  return {
    async send(mail) {
      const { message } = await composer.sendMail(messageOf(mail, FROM))
      await keep(dataDir, `${mail.id}.eml`, message as Buffer)
      await keepMessage(dataDir, { ...mail, channel: 'email' })
    },
    async close() {
      composer.close()
    },
  }
}

export function outboxSms(dataDir: string): SmsSender {
  return {
    async send(sms) {
      await keepMessage(dataDir, { ...sms, channel: 'sms', subject: null, html: null })
      return { gatewayId: null, cost: null }
    },
  }
}

/** Newest first, 200 at most: an id begins with the time at which it was made. */
export async function outboxMessages(dataDir: string): Promise<OutboxMessage[]> {
  const names = await readdir(folderOf(dataDir)).catch(() => [])
  const ids = names.flatMap((name) => FILE.exec(name)?.[1] ?? [])
  const newest = ids.sort().reverse().slice(0, NEWEST)
  const messages = await Promise.all(newest.map((id) => outboxMessage(dataDir, id)))
  return messages.filter((message) => message !== undefined)
}

/** `id` is a UUID. */
export async function outboxMessage(dataDir: string, id: string): Promise<OutboxMessage | undefined> {
  const text = await readFile(path.join(folderOf(dataDir), `${id}.json`), 'utf8').catch(() => undefined)
  return text === undefined ? undefined : JSON.parse(text)
}

function keepMessage(dataDir: string, message: Omit<OutboxMessage, 'sent_at'>): Promise<void> {
  const { id, channel, to, subject, text, html } = message
  const kept: OutboxMessage = { id, channel, to, subject, text, html, sent_at: new Date().toISOString() }
  return keep(dataDir, `${id}.json`, `${JSON.stringify(kept, null, 2)}\n`)
}

/** Readable by its owner alone, since it holds links that sign in; whole or not at all. */
async function keep(dataDir: string, name: string, content: string | Buffer): Promise<void> {
  const folder = folderOf(dataDir)
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const half = path.join(folder, `.${name}.${process.pid}`)
  await writeFile(half, content, { mode: 0o600 })
  await rename(half, path.join(folder, name))
}

function folderOf(dataDir: string): string {
  return path.join(dataDir, 'outbox')
}
