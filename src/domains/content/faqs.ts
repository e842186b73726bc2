import type { Static } from 'typebox'
import type { Actor } from '../../platform/actor.ts'
import { decodeCursor, filterDigest, PAGE } from '../../platform/cursor.ts'
import { pageSize } from '../../platform/db/index.ts'
import { notFound } from '../../platform/errors.ts'
import type { Services } from '../../platform/services.ts'
import { deleteVote, editedFaqPage, faqPage, insertVote, isFaqVisible } from './queries/faqs.ts'
import type { EditedFaqQuery, FaqQuery } from './schemas/faqs.ts'

/** Before every question: no category is empty. */
const FIRST = ['', '0', '00000000-0000-0000-0000-000000000000'] as const

/** The published questions as JSON text; who is signed in also reads which ones helped them. */
export async function readFaqs(
  { db }: Services,
  actor: Actor | null,
  query: Static<typeof FaqQuery>,
): Promise<string> {
  const { category, q, language = 'en', cursor, limit = PAGE } = query
  const filter = { category, q, language }
  const given = [category, q].filter((value) => value !== undefined)
  const values = [String(limit), ...after(cursor, filter), filterDigest(filter), language, ...given]
  const statement = faqPage(pageSize(limit), { category: category !== undefined, q: q !== undefined })
  return (await (actor ? db.textAs(actor, statement, values) : db.text(statement, values))) ?? ''
}

/** All questions as JSON text, drafts too, for those who edit them. */
export async function readEditedFaqs(
  { db }: Services,
  actor: Actor,
  query: Static<typeof EditedFaqQuery>,
): Promise<string> {
  const { category, q, language, published, cursor, limit = PAGE } = query
  const filter = { category, q, language, published, edited: true }
  const values = [
    limit,
    ...after(cursor, filter),
    filterDigest(filter),
    category ?? null,
    language ?? null,
    published ?? null,
    q ?? null,
  ]
  return (await db.textAs(actor, editedFaqPage(pageSize(limit)), values)) ?? ''
}

/** Says that it helped; the second time changes nothing. 404 `faq.not_found`. */
export function voteForFaq({ db }: Services, actor: Actor, faqId: string): Promise<void> {
  return db.transaction(actor, async (tx) => {
    if (!(await isFaqVisible(tx, faqId))) throw notFound('faq', faqId)
    await insertVote(tx, faqId, actor.userId)
  })
}

/** Takes it back; nothing happens where there was none. */
export function withdrawVote({ db }: Services, actor: Actor, faqId: string): Promise<void> {
  return db.transaction(actor, (tx) => deleteVote(tx, faqId, actor.userId))
}

function after(cursor: string | undefined, filter: Readonly<Record<string, unknown>>): readonly string[] {
  return cursor ? decodeCursor(cursor, { sort: 'faq', filter, length: 3 }) : FIRST
}
