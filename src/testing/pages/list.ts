/** Who a page is made for: nobody signed in, or one of the demo world's people by username. */
export type Reader = 'stranger' | 'amina' | 'kwame' | 'zawadi' | 'lindiwe'

/** Asks the API as the reader of the page. */
export type Ask = <T>(path: string) => Promise<T>

export type ListedPage = {
  /** A word to choose it by, and the name of its pictures. */
  readonly name: string
  /** Its folder under web/src/routes. */
  readonly route: string
  readonly reader: Reader
  /** What stands in the place of each `[parameter]`. */
  readonly fill: Readonly<Record<string, Fill>>
  readonly query: string
}
type Fill = string | ((ask: Ask) => Promise<string>)

const PROGRAM = 'a-name-people-remember'

/**
 * Every page of the web application, once: what is photographed, measured and tested. A page that is not here fails
 * test/web/pages.test.ts.
 */
export const PAGES: readonly ListedPage[] = [
  page('home', '/', 'stranger'),
  page('kit', '/dev/kit', 'stranger'),
  page('offline-shell', '/offline-shell', 'stranger'),
  page('programs', '/programs', 'stranger'),
  page('program', '/programs/[slug]', 'stranger', { fill: { slug: PROGRAM } }),
  page('lesson-preview', '/learn/[slug]/[lesson]', 'stranger', {
    fill: { slug: PROGRAM, lesson: at(`/api/v1/programs/${PROGRAM}`, 'modules.0.lessons.0.lesson_id') },
  }),
  page('lesson', '/learn/[slug]/[lesson]', 'amina', {
    fill: {
      slug: at('/api/v1/me/enrollments', 'items.0.program.slug'),
      lesson: at('/api/v1/me/enrollments', 'items.0.next_lesson.lesson_id'),
    },
  }),
  page('events', '/events', 'stranger'),
  page('event', '/events/[slug]', 'stranger', { fill: { slug: 'nairobi-makers-indaba' } }),
  page('coaches', '/coaches', 'stranger'),
  page('coach', '/coaches/[username]', 'stranger', { fill: { username: 'kwame' } }),
  page('partners', '/partners', 'stranger'),
  page('partner', '/partners/[slug]', 'stranger', { fill: { slug: 'pwani-enterprise-trust' } }),
  page('search', '/search', 'stranger', { query: '?q=na' }),
  page('community', '/community', 'stranger'),
  page('community-following', '/community', 'amina', { query: '?following=1' }),
  page('post', '/community/[post]', 'amina', { fill: { post: at('/api/v1/posts', 'items.0.post_id') } }),
  page('post-new', '/community/new', 'amina'),
  page('post-edit', '/community/[post]/edit', 'amina', {
    fill: { post: at('/api/v1/people/amina/posts', 'items.0.post_id') },
  }),
  page('thread', '/community/[post]/thread/[comment]', 'amina', {
    fill: {
      post: at('/api/v1/people/amina/posts', 'items.0.post_id'),
      comment: async (ask) => {
        const post = await textAt(ask, '/api/v1/people/amina/posts', 'items.0.post_id')
        return textAt(ask, `/api/v1/posts/${post}/comments`, 'items.0.comment_id')
      },
    },
  }),
  page('bookmarks', '/bookmarks', 'amina'),
  page('person', '/people/[person]', 'amina', { fill: { person: 'kwame' } }),
  page('person-stranger', '/people/[person]', 'stranger', { fill: { person: 'amina' } }),
  page('followers', '/people/[person]/followers', 'amina', { fill: { person: 'amina' } }),
  page('following', '/people/[person]/following', 'stranger', { fill: { person: 'amina' } }),
  page('profile', '/settings/profile', 'kwame'),
  page('profile-skills', '/settings/profile/skills', 'amina', { query: '?q=p' }),
  page('profile-portfolio', '/settings/profile/portfolio', 'kwame'),
  page('offline', '/offline', 'amina'),
  page('sign-up', '/sign-up', 'stranger'),
  page('sign-in', '/sign-in', 'stranger'),
  page('second-factor', '/sign-in/second-factor', 'stranger'),
  page('sign-in-continue', '/sign-in/continue', 'stranger'),
  page('verify-email', '/verify-email', 'stranger', { query: '?token=none' }),
  page('confirm-email', '/confirm-email', 'stranger', { query: '?token=none' }),
  page('forgot-password', '/forgot-password', 'stranger'),
  page('reset-password', '/reset-password', 'stranger', { query: '?token=none' }),
  page('help', '/help', 'stranger'),
  page('terms', '/legal/terms', 'stranger'),
  page('privacy', '/legal/privacy', 'stranger'),
  page('welcome', '/welcome', 'amina'),
  page('settings', '/settings', 'amina'),
  page('settings-notifications', '/settings/notifications', 'amina'),
  page('settings-push', '/settings/notifications/push', 'amina'),
  page('settings-mail', '/settings/notifications/mail', 'amina'),
  page('settings-privacy', '/settings/privacy', 'amina'),
  page('settings-security', '/settings/security', 'amina'),
  page('settings-coaching', '/settings/coaching', 'amina'),
  page('settings-data', '/settings/data', 'amina'),
  page('settings-consents', '/settings/consents', 'amina'),
  page('settings-requests', '/settings/requests', 'amina'),
  page('keep-account', '/keep-account', 'stranger', { query: '?token=none' }),
  page('unsubscribe', '/unsubscribe', 'stranger', { query: '?token=none' }),
  page('confirm-delivery', '/confirm-delivery', 'stranger', { query: '?token=none' }),
  page('notifications', '/notifications', 'amina'),
  page('me', '/me', 'amina'),
  page('sign-out', '/sign-out', 'amina'),
  page('dashboard', '/dashboard', 'amina'),
  page('admin', '/admin', 'lindiwe'),
  page('admin-people', '/admin/people', 'lindiwe'),
  page('admin-person', '/admin/people/[id]', 'lindiwe', {
    fill: { id: at('/api/v1/admin/people?q=amina', 'items.0.user_id') },
  }),
  page('admin-applications', '/admin/coach-applications', 'lindiwe'),
  page('admin-application', '/admin/coach-applications/[id]', 'lindiwe', {
    fill: { id: at('/api/v1/admin/coach-applications', 'items.0.application_id') },
  }),
  page('admin-tags', '/admin/tags', 'lindiwe'),
  page('admin-faqs', '/admin/faqs', 'lindiwe'),
  page('admin-settings', '/admin/settings', 'lindiwe'),
  page('admin-requests', '/admin/privacy-requests', 'lindiwe'),
  page('admin-request', '/admin/privacy-requests/[id]', 'lindiwe', {
    fill: { id: at('/api/v1/admin/privacy-requests', 'items.0.request_id') },
  }),
  page('admin-breaches', '/admin/breaches', 'lindiwe'),
  page('admin-breach', '/admin/breaches/[id]', 'lindiwe', {
    fill: { id: at('/api/v1/admin/breaches', 'items.0.breach_id') },
  }),
  page('admin-deliveries', '/admin/notifications', 'lindiwe'),
  page('admin-dead-letters', '/admin/notifications/dead-letters', 'lindiwe'),
  page('admin-templates', '/admin/notifications/templates', 'lindiwe'),
  page('admin-template', '/admin/notifications/templates/[fact]', 'lindiwe', {
    fill: { fact: 'community.comment_created' },
  }),
  page('admin-broadcasts', '/admin/notifications/broadcasts', 'lindiwe'),
  page('admin-broadcast', '/admin/notifications/broadcasts/[id]', 'lindiwe', {
    fill: { id: at('/api/v1/admin/notifications/broadcasts', 'items.0.broadcast_id') },
  }),
  page('admin-audit', '/admin/audit', 'lindiwe'),
  page('admin-audit-entry', '/admin/audit/[id]', 'lindiwe', {
    fill: { id: at('/api/v1/admin/audit?action=identity.user_signed_in', 'items.0.log_id') },
  }),
]

type More = { readonly fill?: Readonly<Record<string, Fill>>; readonly query?: string }

function page(name: string, route: string, reader: Reader, { fill = {}, query = '' }: More = {}): ListedPage {
  return { name, route, reader, fill, query }
}

/** What stands at `keys` (`items.0.slug`) in an answer of the API. */
function at(path: string, keys: string): Fill {
  return (ask) => textAt(ask, path, keys)
}

async function textAt(ask: Ask, path: string, keys: string): Promise<string> {
  let found: unknown = await ask(path)
  for (const key of keys.split('.')) found = (found as Readonly<Record<string, unknown>> | undefined)?.[key]
  if (typeof found !== 'string') throw new Error(`${path} has no ${keys}`)
  return found
}

/** Where the page stands in this world, in English. */
export async function addressOf({ route, fill, query }: ListedPage, ask: Ask): Promise<string> {
  let path = route.replace(/\/\([^)]+\)/g, '') || '/'
  for (const [name, value] of Object.entries(fill)) {
    path = path.replace(`[${name}]`, encodeURIComponent(typeof value === 'string' ? value : await value(ask)))
  }
  return path + query
}

/** The pages whose name has one of the words in it; all without words. */
export function chosen(words: readonly string[]): readonly ListedPage[] {
  return words.length === 0 ? PAGES : PAGES.filter(({ name }) => words.some((word) => name.includes(word)))
}
