import { Type } from 'typebox'
import { Closed, Nullable, Uuid } from '../../../platform/http/index.ts'

/** Someone as everybody may see them beside what they publish: `people.card` in SQL. */
export const PersonCard = Closed({
  user_id: Uuid,
  username: Nullable(Type.String()),
  full_name: Type.String(),
  profile_photo_url: Nullable(Type.String()),
})
