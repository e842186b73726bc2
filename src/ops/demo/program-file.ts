import { ContentFault } from './faults.ts'

export type Question = { question: string; options: string[]; answer: number; explanation: string }
export type Criterion = { criterion: string; points: number; description: string }

export type Lesson = {
  title: string
  type: 'text' | 'video' | 'resource' | 'quiz' | 'assignment'
  description: string
  minutes: number
  preview: boolean
  videoSeconds: number | null
  passingScore: number | null
  maxAttempts: number | null
  body: string
  questions: Question[] | null
  rubric: Criterion[] | null
}
export type Module = { title: string; description: string; sequential: boolean; lessons: Lesson[] }
export type Program = {
  file: string
  keys: ReadonlyMap<string, string>
  longDescription: string
  modules: Module[]
}

const HEADING = /^(## Module|## long_description|### Lesson)(?:: (.+))?$/
const KEY = /^([a-z_]+): (.*)$/
const TYPES = ['text', 'video', 'resource', 'quiz', 'assignment'] as const

type Section = { kind: string; title: string; line: number; lines: string[] }

/** A program in the format that db/demo/README.md describes. Throws ContentFault with the line of what is wrong. */
export function parseProgram(file: string, text: string): Program {
  const lines = text.split('\n')
  const end = lines.indexOf('---', 1)
  if (lines[0] !== '---' || end < 0)
    throw new ContentFault(file, 1, 'expected the keys between two lines ---')
  const keys = keysOf(file, lines.slice(1, end), 2)
  const program = { file, keys, longDescription: '', modules: [] as Module[] }
  for (const section of sections(file, lines, end + 1)) add(program, section)
  if (program.modules.length === 0) throw new ContentFault(file, lines.length, 'expected modules')
  return program
}

/** The value of a key that must be there. */
export function keyOf({ file, keys }: Program, name: string): string {
  const value = keys.get(name)
  if (value === undefined) throw new ContentFault(file, 1, `expected the key ${name}`)
  return value
}

/** The words of a key that holds a list; empty without the key. */
export function listOf({ keys }: Program, name: string): string[] {
  return (keys.get(name) ?? '').split(',').flatMap((word) => word.trim() || [])
}

function add(program: Program, section: Section): void {
  const { file, modules } = program
  if (section.kind === '## long_description') program.longDescription = section.lines.join('\n').trim()
  else if (section.kind === '## Module') modules.push(moduleOf(file, section))
  else {
    const open = modules.at(-1)
    if (!open) throw new ContentFault(file, section.line, 'a lesson comes before the first module')
    open.lessons.push(lessonOf(file, section))
  }
}

function sections(file: string, lines: readonly string[], from: number): Section[] {
  const found: Section[] = []
  for (let index = from; index < lines.length; index++) {
    const text = lines[index]!
    if (!/^##{1,2} /.test(text)) {
      found.at(-1)?.lines.push(text)
      continue
    }
    const [, kind, title = ''] = HEADING.exec(text) ?? []
    if (!kind) {
      throw new ContentFault(file, index + 1, 'expected ## long_description, ## Module: or ### Lesson:')
    }
    found.push({ kind, title, line: index + 1, lines: [] })
  }
  return found
}

function moduleOf(file: string, { title, line, lines }: Section): Module {
  const { keys } = split(file, line, lines)
  const description = keys.get('description') ?? ''
  return { title, description, sequential: keys.get('unlock') === 'sequential', lessons: [] }
}

function lessonOf(file: string, { title, line, lines }: Section): Lesson {
  const { keys, body } = split(file, line, lines)
  const type = TYPES.find((one) => one === keys.get('type'))
  if (!type) throw new ContentFault(file, line, `expected a lesson's type: ${TYPES.join(', ')}`)
  const { text, data } = fenced(file, line, type, body)
  return {
    title,
    type,
    description: keys.get('description') ?? '',
    minutes: number(file, line, keys, 'minutes') ?? 0,
    preview: keys.get('preview') === 'yes',
    videoSeconds: number(file, line, keys, 'video_seconds'),
    passingScore: number(file, line, keys, 'passing_score'),
    maxAttempts: number(file, line, keys, 'max_attempts'),
    body: text,
    questions: type === 'quiz' ? data.map((one) => question(file, line, one)) : null,
    rubric: type === 'assignment' ? data.map((one) => criterion(file, line, one)) : null,
  }
}

/** Keys up to the first blank line, the body after it. */
function split(file: string, line: number, lines: readonly string[]) {
  const blank = lines.findIndex((text) => text.trim() === '')
  const end = blank < 0 ? lines.length : blank
  return {
    keys: keysOf(file, lines.slice(0, end), line + 1),
    body: lines.slice(end).join('\n').trim(),
  }
}

function keysOf(file: string, lines: readonly string[], first: number): Map<string, string> {
  const pairs = lines.map((text, index) => {
    const [, key, value] = KEY.exec(text) ?? []
    if (key === undefined || value === undefined)
      throw new ContentFault(file, first + index, 'expected key: value')
    return [key, value.trim()] as const
  })
  return new Map(pairs)
}

function number(file: string, line: number, keys: ReadonlyMap<string, string>, name: string): number | null {
  const text = keys.get(name)
  if (text === undefined) return null
  if (!/^\d+$/.test(text)) throw new ContentFault(file, line, `${name} is "${text}": expected a whole number`)
  return Number(text)
}

/** The block of JSON that ends a quiz and an assignment, and the words before it. */
function fenced(file: string, line: number, type: string, body: string): { text: string; data: object[] } {
  if (type !== 'quiz' && type !== 'assignment') return { text: body, data: [] }
  const [, text = '', json] = /^([\s\S]*?)```json\n([\s\S]*?)```\s*$/.exec(body) ?? []
  try {
    const data: unknown = JSON.parse(json ?? '')
    if (Array.isArray(data)) return { text: text.trim(), data }
  } catch {
    // Said below: the block is missing or no JSON.
  }
  throw new ContentFault(file, line, `expected this ${type} to end with one json block that holds an array`)
}

function question(file: string, line: number, one: object): Question {
  const { question, options, answer, explanation } = one as Partial<Question>
  const whole = typeof question === 'string' && typeof explanation === 'string' && Array.isArray(options)
  if (!whole || typeof answer !== 'number' || options[answer] === undefined) {
    throw new ContentFault(file, line, 'a question needs question, options, answer (its index), explanation')
  }
  return { question, options, answer, explanation }
}

function criterion(file: string, line: number, one: object): Criterion {
  const { criterion, points, description } = one as Partial<Criterion>
  if (typeof criterion !== 'string' || typeof points !== 'number' || typeof description !== 'string') {
    throw new ContentFault(file, line, 'a criterion needs criterion, points, description')
  }
  return { criterion, points, description }
}
