import type { Config } from '../config.ts'
import { createAfricasTalking } from './africas-talking.ts'
import { outboxMailer, outboxSms } from './outbox.ts'
import type { Mailer, SmsSender } from './port.ts'
import { createSmtpMailer } from './smtp.ts'

export { mailboxOf } from './mailbox.ts'
export { oneLine } from './one-line.ts'
export { outboxRoutes } from './outbox-routes.ts'
export { type Mail, type Mailer, NotAccepted, type Sms, type SmsReceipt, type SmsSender } from './port.ts'
export { type MailReport, parseReport } from './reports.ts'
export { addressMark, readReturnPath, returnPathTo, type SentTo, today } from './return-path.ts'
export { smsSegments } from './segments.ts'

/** SMTP where a server is configured, else files in `<dataDir>/outbox`, which `outboxRoutes` shows. Connects to nothing yet. */
export function createMailer({
  smtpUrl,
  mailFrom,
  dataDir,
}: Pick<Config, 'smtpUrl' | 'mailFrom' | 'dataDir'>): Mailer {
  return smtpUrl !== null && mailFrom !== null
    ? createSmtpMailer({ url: smtpUrl, from: mailFrom })
    : outboxMailer(dataDir)
}

/** Africa's Talking where it is configured, else files in `<dataDir>/outbox`. */
export function createSmsSender({
  africasTalking,
  dataDir,
}: Pick<Config, 'africasTalking' | 'dataDir'>): SmsSender {
  return africasTalking ? createAfricasTalking(africasTalking) : outboxSms(dataDir)
}
