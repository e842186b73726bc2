import type { Static } from 'typebox'
import { decodeCursor, filterDigest, PAGE } from '../../platform/cursor.ts'
import { pageSize } from '../../platform/db/index.ts'
import type { Services } from '../../platform/services.ts'
import { tagPage } from './queries/tags.ts'
import type { TagQuery } from './schemas/tags.ts'

const FIRST = ['', '00000000-0000-0000-0000-000000000000'] as const

/** The taxonomy by name, as JSON text: of one category, beginning with what was typed. */
export async function readTags({ db }: Services, query: Static<typeof TagQuery>): Promise<string> {
  const { category, q = '', cursor, limit = PAGE } = query
  const filter = { category, q }
  const after = cursor ? decodeCursor(cursor, { sort: 'tag_name', filter, length: 2 }) : FIRST
  const values = [
    q,
    ...after,
    filterDigest(filter),
    String(limit),
    ...(category === undefined ? [] : [category]),
  ]
  return (await db.text(tagPage(pageSize(limit), category), values)) ?? ''
}
