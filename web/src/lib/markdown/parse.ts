import { type Inline, parseInline } from './inline.ts'

export type Block =
  | { readonly kind: 'heading'; readonly level: number; readonly text: Inline[] }
  | { readonly kind: 'paragraph'; readonly text: Inline[] }
  | { readonly kind: 'list'; readonly start: number | null; readonly items: Inline[][] }
  | { readonly kind: 'quote'; readonly blocks: Block[] }
  | { readonly kind: 'table'; readonly head: Inline[][]; readonly rows: Inline[][][] }
  | { readonly kind: 'code'; readonly text: string }

const HEADING = /^(#{1,6}) +(.*)$/
const BULLET = /^ {0,3}[-*+] +(.*)$/
const NUMBER = /^ {0,3}(\d{1,9})[.)] +(.*)$/
const QUOTE = /^ {0,3}> ?(.*)$/
const ROW = /^ *\|.*$/
const RULE = /^[ |:-]+$/
const FENCE = /^```/
/** Of quotes in quotes: deeper ones are shown as they are written. */
const DEEPEST = 4

/**
 * The part of Markdown that lessons are written in, as blocks that a component shows as elements: no HTML is made of
 * anybody's text, so none can be smuggled in. What is not understood stays the text it was.
 */
export function parse(source: string, depth = 0): Block[] {
  const lines = source.replaceAll('\r\n', '\n').split('\n')
  const blocks: Block[] = []
  let at = 0

  /** The lines from here on that match, in a row. */
  const take = (pattern: RegExp): RegExpExecArray[] => {
    const found: RegExpExecArray[] = []
    for (
      let match = pattern.exec(lines[at] ?? '');
      match && at < lines.length;
      match = pattern.exec(lines[at] ?? '')
    ) {
      found.push(match)
      at++
    }
    return found
  }

  while (at < lines.length) {
    const line = lines[at]!
    const heading = HEADING.exec(line)
    if (line.trim() === '') at++
    else if (heading) {
      blocks.push({ kind: 'heading', level: heading[1]!.length, text: parseInline(heading[2]!) })
      at++
    } else if (FENCE.test(line)) {
      const first = ++at
      while (at < lines.length && !FENCE.test(lines[at]!)) at++
      blocks.push({ kind: 'code', text: lines.slice(first, at++).join('\n') })
    } else if (BULLET.test(line)) {
      blocks.push({ kind: 'list', start: null, items: take(BULLET).map(([, text]) => parseInline(text!)) })
    } else if (NUMBER.test(line)) {
      const items = take(NUMBER)
      blocks.push({
        kind: 'list',
        start: Number(items[0]![1]),
        items: items.map(([, , text]) => parseInline(text!)),
      })
    } else if (QUOTE.test(line) && depth < DEEPEST) {
      const quoted = take(QUOTE).map(([, text]) => text!)
      blocks.push({ kind: 'quote', blocks: parse(quoted.join('\n'), depth + 1) })
    } else if (ROW.test(line) && RULE.test(lines[at + 1] ?? '')) {
      const [head, , ...rows] = take(ROW).map(([row]) => cellsOf(row))
      blocks.push({ kind: 'table', head: head!, rows })
    } else {
      const first = at++
      while (at < lines.length && !beginsSomething(lines[at]!)) at++
      blocks.push({ kind: 'paragraph', text: parseInline(lines.slice(first, at).join('\n')) })
    }
  }
  return blocks
}

function beginsSomething(line: string): boolean {
  return (
    line.trim() === '' || [HEADING, BULLET, NUMBER, QUOTE, ROW, FENCE].some((pattern) => pattern.test(line))
  )
}

function cellsOf(row: string): Inline[][] {
  return row
    .trim()
    .replace(/^\||\|$/g, '')
    .split('|')
    .map((cell) => parseInline(cell.trim()))
}
