import { OperatorError } from '../../platform/errors.ts'

/** A fault in a file of db/demo, as the one line that its author needs. */
export class ContentFault extends OperatorError {
  override readonly name = 'ContentFault'

  constructor(file: string, line: number, what: string) {
    super(`db/demo/${file}:${line}: ${what}`)
  }
}

/** The line, from 1, of a place in a text. */
export function lineAt(text: string, index: number): number {
  return text.slice(0, index).split('\n').length
}

/** The line that mentions a name first; the first line when none does. */
export function lineNaming(text: string, name: string): number {
  const quoted = text.indexOf(JSON.stringify(name))
  return lineAt(text, Math.max(0, quoted >= 0 ? quoted : text.indexOf(name)))
}
