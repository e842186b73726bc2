import type { Reply } from '#lib/api/types.ts'

export type Thread = Reply<'/api/v1/posts/{post_id}/comments'>['items'][number]
type WithReplies = Reply<'/api/v1/comments/{comment_id}/replies'>['items'][number]
type Leaf = WithReplies['replies']['items'][number]
/** On any level: the deepest come without the list of their replies. */
export type Comment = Leaf & {
  readonly replies?: { readonly items: readonly Comment[]; readonly next_cursor: string | null }
}

/** Replies end at the third level. */
export const DEEPEST = 2

/** Which form is open under which comment; the address says it too (`?reply=`, `?edit=`), for who has no JavaScript. */
export type OpenForm = { readonly kind: 'reply' | 'edit'; readonly id: string } | null

export function openFormOf(url: { readonly searchParams: Pick<URLSearchParams, 'get'> }): OpenForm {
  for (const kind of ['reply', 'edit'] as const) {
    const id = url.searchParams.get(kind)
    if (id !== null) return { kind, id }
  }
  return null
}
