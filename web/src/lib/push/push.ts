import { api } from '#lib/api/browser.ts'
import { forgetPush, isPushPossible, PUSH_HERE } from './here.ts'

export type Enabled = 'on' | 'denied' | 'unavailable'

/**
 * Asks the browser for leave, which it wants to be asked for by a press, and has it told here. 'denied': its person said no, now or
 * before; 'unavailable': it cannot, or its push service or ours is out of reach.
 */
export async function enablePush(person: string): Promise<Enabled> {
  if (!isPushPossible()) return 'unavailable'
  if ((await Notification.requestPermission()) !== 'granted') return 'denied'
  try {
    await register()
  } catch {
    return 'unavailable'
  }
  localStorage.setItem(PUSH_HERE, person)
  return 'on'
}

/** No longer in this browser: `id` is what the platform knows it by. */
export async function disablePush(id: string | undefined): Promise<void> {
  if (id !== undefined)
    await api.DELETE('/api/v1/me/push-subscriptions/{subscription_id}', {
      params: { path: { subscription_id: id } },
    })
  await forgetPush()
}

/** Once a tab: a session that took another's place, or a browser that changed its address, is told anew where to reach us. */
export async function renewPush(person: string): Promise<void> {
  const isOurs = localStorage.getItem(PUSH_HERE) === person && sessionStorage.getItem(PUSH_HERE) === null
  if (!isOurs || !isPushPossible() || Notification.permission !== 'granted') return
  sessionStorage.setItem(PUSH_HERE, person)
  await register().catch(() => undefined)
}

async function register(): Promise<void> {
  const { data } = await api.GET('/api/v1/notifications/push-key')
  if (!data) throw new Error('no key')
  const { pushManager } = await navigator.serviceWorker.ready
  const wanted = bytesOf(data.public_key)
  const held = await pushManager.getSubscription()
  // One that was made for another key takes nothing of ours.
  if (held && !isSame(held.options.applicationServerKey, wanted)) await held.unsubscribe()
  const subscription = await pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: wanted })
  const { endpoint, keys } = subscription.toJSON()
  const body = { endpoint: endpoint ?? '', keys: { p256dh: keys?.p256dh ?? '', auth: keys?.auth ?? '' } }
  const { error } = await api.POST('/api/v1/me/push-subscriptions', { body })
  if (error) throw new Error('not taken')
}

function bytesOf(base64Url: string): Uint8Array<ArrayBuffer> {
  const text = atob(base64Url.replaceAll('-', '+').replaceAll('_', '/'))
  return Uint8Array.from(text, (letter) => letter.charCodeAt(0))
}

function isSame(one: ArrayBuffer | null, other: Uint8Array): boolean {
  return (
    one !== null &&
    one.byteLength === other.length &&
    new Uint8Array(one).every((byte, at) => byte === other[at])
  )
}
