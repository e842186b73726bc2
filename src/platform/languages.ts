/** The languages that the platform speaks: content is written in one of them (R33), and search knows their words. */
export const LANGUAGES = ['en', 'sw', 'fr'] as const

export type Language = (typeof LANGUAGES)[number]
