import { NotAccepted } from '../delivery/index.ts'
import type { JobContext, Task } from '../jobs/index.ts'
import { postMail } from './mailing.ts'
import { contextOf } from './queue.ts'
import { renderMail, settingOf } from './render.ts'
import { type MessageRow, markEnded, markSent, noteFailure, queuedMessage } from './rows.ts'
import { sendSms } from './sms-budget.ts'
import type { AnyTemplate, Secrets, Waiting } from './template.ts'

type Options = { readonly brand: string; readonly templates: readonly AnyTemplate[] }

/**
 * Sends one message. Tried again by the queue until it is accepted; what is refused for good is marked `failed` and left.
 * One window stays open (R28): a process that ends after the server took the message and before the row says so sends it
 * again, under the same Message-ID.
 */
export function sendMessage({ brand, templates }: Options): Task<{ message_id: string }> {
  const byName = new Map(templates.map((template) => [template.name, template]))
  if (byName.size < templates.length) throw new Error('two message templates have one name')
  return {
    name: 'platform.send_message.v1',
    async run({ message_id }, context) {
      const row = await queuedMessage(context.db.anonymous, message_id)
      if (!row) return
      const template = byName.get(row.template)
      // A process of the next version knows it.
      if (!template) throw new Error(`no message template is called ${row.template}`)
      await send(row, template, brand, context)
    },
  }
}

async function send(row: MessageRow, template: AnyTemplate, brand: string, context: JobContext) {
  const { db, services, log } = context
  const { message_id } = row
  const recipient = services.fields.open(contextOf(row.recipient_index), row.recipient_cipher)
  const secrets = isStale(row, template) ? null : await secretsOf(row, template, recipient, context)
  if (secrets === null) return markEnded(db.anonymous, message_id, 'suppressed', 'not_needed')
  let outcome: 'sent' | 'suppressed' | 'over_cap'
  try {
    outcome = await deliver(row, template, { recipient, secrets, brand }, context)
  } catch (error) {
    if (!(error instanceof NotAccepted)) throw error
    if (!error.isFinal) {
      await noteFailure(db.anonymous, message_id, error.code)
      throw error
    }
    log.warn({ message_id, template: template.name, code: error.code }, 'a message was refused for good')
    return markEnded(db.anonymous, message_id, 'failed', error.code)
  }
  if (outcome === 'sent') await markSent(db.anonymous, message_id)
  else
    await markEnded(
      db.anonymous,
      message_id,
      'suppressed',
      outcome === 'over_cap' ? outcome : 'address_suppressed',
    )
}

function isStale(row: MessageRow, { usefulForSeconds = Number.POSITIVE_INFINITY }: AnyTemplate): boolean {
  return row.age_seconds > usefulForSeconds
}

async function secretsOf(
  row: MessageRow,
  { prepare }: AnyTemplate,
  recipient: string,
  { db, services }: JobContext,
): Promise<Secrets | null> {
  if (!prepare) return {}
  const { message_id: messageId, user_id: userId, language } = row
  const waiting = { messageId, userId, recipient, language, params: paramsOf(row) }
  return db.transaction(null, (tx) => prepare(tx, waiting, services))
}

type Content = { readonly recipient: string; readonly secrets: Secrets; readonly brand: string }

function deliver(
  row: MessageRow,
  template: AnyTemplate,
  { recipient, secrets, brand }: Content,
  context: JobContext,
): Promise<'sent' | 'suppressed' | 'over_cap'> {
  const { services } = context
  const { message_id: id, language, user_id: userId } = row
  const on = settingOf({ brand, publicUrl: services.config.publicUrl, language, timezone: row.timezone })
  const values = { ...row.params, ...secrets } as never // of this template's own type, as queueMessage asked
  if (template.channel === 'sms')
    return sendSms(context, { id, to: recipient, text: template.texts[language](values, on) }, 'code')
  const letter = template.texts[language](values, on)
  // What anyone may cause, somebody waits for.
  const kind = template.causedBy === 'anyone' ? 'asked' : 'told'
  return postMail(
    context,
    { id, to: recipient, ...renderMail(letter, { brand, language }) },
    { userId, kind },
  )
}

/** Written by queueMessage with this template's own type. */
function paramsOf(row: MessageRow): Waiting<never>['params'] {
  return row.params as never
}
