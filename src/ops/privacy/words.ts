import { OperatorError } from '../../platform/errors.ts'

/** `--person amina --file x`: every option that is known, as often as it was given. */
export function optionsOf<K extends string>(
  words: readonly string[],
  known: readonly K[],
  usage: string,
): Record<K, string[]> {
  const given = Object.fromEntries(known.map((name) => [name, [] as string[]])) as Record<K, string[]>
  for (let at = 0; at < words.length; at += 2) {
    const name = known.find((one) => words[at] === `--${one}`)
    const value = words[at + 1]?.trim()
    if (name === undefined || !value)
      throw new OperatorError(`unexpected ${JSON.stringify(words[at])}: expected ${usage}`)
    given[name].push(value)
  }
  return given
}
