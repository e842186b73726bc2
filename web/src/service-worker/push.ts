import { self } from '$app/service-worker'

/** What the platform sends, sealed for this browser. */
type Pushed = {
  readonly title: string
  readonly body: string
  readonly path: string
  readonly tag: string
  readonly lang: string
}

/** Browsers want something to be shown for each message, also for one that we cannot read. */
export function showPush(data: PushMessageData | null): Promise<void> {
  const {
    title = 'Brand Coach Network',
    body = '',
    path = '/notifications',
    tag = '',
    lang = '',
  } = read(data)
  const looks = { icon: '/icon-192.png', badge: '/icon-192.png' }
  return self.registration.showNotification(title, { body, tag, lang, data: path, ...looks })
}

function read(data: PushMessageData | null): Partial<Pushed> {
  try {
    return data?.json() ?? {}
  } catch {
    return {}
  }
}

/** Opens a path of this site, in a tab that is there if there is one. */
export async function openPath(path: unknown): Promise<void> {
  const url = new URL(typeof path === 'string' ? path : '/', self.location.origin)
  if (url.origin !== self.location.origin) return
  const [open] = await self.clients.matchAll({ type: 'window' })
  const shown = await open?.navigate(url.href).catch(() => null)
  await (shown ? shown.focus() : self.clients.openWindow(url.href))
}

export type SubscriptionChange = { readonly oldSubscription?: PushSubscription | null }

/** The browser has another address from now on: the platform is told. Where it is not, the next page does so. */
export async function moved({ oldSubscription }: SubscriptionChange): Promise<void> {
  const key = oldSubscription?.options.applicationServerKey
  if (!key) return
  const subscription = await self.registration.pushManager.subscribe({
    userVisibleOnly: true,
    applicationServerKey: key,
  })
  const { endpoint, keys } = subscription.toJSON()
  await fetch('/api/v1/me/push-subscriptions', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ endpoint, keys }),
  })
}
