import { flush } from './flush.ts'
import { SYNC_TAG } from './sync-tag.ts'

let timer: ReturnType<typeof setTimeout> | undefined

/** From a page's start: sends what waits now, whenever the network comes back, and when patience has run out. */
export function startSending(): () => void {
  void send()
  const onOnline = () => void send()
  addEventListener('online', onOnline)
  return () => {
    removeEventListener('online', onOnline)
    clearTimeout(timer)
  }
}

/** `flush`, and again when it is time for what the platform has put off. */
export async function send(how: { readonly impatient?: boolean } = {}): Promise<void> {
  clearTimeout(timer)
  const wait = await flush(how)
  if (wait === null) return
  timer = setTimeout(() => void send(), wait)
  await askForSync()
}

type WithSync = ServiceWorkerRegistration & { sync?: { register(tag: string): Promise<void> } }

/** Where the browser can: to be woken when the network is back, though no page is open. */
async function askForSync(): Promise<void> {
  const registration: WithSync | undefined = await navigator.serviceWorker?.getRegistration()
  // Refused in private windows and by some settings: then the next page start sends.
  await registration?.sync?.register(SYNC_TAG).catch(() => undefined)
}
