import type { Api } from '#lib/api/client.ts'

type Target = { readonly of: 'post' | 'comment'; readonly id: string; readonly kind: 'like' | 'bookmark' }

/** Says it, or takes it back: 204 when it is so. */
export function setReaction(api: Api, { of, id, kind }: Target, on: boolean) {
  return of === 'post' ? ofPost(api, id, kind, on) : ofComment(api, id, on)
}

function ofPost(api: Api, post_id: string, reaction_type: 'like' | 'bookmark', on: boolean) {
  const params = { path: { post_id, reaction_type } }
  return on
    ? api.PUT('/api/v1/posts/{post_id}/reactions/{reaction_type}', { params })
    : api.DELETE('/api/v1/posts/{post_id}/reactions/{reaction_type}', { params })
}

function ofComment(api: Api, comment_id: string, on: boolean) {
  const params = { path: { comment_id, reaction_type: 'like' as const } }
  return on
    ? api.PUT('/api/v1/comments/{comment_id}/reactions/{reaction_type}', { params })
    : api.DELETE('/api/v1/comments/{comment_id}/reactions/{reaction_type}', { params })
}
