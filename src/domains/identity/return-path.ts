/** Decoded more often than any page would. */
const MOST_LAYERS = 5

/**
 * Where a browser goes after a sign-in: a path of our own site, in its normal form, or undefined for anything that could be
 * read as another one: by browsers (which take \ for /, and //host for a host), or by what decodes it once more.
 */
export function returnPath(text: string, publicUrl: string): string | undefined {
  if (!/^\/[^\s\p{Cc}\p{Cf}]*$/u.test(text) || !URL.canParse(text, publicUrl)) return undefined
  const { origin, pathname, search, hash } = new URL(text, publicUrl)
  if (origin !== new URL(publicUrl).origin) return undefined
  return isOwnPath(text) && isOwnPath(pathname) ? `${pathname}${search}${hash}` : undefined
}

function isOwnPath(text: string): boolean {
  let path = text
  for (let layer = 0; layer < MOST_LAYERS; layer++) {
    if (/^\/[/\\]/.test(path)) return false
    const decoded = decodedOnce(path)
    if (decoded === undefined) return false
    if (decoded === path) return true
    path = decoded
  }
  return false
}

function decodedOnce(path: string): string | undefined {
  try {
    return decodeURIComponent(path)
  } catch {
    return undefined
  }
}
