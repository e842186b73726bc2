import { Type } from 'typebox'
import { Closed, OneOf, Timestamp, Uuid } from '../../../platform/http/index.ts'

export const ErasureRequest = Closed({
  public_writing: OneOf(['stays', 'goes'], {
    description:
      'What becomes of posts, comments, projects and reviews: they stay without their author, or go',
  }),
})

export const Erasure = Closed({
  erasure_id: Uuid,
  public_writing: OneOf(['stays', 'goes']),
  requested_at: Timestamp,
  cancellable_until: Timestamp,
})

export const KeepAccount = Closed({ token: Type.String({ minLength: 1, maxLength: 100 }) })
