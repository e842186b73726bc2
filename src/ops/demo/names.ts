import type { Content } from './content.ts'
import { uuidV7 } from './ids.ts'

export type Kind = 'person' | 'tag' | 'program' | 'event' | 'faq'

/** The ids behind the names that the files use. */
export type Names = {
  /** A new row of this name, as of that moment. Throws ContentFault when the name is taken. */
  give(kind: Kind, name: string, file: string, moment: number): string
  /** Throws ContentFault, with the line, when the file that owns the name does not have it. */
  of(kind: Kind, name: string, file: string): string
}

export function createNames(content: Content): Names {
  const ids = new Map<string, string>()
  return {
    give(kind, name, file, moment) {
      const key = `${kind} ${name}`
      if (ids.has(key)) throw content.fault(file, name, `a second ${kind} is called "${name}"`)
      const id = uuidV7(moment)
      ids.set(key, id)
      return id
    },
    of(kind, name, file) {
      const id = ids.get(`${kind} ${name}`)
      if (id === undefined) throw content.fault(file, name, `there is no ${kind} called "${name}"`)
      return id
    },
  }
}
