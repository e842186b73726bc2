/** `line` counts from 1; `comment` is what stands right above the statement, markers included. */
export type SqlStatement = { readonly text: string; readonly line: number; readonly comment: string }

type Token = { readonly kind: 'space' | 'comment' | 'quoted' | 'word' | 'mark'; readonly text: string }

/** In this order: a dollar quote before a word's `$`, escape strings before plain ones. */
const TOKEN = new RegExp(
  [
    /(?<space>\s+)/,
    /(?<comment>--[^\n]*)/,
    /(?<quoted>\$(?<tag>[A-Za-z_\u0080-\uffff][\w\u0080-\uffff]*)?\$[\s\S]*?\$\k<tag>\$|[eE]'(?:\\[\s\S]|''|[^'\\])*'|'(?:''|[^'])*'|"(?:""|[^"])*")/,
    /(?<word>[A-Za-z_\u0080-\uffff][\w$\u0080-\uffff]*|\d[\w.]*)/,
    /(?<mark>[\s\S])/,
  ]
    .map((part) => part.source)
    .join('|'),
  'gu',
)

/**
 * Splits a script at the semicolons that end statements: those in strings, dollar quotes, comments, parentheses and
 * `BEGIN ATOMIC` bodies do not.
 */
export function splitStatements(script: string): SqlStatement[] {
  const statements: SqlStatement[] = []
  let current = start(1)
  let line = 1
  for (const token of tokens(script)) {
    if (token.text === ';' && current.depth === 0) {
      if (current.text) statements.push(finished(current))
      current = start(line)
    } else {
      take(current, token, line)
    }
    line += newlines(token.text)
  }
  if (current.text) statements.push(finished(current))
  return statements
}

type Current = { text: string; line: number; comment: string; depth: number; atomic: boolean; word: string }

function start(line: number): Current {
  return { text: '', line, comment: '', depth: 0, atomic: false, word: '' }
}

function take(current: Current, token: Token, line: number): void {
  if (current.text === '' && token.kind !== 'quoted' && token.kind !== 'word' && token.kind !== 'mark') {
    // A blank line parts a comment from the statement below it.
    if (token.kind === 'space' && newlines(token.text) > 1) current.comment = ''
    if (token.kind === 'comment') current.comment += `${token.text}\n`
    return
  }
  if (current.text === '') current.line = line
  current.text += token.text
  if (token.kind === 'word') takeWord(current, token.text.toUpperCase())
  else if (token.text === '(') current.depth++
  else if (token.text === ')') current.depth--
}

/** Inside `BEGIN ATOMIC … END` semicolons part the statements of a function's body; CASE has an END of its own. */
function takeWord(current: Current, word: string): void {
  if (word === 'ATOMIC' && current.word === 'BEGIN') {
    current.atomic = true
    current.depth++
  } else if (current.atomic && word === 'CASE') current.depth++
  else if (current.atomic && word === 'END') current.depth--
  current.word = word
}

function finished({ text, line, comment }: Current): SqlStatement {
  return { text: text.trimEnd(), line, comment }
}

function* tokens(script: string): Iterable<Token> {
  TOKEN.lastIndex = 0
  let position = 0
  while (position < script.length) {
    const token = script.startsWith('/*', position) ? blockComment(script, position) : next(script, position)
    position += token.text.length
    yield token
  }
}

function next(script: string, position: number): Token {
  TOKEN.lastIndex = position
  const match = TOKEN.exec(script)
  const groups = match?.groups ?? {}
  for (const kind of ['space', 'comment', 'quoted', 'word'] as const) {
    if (groups[kind] !== undefined) return { kind, text: groups[kind] }
  }
  return { kind: 'mark', text: match?.[0] ?? script.slice(position) }
}

/** Block comments nest in SQL. */
function blockComment(script: string, position: number): Token {
  const edge = /\/\*|\*\//g
  edge.lastIndex = position
  let depth = 0
  for (let match = edge.exec(script); match; match = edge.exec(script)) {
    depth += match[0] === '/*' ? 1 : -1
    if (depth === 0) return { kind: 'comment', text: script.slice(position, edge.lastIndex) }
  }
  return { kind: 'comment', text: script.slice(position) }
}

function newlines(text: string): number {
  return text.split('\n').length - 1
}
