import type { ZxcvbnFactory, ZxcvbnResult } from '@zxcvbn-ts/core'

/**
 * `score`: guesses that are needed, 0 below 10^3, 1 below 10^6, 2 below 10^8, 3 below 10^10, 4. `warning` says what is
 * weak, `suggestions` what would help, both by codes that do not change, for the reader's language to put into words.
 */
export type Strength = {
  readonly score: 0 | 1 | 2 | 3 | 4
  readonly warning: Warning | null
  readonly suggestions: readonly Suggestion[]
}
export type Warning = (typeof WARNINGS)[keyof typeof WARNINGS]
export type Suggestion = (typeof SUGGESTIONS)[keyof typeof SUGGESTIONS]

/**
 * Length and guesses, and nothing on kinds of characters (NIST SP 800-63B 3.1.1.2, ASVS 5 6.2.5). Ten characters, since ASVS
 * asks for eight at least; 10^8 guesses, since sign-in allows thirty a minute and argon2id a hundred a second and core.
 */
export const SHORTEST_PASSWORD = 10
const LEAST_SCORE = 3

/** What is looked at: the rest can only make a password stronger, and the cost grows with the square. */
const LOOKED_AT = 32
const MOST_HINTS = 50
const GAPS = /[\p{P}\p{Z}]+/gu

export function isStrong(strength: Strength): boolean {
  return strength.score >= LEAST_SCORE
}

/**
 * How hard a password is to guess for who knows the lists of common ones and what `hints` say of its owner: e-mail, name, the
 * platform's name; words in them count too. About 1 ms, at worst 7. The lists take 30 MB from the first call on.
 */
export async function strengthOf(password: string, hints: readonly string[]): Promise<Strength> {
  const estimator = await loaded()
  const words = wordsOf(hints)
  const check = (text: string) => described(estimator.check(text.slice(0, LOOKED_AT), words))
  const strength = check(password)
  const joined = password.replaceAll(GAPS, '')
  // The estimator takes each dot of amina.wanjiru for as good as a word.
  return isStrong(strength) && joined !== password ? check(joined) : strength
}

let loading: Promise<ZxcvbnFactory> | undefined

function loaded(): Promise<ZxcvbnFactory> {
  loading ??= load()
  return loading
}

async function load(): Promise<ZxcvbnFactory> {
  const [{ ZxcvbnFactory }, { dictionary, adjacencyGraphs }] = await Promise.all([
    import('@zxcvbn-ts/core'),
    import('@zxcvbn-ts/language-common'),
  ])
  return new ZxcvbnFactory({
    dictionary,
    graphs: adjacencyGraphs,
    maxLength: LOOKED_AT,
    l33tMaxSubstitutions: 20,
  })
}

/** Each hint as a whole and without its gaps, its words and its neighbouring words. Two letters would be found everywhere. */
function wordsOf(hints: readonly string[]): string[] {
  const words = hints.flatMap((hint) => {
    const lower = hint.slice(0, 255).toLowerCase()
    const parts = lower.split(GAPS)
    const pairs = parts.slice(1).map((part, i) => `${parts[i]}${part}`)
    return [lower, parts.join(''), ...parts, ...pairs]
  })
  return [...new Set(words)].filter((word) => word.length > 2).slice(0, MOST_HINTS)
}

function described({ score, feedback }: ZxcvbnResult): Strength {
  const warning = Object.entries(WARNINGS).find(([name]) => name === feedback.warning)?.[1] ?? null
  const suggestions = Object.entries(SUGGESTIONS)
    .filter(([name]) => feedback.suggestions.includes(name))
    .map(([, code]) => code)
  return { score, warning, suggestions }
}

/** The estimator's names, and ours, which stay when the library's change. */
const WARNINGS = {
  straightRow: 'keyboard_row',
  keyPattern: 'keyboard_pattern',
  simpleRepeat: 'repeated_character',
  extendedRepeat: 'repeated_pattern',
  sequences: 'sequence',
  recentYears: 'recent_year',
  dates: 'date',
  topTen: 'very_common',
  topHundred: 'very_common',
  common: 'common',
  similarToCommon: 'similar_to_common',
  wordByItself: 'single_word',
  namesByThemselves: 'name',
  commonNames: 'name',
  userInputs: 'personal',
} as const

const SUGGESTIONS = {
  l33t: 'avoid_predictable_substitutions',
  reverseWords: 'avoid_reversed_words',
  allUppercase: 'capitalize_some',
  capitalization: 'capitalize_more',
  dates: 'avoid_dates',
  recentYears: 'avoid_recent_years',
  associatedYears: 'avoid_associated_years',
  sequences: 'avoid_sequences',
  repeated: 'avoid_repeats',
  longerKeyboardPattern: 'longer_keyboard_pattern',
  anotherWord: 'add_words',
  useWords: 'use_several_words',
  noNeed: 'symbols_are_not_needed',
} as const
