import { Type } from 'typebox'
import { Closed, Timestamp } from '../../../platform/http/index.ts'

/** What everybody agrees to who has an account. */
export const LEGAL_DOCUMENTS = ['terms', 'privacy'] as const
export type LegalDocument = (typeof LEGAL_DOCUMENTS)[number]

const InForce = Closed({ version: Type.String(), effective_from: Timestamp })

export const Legal = Closed({ terms: InForce, privacy: InForce })

const Version = Type.Optional(
  Type.String({ minLength: 1, maxLength: 20, description: 'The one in force: see GET /legal' }),
)

/** The versions that somebody has agreed to. Without both, and those in force, there is no account: 422. */
export const Accepted = Closed({ terms: Version, privacy: Version })
