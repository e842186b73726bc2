import type { SubmitFunction } from '$app/forms'

/**
 * For `use:enhance`: says while a form is on its way, and keeps what was typed unless it was taken. Without JavaScript
 * the same form posts by itself.
 */
export function submitting(say: (busy: boolean) => void, options: { keep?: boolean } = {}): SubmitFunction {
  return () => {
    say(true)
    return async ({ result, update }) => {
      const held = document.activeElement
      await update({ reset: result.type === 'success' && !options.keep })
      // The framework takes the focus to the top; who works by keyboard goes on from where they were.
      if (held instanceof HTMLElement && held.isConnected && result.type === 'success') held.focus()
      say(false)
    }
  }
}
