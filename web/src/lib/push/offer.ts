import { mount, unmount } from 'svelte'
import { api } from '#lib/api/browser.ts'
import { isPushPossible, PUSH_ASKED } from './here.ts'
import PushOffer from './PushOffer.svelte'

/**
 * Shows the offer, unless the browser or its person has been asked. Being shown counts as "not now", here and on the account, so that
 * who turns away from it is not asked again either. Loaded when it is needed.
 */
export async function offer(person: string): Promise<void> {
  if (!isPushPossible() || Notification.permission !== 'default' || localStorage.getItem(PUSH_ASKED) !== null)
    return
  const { data } = await api.GET('/api/v1/me/push-subscriptions')
  if (!data) return
  localStorage.setItem(PUSH_ASKED, 'yes')
  if (data.offer !== null) return
  await api.PUT('/api/v1/me/push-offer', { body: { answer: 'not_now' } })
  const shown = mount(PushOffer, {
    target: document.body,
    props: { person, done: () => void unmount(shown) },
  })
}
