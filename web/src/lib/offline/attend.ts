import { watch } from './changes.ts'
import { claim } from './owner.ts'
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
  const unwatch = watch(look)
  look()
  const stop = startSending()
  // Later than anything that the person waits for; without it, a page says that there is no network, and no more.
  const later = setTimeout(() => void keepList(list).catch(() => undefined), 5000)
  return () => {
    clearTimeout(later)
    unwatch()
    stop()
  }
}
