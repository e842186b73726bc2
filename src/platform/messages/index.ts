import type { Task } from '../jobs/index.ts'
import { sendMessage } from './send.ts'
import { sweepMessages } from './sweep.ts'
import type { AnyTemplate } from './template.ts'

export {
  type Bounce,
  liftSuppression,
  type MailKind,
  noteBounce,
  postMail,
  type Suppression,
  suppressedAddresses,
  suppressionOf,
} from './mailing.ts'
export { type NewMessage, queueMessage } from './queue.ts'
export { momentIn, renderMail, settingOf } from './render.ts'
export { sealedOfMessages } from './sealed-columns.ts'
export { noteSmsReport, sendSms, spentOnSms } from './sms-budget.ts'
export type {
  AnyTemplate,
  Letter,
  MailTemplate,
  NoParams,
  Params,
  Secrets,
  Setting,
  SmsTemplate,
  Template,
  Waiting,
} from './template.ts'

/** Sends and sweeps; `templates` are those of all domains, `brand` is how the platform calls itself. */
export function messageTasks(options: {
  readonly brand: string
  readonly templates: readonly AnyTemplate[]
}): readonly Task<never>[] {
  return [sendMessage(options), sweepMessages]
}
