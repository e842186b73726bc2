import { submitting } from '#lib/forms.ts'
import type { SubmitFunction } from '$app/forms'

/**
 * For a form after which nobody is signed in any more. Phones are shared: nothing that was kept of this person stays in the
 * browser, and a whole new page begins, since nothing may stay in memory either. A proof is asked for as by `submitting`.
 */
export function leaving(say: (busy: boolean) => void): SubmitFunction {
  const send = submitting(say, { keep: true })
  return async (input) => {
    const answered = await send(input)
    return async (answer) => {
      const { result } = answer
      if (result.type !== 'redirect' || /\/sign-in\?return_to=/.test(result.location))
        return answered?.(answer)
      const { wipe } = await import('#lib/offline/index.ts')
      // A browser that keeps nothing has nothing to wipe.
      await wipe().catch(() => undefined)
      location.assign(result.location)
    }
  }
}
