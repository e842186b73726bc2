export type Inline =
  | string
  | { readonly kind: 'strong'; readonly text: Inline[] }
  | { readonly kind: 'em'; readonly text: Inline[] }
  | { readonly kind: 'code'; readonly text: string }
  | { readonly kind: 'link'; readonly href: string; readonly text: Inline[] }

/** Bounded, so that a long line of stars costs no more than its length. */
const MARK =
  /\*\*(?<strong>(?:[^*]|\*(?!\*)){1,500}?)\*\*(?!\*)|\*(?<em>[^\s*][^*]{0,500})\*|`(?<code>[^`]{1,500})`|\[(?<name>[^\]]{1,300})\]\((?<href>[^()\s]{1,1000})\)/

/** The marks within a line: strong, emphasis, code and links to the web. */
export function parseInline(text: string): Inline[] {
  const found: Inline[] = []
  let rest = text
  for (let match = MARK.exec(rest); match; match = MARK.exec(rest)) {
    if (match.index > 0) found.push(rest.slice(0, match.index))
    found.push(markOf(match))
    rest = rest.slice(match.index + match[0].length)
  }
  if (rest !== '') found.push(rest)
  return found
}

function markOf(match: RegExpExecArray): Inline {
  const { strong, em, code, name, href } = match.groups!
  if (strong !== undefined) return { kind: 'strong', text: parseInline(strong) }
  if (em !== undefined) return { kind: 'em', text: parseInline(em) }
  if (code !== undefined) return { kind: 'code', text: code }
  // Neither javascript: nor data:, whatever it is called.
  if (!/^https?:\/\//i.test(href!)) return match[0]
  return { kind: 'link', href: href!, text: [name!] }
}
