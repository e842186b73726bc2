import type { Api } from '#lib/api/client.ts'
import type { ItemOf, Reply } from '#lib/api/types.ts'

export type Post = Reply<'/api/v1/posts/{post_id}'>
type Listed = ItemOf<'/api/v1/posts'>
export type Category = Listed['category']
export type Reaction = Post['my_reactions'][number]

/** Which posts a list shows. */
export type PostSource =
  | { readonly list: 'all'; readonly category?: Category | undefined }
  | { readonly list: 'following' | 'bookmarks' }
  | { readonly list: 'of'; readonly person: string }

/** A post as a list shows it: the beginning of its text, and what the reader has said to it. */
export type PostInList = Omit<Listed, 'media_urls' | 'view_count' | 'share_count' | 'updated_at'> & {
  readonly is_cut: boolean
  readonly my_reactions: readonly Reaction[]
}
export type PostPage = { readonly items: readonly PostInList[]; readonly next: string | null }

type Answer = { readonly data?: PostPage; readonly error?: unknown; readonly response: Response }

/** A page is read on a phone: what is below may never be asked for. */
const PAGE = 10
const MOST_LETTERS = 420
const MOST_LINES = 9

/** A page of a list, asked on the server and, for what comes next, in the browser. */
export async function askPosts(
  api: Api,
  source: PostSource,
  { cursor, signedIn }: { readonly cursor?: string | null | undefined; readonly signedIn: boolean },
): Promise<Answer> {
  const { data, error, response } = await askList(api, source, { limit: PAGE, ...(cursor && { cursor }) })
  if (!data) return { error, response }
  const mine = signedIn ? await reactionsTo(api, data.items) : new Map<string, Reaction[]>()
  const items = data.items.map((post) => inList(post, mine.get(post.post_id) ?? []))
  return { data: { items, next: data.next_cursor }, response }
}

function askList(api: Api, source: PostSource, query: { limit: number; cursor?: string }) {
  switch (source.list) {
    case 'all':
      return api.GET('/api/v1/posts', {
        params: { query: { ...query, ...(source.category && { category: source.category }) } },
      })
    case 'following':
      return api.GET('/api/v1/me/feed', { params: { query } })
    case 'bookmarks':
      return api.GET('/api/v1/me/bookmarks', { params: { query } })
    case 'of':
      return api.GET('/api/v1/people/{person}/posts', { params: { path: { person: source.person }, query } })
  }
}

/** Lists are the same for every reader; what this one has said comes beside. Without it they are shown as well. */
async function reactionsTo(api: Api, posts: readonly Listed[]): Promise<Map<string, Reaction[]>> {
  if (posts.length === 0) return new Map()
  const query = { post_id: posts.map(({ post_id }) => post_id) }
  const { data } = await api.GET('/api/v1/me/reactions', { params: { query } })
  return new Map(data?.items.map(({ post_id, my_reactions }) => [post_id, my_reactions]))
}

function inList(
  { media_urls: _m, view_count: _v, share_count: _s, updated_at: _u, ...post }: Listed,
  my_reactions: readonly Reaction[],
): PostInList {
  const { text, is_cut } = beginning(post.content)
  return { ...post, content: text, is_cut, my_reactions }
}

function beginning(content: string): { text: string; is_cut: boolean } {
  // By whole characters: half of an emoji is none.
  const letters = [...content.slice(0, 2 * MOST_LETTERS)].slice(0, MOST_LETTERS).join('')
  const text = letters.split('\n').slice(0, MOST_LINES).join('\n').trimEnd()
  const is_cut = text.length < content.trimEnd().length
  if (!is_cut) return { text, is_cut }
  // Half a word is none, unless it is as long as lines are.
  const isWithin = /\S/.test(content.charAt(text.length))
  const whole = isWithin ? text.replace(/\s+\S{1,30}$/, '') : text
  return { text: `${whole} …`, is_cut }
}
