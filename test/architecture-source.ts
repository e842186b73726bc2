/** An import, re-export or `import()` of a module, types included, with its place. */
export type Import = { readonly specifier: string; readonly line: number }

const importPattern =
  /(?<![\w$.])(?:(?:import|export)\b(?:\s+type\b)?[^'";()=]*?\bfrom\s*|import\s*|import\s*\(\s*)(?=['"])/g

/**
 * Reads imports with a scanner instead of a compiler: TypeScript 7 has no API for it, and stripping types would
 * hide `import type`, which couples as well.
 */
export function importsOf(text: string): Import[] {
  const code = codeOnly(text)
  return [...code.matchAll(importPattern)].map((match) => {
    const start = match.index + match[0].length
    const end = code.indexOf(code[start]!, start + 1)
    return { specifier: text.slice(start + 1, end), line: lineAt(text, match.index) }
  })
}

export function lineAt(text: string, index: number): number {
  return text.slice(0, index).split('\n').length
}

const token =
  /\/\/[^\n]*|\/\*[\s\S]*?\*\/|'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"|`|[{}]|\/(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\\n[])+\/[a-z]*/y

/** The same length of text with comments and the insides of strings, templates and regular expressions blanked. */
export function codeOnly(text: string): string {
  return scan(text, { keepStrings: false })
}

/** The same length of text with comments and regular expressions blanked: SQL stands in strings and templates. */
export function codeAndStrings(text: string): string {
  return scan(text, { keepStrings: true })
}

function scan(text: string, { keepStrings }: { keepStrings: boolean }): string {
  const out = text.split('')
  const depths: number[] = [] // Open braces in each `${}` that we are inside of.
  let index = 0
  while (index < text.length) {
    token.lastIndex = index
    const found = token.exec(text)?.[0]
    if (!found || (found.startsWith('/') && !/^\/[/*]/.test(found) && isDivision(out, index))) index += 1
    else if (found === '`') index = template(index + 1)
    else if (found === '{') index += enter()
    else if (found === '}') index = leave()
    else index = /^['"]/.test(found) ? string(index, found) : blank(index, index + found.length)
  }
  return out.join('')

  function enter(): number {
    if (depths.length > 0) depths[depths.length - 1]! += 1
    return 1
  }

  function leave(): number {
    if (depths.length === 0) return index + 1
    depths[depths.length - 1]! -= 1
    if (depths.at(-1)! >= 0) return index + 1
    depths.pop()
    return template(index + 1)
  }

  /** Blanks template text up to its end, or to a `${`, whose code is read like any other. */
  function template(from: number): number {
    for (let at = from; at < text.length; at += 1) {
      if (text[at] === '\\') at += 1
      else if (text[at] === '`') return words(from, at) + 1
      else if (text.startsWith('${', at)) {
        depths.push(0)
        return words(from, at) + 2
      }
    }
    return text.length
  }

  function string(from: number, found: string): number {
    return words(from + 1, from + found.length - 1) + 1
  }

  function words(from: number, to: number): number {
    return keepStrings ? to : blank(from, to)
  }

  function blank(from: number, to: number): number {
    for (let at = from; at < to; at += 1) if (out[at] !== '\n') out[at] = ' '
    return to
  }
}

/** A slash after a value divides; after anything else it begins a regular expression. */
function isDivision(out: readonly string[], index: number): boolean {
  const before = out
    .slice(Math.max(0, index - 200), index)
    .join('')
    .trimEnd()
  return /[\w$)\]'"`]$/.test(before) && !/\b(?:return|typeof|case|in|of|yield|await)$/.test(before)
}
