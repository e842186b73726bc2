import type { Actor } from '../../platform/actor.ts'
import type { Services } from '../../platform/services.ts'
import { type Kind, searchAll } from './queries.ts'
import { KINDS } from './schemas.ts'

/** Typed ahead, a few of each kind are enough. */
const FEW = 5
/** Single letters are no words yet: nothing is looked for. */
const A_WORD = /[\p{L}\p{N}][\p{L}\p{N}\p{M}]/u

type SearchRequest = { readonly q: string; readonly type?: Kind; readonly limit?: number }

/** What begins with the words typed so far, as JSON text: for this reader, who is not shown whom a block keeps apart. */
export async function search(
  { db }: Services,
  actor: Actor | null,
  { q, type, limit = FEW }: SearchRequest,
): Promise<string> {
  const kinds = type === undefined ? KINDS : [type]
  if (!A_WORD.test(q)) return nothing(kinds)
  if (actor === null) return searchAll(db.anonymous, kinds, q, limit)
  return db.transaction(actor, (tx) => searchAll(tx, kinds, q, limit), { readOnly: true })
}

function nothing(kinds: readonly Kind[]): string {
  return JSON.stringify(Object.fromEntries(KINDS.map((kind) => [kind, kinds.includes(kind) ? [] : null])))
}
