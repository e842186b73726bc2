type Page<T> = { items: T[]; next_cursor: string | null }
type Answer<T> = {
  readonly data?: { readonly items: readonly T[]; readonly next_cursor: string | null } | undefined
}

/** Puts the next page of a list behind what is there. Throws when it cannot be had. */
export async function more<T>(list: Page<T>, ask: (cursor: string) => Promise<Answer<T>>): Promise<void> {
  if (list.next_cursor === null) return
  const { data } = await ask(list.next_cursor)
  if (data === undefined) throw new Error('The next page cannot be had.')
  list.items.push(...data.items)
  list.next_cursor = data.next_cursor
}
