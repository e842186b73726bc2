import { m } from '#lib/paraglide/messages.js'

/** What people may ask about their data, in the order in which it is offered. */
export const RIGHTS = [
  'access',
  'rectification',
  'erasure',
  'restriction',
  'objection',
  'portability',
] as const
export type Right = (typeof RIGHTS)[number]

export const RIGHT_NAMES: Readonly<Record<Right, () => string>> = {
  access: m.privacy_right_access,
  rectification: m.privacy_right_rectification,
  erasure: m.privacy_right_erasure,
  restriction: m.privacy_right_restriction,
  objection: m.privacy_right_objection,
  portability: m.privacy_right_portability,
}
