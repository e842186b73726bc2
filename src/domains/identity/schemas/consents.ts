import { Type } from 'typebox'
import { Closed, Nullable, OneOf, Timestamp } from '../../../platform/http/index.ts'
import { LEGAL_DOCUMENTS } from './legal.ts'

/** What somebody may agree to. Without the first two there is no account; the last is off until they say otherwise. */
export const PURPOSES = [...LEGAL_DOCUMENTS, 'marketing'] as const
export type Purpose = (typeof PURPOSES)[number]

const Purposes = OneOf(PURPOSES)
const Version = Type.String({ minLength: 1, maxLength: 20 })

const Said = {
  version: Version,
  granted: Type.Boolean(),
  recorded_at: Timestamp,
}

export const Consents = Closed({
  items: Type.Array(
    Closed({
      purpose: Purposes,
      current_version: Version,
      granted: Type.Boolean({ description: 'What was said last, of whichever version; false: nothing was' }),
      version: Nullable(Version),
      recorded_at: Nullable(Timestamp),
      is_due: Type.Boolean({ description: 'The version in force is to be accepted' }),
    }),
  ),
  history: Type.Array(Closed({ purpose: Purposes, ...Said, source: Type.String() }), {
    description: 'All that I ever said, the newest first; the last hundred',
  }),
})

export const ConsentPath = Closed({ purpose: Purposes })
export const NewConsent = Closed({ granted: Type.Boolean(), version: Version })
