const TOKEN = /"(?:[^"\\]|\\.)*"|[{}[\],:]|[^\s{}[\],:"]+|"/g
const SCALAR = /^(?:".*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null)$/s

/** Where in a JSON text a pointer's value begins; the text's beginning when nothing is there. */
export function placeOfPointer(text: string, pointer: string): number {
  let place = 0
  walk(text, (path, index) => {
    if (path === pointer) place = index
  })
  return place
}

/** Where a text stops being JSON: Node tells that for some faults only. */
export function placeOfFault(text: string): number {
  return walk(text, () => {})
}

class Fault extends Error {}

/** Visits every value with its pointer. Returns where the text ends, or where it stops being JSON. */
function walk(text: string, visit: (path: string, index: number) => void): number {
  const tokens = [...text.matchAll(TOKEN)]
  let next = 0
  const peek = () => tokens[next]?.[0]
  const take = (expected: (token: string) => boolean): string => {
    const token = peek()
    if (token === undefined || !expected(token)) throw new Fault()
    next++
    return token
  }
  const value = (path: string): void => {
    visit(path, tokens[next]?.index ?? 0)
    const token = take((one) => one === '[' || one === '{' || SCALAR.test(one))
    if (token === '[') members(']', (place) => value(`${path}/${place}`))
    if (token === '{') {
      members('}', () => {
        const key = String(JSON.parse(take((one) => SCALAR.test(one) && one.startsWith('"'))))
        take((one) => one === ':')
        value(`${path}/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`)
      })
    }
  }
  const members = (end: string, member: (place: number) => void): void => {
    for (let place = 0; peek() !== end || place > 0; place++) {
      member(place)
      if (take((one) => one === ',' || one === end) === end) return
    }
    next++
  }
  try {
    value('')
  } catch (error) {
    if (!(error instanceof Fault)) throw error
  }
  return tokens[next]?.index ?? text.trimEnd().length
}
