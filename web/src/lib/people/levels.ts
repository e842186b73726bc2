import { m } from '#lib/paraglide/messages.js'

const LEVELS = {
  beginner: m.people_level_beginner,
  intermediate: m.people_level_intermediate,
  advanced: m.people_level_advanced,
  expert: m.people_level_expert,
} as const

export type Level = keyof typeof LEVELS

export const LEVEL_WORDS = Object.keys(LEVELS) as readonly Level[]

export function isLevel(word: unknown): word is Level {
  return LEVEL_WORDS.some((one) => one === word)
}

export function levelName(level: Level): string {
  return LEVELS[level]()
}
