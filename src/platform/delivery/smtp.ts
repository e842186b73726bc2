import { createTransport } from 'nodemailer'
import type { MailAddress } from '../config.ts'
import { isOneLine } from './one-line.ts'
import { type Mail, type Mailer, NotAccepted } from './port.ts'
import { isGoneStatus } from './status.ts'

/** A server that does not answer holds a job for this long at most; the queue then tries again. */
const CONNECT_MS = 10_000
const SILENCE_MS = 30_000
const LOCAL = ['localhost', '127.0.0.1', '[::1]']

type Options = {
  readonly url: string
  readonly from: MailAddress
  /** How long a server may be silent; shorter in tests. */
  readonly patience?: { readonly connectMs: number; readonly silenceMs: number }
}

/** Over SMTP (RFC 5321), on at most two connections that stay open between mails. */
export function createSmtpMailer({
  url,
  from,
  patience = { connectMs: CONNECT_MS, silenceMs: SILENCE_MS },
}: Options): Mailer {
  const server = new URL(url)
  const transport = createTransport({
    pool: true,
    maxConnections: 2,
    host: server.hostname.replace(/^\[|\]$/g, ''),
    port: Number(server.port) || (server.protocol === 'smtps:' ? 465 : 587),
    secure: server.protocol === 'smtps:',
    // A password never crosses a network in the clear, even if somebody strips STARTTLS from the server's answer.
    requireTLS: server.password !== '' && !LOCAL.includes(server.hostname),
    ...(server.username !== '' && { auth: credentialsIn(server) }),
    connectionTimeout: patience.connectMs,
    greetingTimeout: patience.connectMs,
    socketTimeout: patience.silenceMs,
    disableFileAccess: true,
    disableUrlAccess: true,
  })
  return {
    async send(mail) {
      try {
        await transport.sendMail(messageOf(mail, from))
      } catch (error) {
        throw refusalOf(error)
      }
    },
    async close() {
      transport.close()
    },
  }
}

function credentialsIn({ username, password }: URL) {
  return { user: decodeURIComponent(username), pass: decodeURIComponent(password) }
}

/**
 * Addresses go as objects: a text would be parsed, and `a,b@example.com` are two people then. Throws NotAccepted for whatever
 * would bring a header of its own.
 */
export function messageOf(mail: Mail, from: MailAddress) {
  const { id, to, subject, text, html, headers = {}, returnPath } = mail
  const lines = [id, to, subject, from.name, from.address, returnPath ?? '', ...Object.values(headers)]
  if (!lines.every(isOneLine) || !Object.keys(headers).every((name) => HEADER_NAME.test(name)))
    throw new NotAccepted('forged_header', true)
  return {
    from,
    to: { name: '', address: to },
    ...(returnPath !== undefined && { envelope: { from: returnPath, to: [to] } }),
    subject,
    text,
    html,
    messageId: `<${id}@${from.address.split('@')[1]}>`,
    // RFC 3834: no vacation notice is to answer.
    headers: { 'Auto-Submitted': 'auto-generated', 'X-Auto-Response-Suppress': 'All', ...headers },
  }
}

const HEADER_NAME = /^[A-Za-z][A-Za-z0-9-]*$/

type SmtpError = Error & { code?: string; response?: string; responseCode?: number; command?: string }

/** Final is what the server says of this recipient or this mail; that it refuses us or our sender can be put right. */
function refusalOf(error: unknown): NotAccepted {
  if (error instanceof NotAccepted) return error
  const { code = 'unknown', response = '', responseCode, command } = error as SmtpError
  const isPermanent = responseCode !== undefined && responseCode >= 500
  const isOfThisMail = command === 'RCPT TO' || command === 'DATA'
  const isImpossible = code === 'EENVELOPE' && command === 'API' // an address that no envelope can hold
  const shown = responseCode === undefined ? code : `smtp_${responseCode}`
  return new NotAccepted(shown, isImpossible || (isPermanent && isOfThisMail), {
    isGone: isPermanent && command === 'RCPT TO' && saysGone(response),
  })
}

/**
 * Without an enhanced code (RFC 3463) a refused recipient is one that is not there, unless the words are about us: a relay that
 * is set up wrongly refuses everybody, and nobody's address is to blame.
 */
function saysGone(response: string): boolean {
  const status = /^5\d\d[ -](5\.\d{1,3}\.\d{1,3})\b/.exec(response)?.[1]
  return status === undefined ? !OF_US.test(response) : isGoneStatus(status)
}

const OF_US = /relay|block|den(?:y|ied)|polic|spam|reputation|authenti|listed|sender/i
