import type { Static, TSchema } from 'typebox'
import { Compile } from 'typebox/compile'
import { ContentFault, lineAt } from './faults.ts'

const TOKEN = /"(?:[^"\\]|\\.)*"|[{}[\],:]|[^\s{}[\],:"]+/g

/** The content of a JSON file of this shape. Throws ContentFault with the line of what is wrong. */
export function parseJson<T extends TSchema>(file: string, text: string, shape: T): Static<T> {
  const value = parse(file, text)
  const validator = Compile(shape)
  if (validator.Check(value)) return value as Static<T> // Check has just proven it; typebox's own guard is lost in T.
  const [fault] = validator.Errors(value)
  const place = fault?.instancePath ?? ''
  const where = place === '' ? '' : `${place} `
  throw new ContentFault(file, lineOfPointer(text, place), `${where}${fault?.message ?? 'has another shape'}`)
}

function parse(file: string, text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error)
    const place = /\(line (\d+) column \d+\)/.exec(message)?.[1]
    const line = place === undefined ? lineAt(text, text.length) : Number(place)
    throw new ContentFault(file, line, message.replace(/ in JSON at position.*/s, ''))
  }
}

/** Where the value of a JSON pointer begins, in a text that is known to be JSON. */
export function lineOfPointer(text: string, pointer: string): number {
  const tokens = [...text.matchAll(TOKEN)]
  let next = 0
  const child = (path: string, key: string | number) =>
    find(`${path}/${String(key).replaceAll('~', '~0').replaceAll('/', '~1')}`)
  const find = (path: string): number | undefined => {
    const [token, index] = [tokens[next]![0], tokens[next++]!.index]
    if (path === pointer) return index
    if (token !== '[' && token !== '{') return undefined
    for (let place = 0; tokens[next]![0] !== ']' && tokens[next]![0] !== '}'; place++) {
      let key: string | number = place
      if (token === '{') {
        key = String(JSON.parse(tokens[next]![0]))
        next += 2
      }
      const found = child(path, key)
      if (found !== undefined) return found
      if (tokens[next]![0] === ',') next++
    }
    next++
    return undefined
  }
  return lineAt(text, find('') ?? 0)
}
