import { Type } from 'typebox'
import { Closed, OneOf, Uuid } from '../../../platform/http/index.ts'
import { PersonCard } from './people.ts'

const Level = OneOf(['beginner', 'intermediate', 'advanced', 'expert'])

export const SkillPath = Closed({ tag_id: Uuid })
export const PersonSkillsPath = Closed({ user_id: Uuid })
export const PersonSkillPath = Closed({ user_id: Uuid, tag_id: Uuid })

export const SkillLevel = Closed({ level: Level })

/** At most fifty, the most endorsed first. */
export const Skills = Closed({
  items: Type.Array(
    Closed({
      tag_id: Uuid,
      name: Type.String(),
      slug: Type.String(),
      level: Level,
      endorsement_count: Type.Integer(),
      endorsed_by_me: Type.Boolean(),
      first_endorsers: Type.Array(PersonCard, { maxItems: 3 }),
    }),
  ),
})
