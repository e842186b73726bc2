import type { Cache, WrapOptions } from './cache.ts'

/**
 * `wrap` for what may not be there: a null is answered and never kept, so that strangers' guesses do not fill the
 * cache.
 */
export async function wrapFound(
  cache: Cache,
  key: string,
  options: WrapOptions,
  produce: () => Promise<string | null>,
): Promise<string | null> {
  try {
    return await cache.wrap(key, options, async () => {
      const value = await produce()
      if (value === null) throw new NothingFound()
      return value
    })
  } catch (error) {
    if (error instanceof NothingFound) return null
    throw error
  }
}

class NothingFound extends Error {}
