/** What mail programs and phones make a link of: with a scheme, with `www.`, or the bare name of a site. A mail address is none. */
const ADDRESS =
  /(?:[a-z][a-z\d+.-]{0,20}:\/\/|\bwww\.)\S*|(?<![\p{L}\p{N}.@-])(?:[\p{L}\p{N}-]{1,63}\.){1,10}\p{L}{2,24}(?![\p{L}\p{N}])(?::\d+)?[/?#]?/giu

/** Names of sites end so, whatever stands before; other endings may be a name's (amina.wanjiru) or a sentence's. */
const COMMON = new Set(
  'com net org info biz io co me ly app dev xyz top online site shop store link click live club pro page africa'.split(
    ' ',
  ),
)

/**
 * The hosts, with their ports, of all that looks like a web address. `careful`: of bare names those alone that have a path or
 * a common ending; else all but abbreviations (p.ex.) and where a sentence began without a blank (“done.Then”).
 */
export function hostsIn(text: string, { careful = false } = {}): string[] {
  return [...text.normalize('NFKC').matchAll(ADDRESS)].flatMap(([found]) => {
    const [, scheme, rest = ''] = /^([a-z][a-z\d+.-]*:\/\/)?(.*)$/isu.exec(found) ?? []
    const host = rest.split(/[/?#\\]/)[0]!.replace(/[.,;:!?)»”"'’]+$/u, '')
    const isPlain = scheme !== undefined || /^www\./i.test(rest) || /[/?#]$/.test(found)
    return isPlain || isSite(host, careful) ? [host.toLowerCase()] : []
  })
}

function isSite(host: string, careful: boolean): boolean {
  const labels = host.replace(/:\d+$/, '').split('.')
  const last = labels.pop()!
  if (COMMON.has(last.toLowerCase())) return true
  return !careful && !/^\p{Lu}\p{Ll}+$/u.test(last) && labels.some((label) => label.length > 1)
}
