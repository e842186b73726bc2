/** A new name for one attempt to write: sent twice with it, a thing is there once. Works over plain http too. */
export function newKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16))
  return [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('')
}
