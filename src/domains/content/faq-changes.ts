import pg from 'pg'
import type { Static } from 'typebox'
import type { Actor } from '../../platform/actor.ts'
import { audit } from '../../platform/audit/index.ts'
import type { Db } from '../../platform/db/index.ts'
import { conflict, notFound } from '../../platform/errors.ts'
import type { Services } from '../../platform/services.ts'
import { deleteFaq, EDITED_FAQ, holdFaq, insertFaq, orderFaqs, updateFaq } from './queries/faqs.ts'
import type { FaqChange, NewFaq } from './schemas/faqs.ts'

/**
 * A draft unless it says otherwise; answers it as JSON text. 404 `faq.not_found` for what it translates; 409
 * `faq.translation_taken`, `faq.not_an_original`.
 */
export async function addFaq(
  services: Services,
  actor: Actor,
  { translation_of, is_published = false, ...text }: Static<typeof NewFaq>,
): Promise<string> {
  const faqId = await services.db
    .transaction(actor, async (tx) => {
      const id = await insertFaq(tx, { ...text, is_published, translation_of: translation_of ?? null })
      await record(tx, actor, 'content.faq_added', id, { language: text.language, is_published })
      return id
    })
    .catch((error: unknown) => {
      throw refusalOf(error, translation_of ?? '') ?? error
    })
  return readFaq(services, actor, faqId)
}

/** Rewrites, publishes or takes down; answers it as JSON text. 404 `faq.not_found`. */
export async function changeFaq(
  services: Services,
  actor: Actor,
  faqId: string,
  change: Static<typeof FaqChange>,
): Promise<string> {
  await services.db.transaction(actor, async (tx) => {
    const before = await holdFaq(tx, faqId)
    if (!before) throw notFound('faq', faqId)
    await updateFaq(tx, faqId, change)
    await record(tx, actor, 'content.faq_changed', faqId, { ...before }, { ...before, ...change })
  })
  return readFaq(services, actor, faqId)
}

/** Puts these in the order of the list. 404 `faq.not_found` where one of them is not there: nothing changes then. */
export function arrangeFaqs({ db }: Services, actor: Actor, faqIds: readonly string[]): Promise<void> {
  return db.transaction(actor, async (tx) => {
    if ((await orderFaqs(tx, faqIds)) < faqIds.length) throw notFound('faq')
    await record(tx, actor, 'content.faqs_arranged', null, { faq_ids: faqIds })
  })
}

/** For good, with its translations and votes. 404 `faq.not_found`. */
export function removeFaq({ db }: Services, actor: Actor, faqId: string): Promise<void> {
  return db.transaction(actor, async (tx) => {
    const held = await holdFaq(tx, faqId)
    if (!held) throw notFound('faq', faqId)
    const rows = await deleteFaq(tx, faqId)
    await record(tx, actor, 'content.faq_removed', faqId, { question: held.question, rows })
  })
}

async function readFaq({ db }: Services, actor: Actor, faqId: string): Promise<string> {
  const text = await db.textAs(actor, EDITED_FAQ, [faqId])
  if (text === null) throw notFound('faq', faqId)
  return text
}

function refusalOf(error: unknown, original: string) {
  if (!(error instanceof pg.DatabaseError)) return undefined
  switch (error.constraint) {
    case 'faqs_translation_of_fkey':
      return notFound('faq', original)
    case 'faqs_one_translation_a_language':
      return conflict('faq.translation_taken', 'It is translated into this language already.', '/language')
    case 'faq_translates_an_original':
      return conflict(
        'faq.not_an_original',
        'Translate the original, into another language than its own.',
        '/translation_of',
      )
    default:
      return undefined
  }
}

type Values = Readonly<Record<string, unknown>>

/** With `after`, what differs between the two; else `values` as they are. */
function record(
  tx: Db,
  actor: Actor,
  action: string,
  faqId: string | null,
  values: Values,
  after?: Values,
): Promise<void> {
  const changes = after
    ? Object.fromEntries(
        Object.keys(after)
          .filter((key) => after[key] !== values[key])
          .map((key) => [key, { from: values[key], to: after[key] }]),
      )
    : values
  return audit(tx, {
    actor,
    action,
    entityType: 'faq',
    entityId: faqId,
    retentionClass: 'general',
    changes,
  })
}
