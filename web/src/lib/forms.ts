import type { SubmitFunction } from '$app/forms'

/**
 * For `use:enhance`: says while a form is on its way, and keeps what was typed unless it was taken. Without JavaScript
 * the same form posts by itself.
 */
export function submitting(say: (busy: boolean) => void, options: { keep?: boolean } = {}): SubmitFunction {
  return () => {
    say(true)
    return async ({ result, update }) => {
      await update({ reset: result.type === 'success' && !options.keep })
      say(false)
    }
  }
}
