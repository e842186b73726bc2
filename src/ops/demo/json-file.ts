import type { Static, TSchema } from 'typebox'
import { Compile } from 'typebox/compile'
import { ContentFault, lineAt } from './faults.ts'
import { placeOfFault, placeOfPointer } from './json-places.ts'

/** The content of a JSON file of this shape. Throws ContentFault with the line of what is wrong. */
export function parseJson<T extends TSchema>(file: string, text: string, shape: T): Static<T> {
  const value = parse(file, text)
  const validator = Compile(shape)
  if (validator.Check(value)) return value as Static<T> // Check has just proven it; typebox's own guard is lost in T.
  const [fault] = validator.Errors(value)
  const pointer = fault?.instancePath ?? ''
  const where = pointer === '' ? '' : `${pointer} `
  const line = lineAt(text, placeOfPointer(text, pointer))
  throw new ContentFault(file, line, `${where}${fault?.message ?? 'has another shape'}`)
}

function parse(file: string, text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    const place = placeOfFault(text)
    const found = text.slice(place, place + 20).split('\n')[0]
    throw new ContentFault(
      file,
      lineAt(text, place),
      found ? `${found} is not expected here` : 'the file is broken off',
    )
  }
}
