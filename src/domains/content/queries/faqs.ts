import { type Insertable, sql } from 'kysely'
import { type Db, jsonPage, type PageSize, type Statement } from '../../../platform/db/index.ts'
import type { DB } from '../../../platform/db/schema.ts'

const FOUND = `(search_document(f.language, f.question || ' ' || f.answer) @@ search_query($W::text)
  OR strpos(typed_form(f.question || ' ' || f.answer), typed_form($W::text)) > 0)`

/**
 * A page of published questions as JSON text, each once: in the reader's language, else as it was first asked. $1: how many to
 * show; $2 to $4: the cursor's category, place and faq_id; $5: the filter's digest; $6: the language; then the category and
 * the words, where there are any. Reads every published question, of which there are some hundred at most. A translation
 * stands where its original does.
 */
export function faqPage(size: PageSize, filter: { category: boolean; q: boolean }): Statement {
  const words = filter.category ? '$8' : '$7'
  return {
    name: `faqs${filter.category ? '_of_category' : ''}${filter.q ? '_found' : ''}_${size}`,
    text: page(
      `
      SELECT category, turn, faq_id, json_build_object(
        'faq_id', faq_id, 'category', category, 'question', question, 'answer', answer, 'language', language,
        'helpful_count', faq_helpful_count(faq_id, helpful_count), 'is_helpful_to_me', EXISTS (
          SELECT FROM faq_votes v WHERE v.faq_id = f.faq_id AND v.user_id = actor_id())) AS item
      FROM (
        SELECT DISTINCT ON (coalesce(t.translation_of, t.faq_id))
          t.faq_id, t.question, t.answer, t.language, t.helpful_count,
          coalesce(o.category, t.category) AS category, coalesce(o.sequence_order, t.sequence_order, 0) AS turn
        FROM faqs t LEFT JOIN faqs o ON o.faq_id = t.translation_of AND o.is_published
        WHERE t.is_published
        ORDER BY coalesce(t.translation_of, t.faq_id), t.language = $6 DESC, t.translation_of IS NULL DESC, t.faq_id
      ) f
      WHERE (category, turn, faq_id) > ($2::text, $3::int, $4::uuid)
        ${filter.category ? 'AND category = $7' : ''}
        ${filter.q ? `AND ${FOUND.replaceAll('$W', words)}` : ''}
      ORDER BY category, turn, faq_id
      LIMIT ${size + 1}`,
    ),
  }
}

const EDITED = `
  f.faq_id, f.category, f.question, f.answer, f.language, faq_helpful_count(f.faq_id, f.helpful_count) AS helpful_count,
  f.sequence_order, coalesce(f.is_published, false) AS is_published, f.translation_of, f.updated_at`

/**
 * A page of all questions as JSON text, for editors. $1 to $5 as above; $6 to $9: category, language, whether published and
 * the words, each NULL for any.
 */
export function editedFaqPage(size: PageSize): Statement {
  return {
    name: `edited_faqs_${size}`,
    text: page(`
      SELECT category, turn, faq_id, item FROM (
        SELECT f.category, coalesce(f.sequence_order, 0) AS turn, f.faq_id,
          (SELECT row_to_json(shown) FROM (SELECT ${EDITED}) shown) AS item
        FROM faqs f
        WHERE (f.category, coalesce(f.sequence_order, 0), f.faq_id) > ($2::text, $3::int, $4::uuid)
          AND ($6::text IS NULL OR f.category = $6) AND ($7::text IS NULL OR f.language = $7)
          AND ($8::boolean IS NULL OR coalesce(f.is_published, false) = $8)
          AND ($9::text IS NULL OR ${FOUND.replaceAll('$W', '$9')})
        ORDER BY 1, 2, 3
        LIMIT ${size + 1}
      ) found`),
  }
}

function page(rows: string): string {
  return jsonPage({
    show: '$1::int',
    sort: 'faq',
    key: ['category', 'turn::text', 'faq_id'],
    digest: '$5',
    rows,
  })
}

/** One as its editors see it, as JSON text. $1: faq_id. */
export const EDITED_FAQ: Statement = {
  name: 'edited_faq',
  text: `SELECT row_to_json(item)::text FROM (SELECT ${EDITED} FROM faqs f WHERE f.faq_id = $1) item`,
}

type NewFaq = Pick<
  Insertable<DB['faqs']>,
  'category' | 'question' | 'answer' | 'language' | 'is_published' | 'translation_of'
>

/** At the end of its category. */
export async function insertFaq(db: Db, faq: NewFaq): Promise<string> {
  const last = sql<number>`(SELECT coalesce(max(sequence_order), 0) + 1 FROM faqs WHERE category = ${faq.category})`
  const { faq_id } = await db
    .insertInto('faqs')
    .values({ ...faq, sequence_order: last })
    .returning('faq_id')
    .executeTakeFirstOrThrow()
  return faq_id
}

/** Held until the commit, so that of two changes each tells what it replaced. Undefined: not there. */
export function holdFaq(db: Db, faqId: string) {
  return db
    .selectFrom('faqs')
    .select(['category', 'question', 'answer', 'is_published'])
    .where('faq_id', '=', faqId)
    .forUpdate()
    .executeTakeFirst()
}

export async function updateFaq(
  db: Db,
  faqId: string,
  change: Partial<Pick<NewFaq, 'category' | 'question' | 'answer' | 'is_published'>>,
): Promise<void> {
  await db.updateTable('faqs').set(change).where('faq_id', '=', faqId).execute()
}

/** How many questions now have the place that they have in the list. */
export async function orderFaqs(db: Db, faqIds: readonly string[]): Promise<number> {
  const { numAffectedRows } = await sql`
    UPDATE faqs f SET sequence_order = listed.place
    FROM unnest(${faqIds}::uuid[]) WITH ORDINALITY AS listed (faq_id, place)
    WHERE f.faq_id = listed.faq_id`.execute(db)
  return Number(numAffectedRows ?? 0)
}

/** With its translations, before it: alone they would be questions of their own. How many rows went. */
export async function deleteFaq(db: Db, faqId: string): Promise<number> {
  const translations = await db.deleteFrom('faqs').where('translation_of', '=', faqId).executeTakeFirst()
  const original = await db.deleteFrom('faqs').where('faq_id', '=', faqId).executeTakeFirst()
  return Number(translations.numDeletedRows + original.numDeletedRows)
}

/** Whether the actor can read it. */
export async function isFaqVisible(db: Db, faqId: string): Promise<boolean> {
  const found = await db.selectFrom('faqs').select('faq_id').where('faq_id', '=', faqId).executeTakeFirst()
  return found !== undefined
}

/** Once a person: the second time changes nothing. */
export async function insertVote(db: Db, faqId: string, userId: string): Promise<void> {
  await db
    .insertInto('faq_votes')
    .values({ faq_id: faqId, user_id: userId })
    .onConflict((conflict) => conflict.doNothing())
    .execute()
}

export async function deleteVote(db: Db, faqId: string, userId: string): Promise<void> {
  await db.deleteFrom('faq_votes').where('faq_id', '=', faqId).where('user_id', '=', userId).execute()
}
