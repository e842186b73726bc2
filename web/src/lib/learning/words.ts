import { m } from '#lib/paraglide/messages.js'
import type { IconName } from '#lib/ui/Icon.svelte'

const LEVELS: Readonly<Record<string, () => string>> = {
  beginner: m.learning_level_beginner,
  intermediate: m.learning_level_intermediate,
  advanced: m.learning_level_advanced,
}

/** A level in the reader's language; one that we do not know stays what it is called. */
export function levelName(level: string): string {
  return LEVELS[level]?.() ?? level
}

const PRICINGS = {
  free: m.learning_pricing_free,
  one_time: m.learning_pricing_one_time,
  subscription: m.learning_pricing_subscription,
} as const

export type Pricing = keyof typeof PRICINGS

export function pricingName(pricing: Pricing): string {
  return PRICINGS[pricing]()
}

const KINDS = {
  text: [m.learning_kind_text, 'learn'],
  video: [m.learning_kind_video, 'play'],
  quiz: [m.learning_kind_quiz, 'help'],
  assignment: [m.learning_kind_assignment, 'edit'],
  resource: [m.learning_kind_resource, 'download'],
} as const satisfies Record<string, readonly [() => string, IconName]>

export type LessonKind = keyof typeof KINDS

export function kindName(kind: LessonKind): string {
  return KINDS[kind][0]()
}

export function kindIcon(kind: LessonKind): IconName {
  return KINDS[kind][1]
}
