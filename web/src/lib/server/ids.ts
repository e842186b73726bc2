const ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i

/** Whether a part of an address is an id at all; what is none leads nowhere (404), and need not be asked for. */
export function isId(text: string): boolean {
  return ID.test(text)
}
