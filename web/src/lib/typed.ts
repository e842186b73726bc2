/** Nothing of this is written into a page: it is typed anew. */
export const SECRET = /password|code|token|totp|ticket/

/** What was typed, but for secrets. Boxes that share a name are told as a list with commas. */
export function typed(form: FormData): Record<string, string> {
  const names = [...new Set(form.keys())].filter((name) => !SECRET.test(name))
  const texts = (name: string) => form.getAll(name).filter((value) => typeof value === 'string')
  return Object.fromEntries(names.map((name) => [name, texts(name).join(',')]))
}
