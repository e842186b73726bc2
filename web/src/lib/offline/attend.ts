import { watch } from './changes.ts'
import { claim, isOurs } from './owner.ts'
import { keepList } from './saved.ts'
import { startSending } from './start.ts'
import { type Pending, pending } from './writes.ts'

/**
 * From a page's start: says who is signed in, sends what waits, and tells how much that is whenever it changes. Does
 * nothing where the browser keeps nothing. `list`: the address of the page that shows it all. Returns how to stop.
 */
export async function attend(
  person: string,
  list: string,
  tell: (now: Pending) => void,
): Promise<() => void> {
  const look = () => void pending().then(tell, () => undefined)
  try {
    await claim(person)
  } catch {
    return () => undefined
  }
  // Somebody left or came in another tab: what this one shows, and what it would write, is no longer theirs.
  const check = () => void isOurs(person).then((still) => still || location.reload())
  const onSight = () => document.hidden || check()
  const unwatch = watch(() => {
    look()
    check()
  })
  document.addEventListener('visibilitychange', onSight)
  look()
  const stop = startSending()
  // Later than anything that the person waits for; without it, a page says that there is no network, and no more.
  const later = setTimeout(() => void keepList(list).catch(() => undefined), 2000)
  return () => {
    clearTimeout(later)
    document.removeEventListener('visibilitychange', onSight)
    unwatch()
    stop()
  }
}
