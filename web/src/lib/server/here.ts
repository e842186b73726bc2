import { redirect } from '@sveltejs/kit'
import { need } from './answers.ts'

type Answer<T> = { readonly data?: T; readonly error?: unknown; readonly response: Response }

/**
 * What stands at an address. Where it has moved its readers are led to the present one, `leadTo` of the new name: the API
 * in our process answers 301, one across a network has been followed to what bears another name (`nameOf`) now.
 */
export async function needHere<T>(
  asked: Promise<Answer<T>>,
  name: string,
  { nameOf, leadTo }: { nameOf: (found: NonNullable<T>) => string | null; leadTo: (name: string) => string },
): Promise<NonNullable<T>> {
  const answer = await asked
  const moved = answer.response.status === 301 ? answer.response.headers.get('location') : null
  if (moved !== null) throw redirect(301, leadTo(moved.split('/').at(-1) ?? ''))
  const found = await need(Promise.resolve(answer))
  const called = nameOf(found)
  if (called !== null && called.toLowerCase() !== name.toLowerCase()) throw redirect(301, leadTo(called))
  return found
}
