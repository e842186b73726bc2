/** Unsent words, kept in this browser alone. Storage may be full or closed: then nothing is kept, and nothing breaks. */
export type Draft = Readonly<Record<string, string>>

const PREFIX = 'draft:'

export function saveDraft(person: string, name: string, draft: Draft): void {
  try {
    const key = `${PREFIX}${person}:${name}`
    if (Object.values(draft).every((text) => text.trim() === '')) localStorage.removeItem(key)
    else localStorage.setItem(key, JSON.stringify(draft))
  } catch (error) {
    if (!(error instanceof DOMException)) throw error
  }
}

export function readDraft(person: string, name: string): Draft | null {
  try {
    const kept = localStorage.getItem(`${PREFIX}${person}:${name}`)
    return kept === null ? null : (JSON.parse(kept) as Draft)
  } catch (error) {
    if (error instanceof DOMException || error instanceof SyntaxError) return null
    throw error
  }
}

export function dropDraft(person: string, name: string): void {
  saveDraft(person, name, {})
}
