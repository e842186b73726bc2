import type { Api } from '#lib/api/client.ts'

const RELATIONS = ['follow', 'block', 'mute'] as const
export type Relation = (typeof RELATIONS)[number]

export function isRelation(word: string): word is Relation {
  return RELATIONS.some((one) => one === word)
}

/** What the reader is to somebody. */
export function setRelation(api: Api, user_id: string, what: Relation, on: boolean) {
  const params = { path: { user_id } }
  switch (what) {
    case 'follow':
      return on
        ? api.PUT('/api/v1/people/{user_id}/follow', { params })
        : api.DELETE('/api/v1/people/{user_id}/follow', { params })
    case 'block':
      return on
        ? api.PUT('/api/v1/people/{user_id}/block', { params })
        : api.DELETE('/api/v1/people/{user_id}/block', { params })
    case 'mute':
      return on
        ? api.PUT('/api/v1/people/{user_id}/mute', { params })
        : api.DELETE('/api/v1/people/{user_id}/mute', { params })
  }
}

export function setEndorsement(api: Api, user_id: string, tag_id: string, on: boolean) {
  const params = { path: { user_id, tag_id } }
  return on
    ? api.PUT('/api/v1/people/{user_id}/skills/{tag_id}/endorsement', { params })
    : api.DELETE('/api/v1/people/{user_id}/skills/{tag_id}/endorsement', { params })
}
