import { createHash } from 'node:crypto'

export type StatementName = { readonly label: string; readonly named: boolean }

/** Beyond this many distinct texts (an IN list that grows, say) a statement is sent unnamed: each name costs memory in every backend. */
const MOST_NAMES = 2_000

const KIND = /^[\s(]*(?:--[^\n]*\n\s*)*(select|insert|update|delete|merge|with)\b/i
const TABLE = /\b(?:from|into|update|join)\s+(?:only\s+)?(?:"?[a-z_]\w*"?\.)?"?([a-z_]\w*)"?/i

const names = new Map<string, StatementName>()
const taken = new Set<string>()

/**
 * `select_enrollments_3fa2c1`: kind, first table, start of the text's SHA-1. The same text has the same name in every
 * process, so the name serves as the metrics label too; it stays below PostgreSQL's 63 bytes.
 */
export function statementName(text: string): StatementName {
  const known = names.get(text)
  if (known) return known
  const subject = `${kindOf(text)}_${tableOf(text)}`
  if (names.size >= MOST_NAMES) return { label: `${subject}_other`, named: false }
  const name = { label: freeName(subject, text), named: true }
  names.set(text, name)
  taken.add(name.label)
  return name
}

function kindOf(text: string): string {
  return KIND.exec(text)?.[1]?.toLowerCase() ?? 'run'
}

function tableOf(text: string): string {
  return (TABLE.exec(text)?.[1] ?? 'nothing').toLowerCase().slice(0, 40)
}

function freeName(subject: string, text: string): string {
  const digest = createHash('sha1').update(text).digest('hex')
  const short = `${subject}_${digest.slice(0, 6)}`
  return taken.has(short) ? `${subject}_${digest.slice(0, 12)}` : short
}
