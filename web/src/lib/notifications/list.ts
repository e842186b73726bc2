export type Show = 'all' | 'unread' | 'archived'
type Place = { readonly show: Show; readonly thread: string | null; readonly cursor: string | null }

/** What the API is asked for a page of the list: of each thread its newest, or one thread by itself. */
export function listQuery({ show, thread, cursor }: Place) {
  return {
    limit: 20,
    ...(thread === null ? { grouped: true } : { thread_key: thread }),
    ...(show === 'unread' && { unread: true }),
    ...(show === 'archived' && { archived: true }),
    ...(cursor !== null && { cursor }),
  }
}

/** The same as an address. */
export function listAddress({ show, thread, cursor }: Place): string {
  const search = new URLSearchParams({
    ...(show !== 'all' && { [show]: '' }),
    ...(thread !== null && { thread }),
    ...(cursor !== null && { cursor }),
  })
  return search.size === 0 ? '' : `?${search}`
}
